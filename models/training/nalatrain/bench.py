"""Times the whole training step on this GPU, by variant and by kernel:

    python -m nalatrain.bench [--out steps.json] [--batch 16] [--patch 64]

Variants: `plain` (the stages by PyTorch's own kernels: the step before), the fused step, and the fused step with one
kind of stage put back to plain. All are whole-step CUDA graphs on the same random pictures; times are medians of
graph replays by CUDA events.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from .data import Store
from .fused import KINDS
from .spec import ModelSpec
from .steps import State, Step


def random_store(scale: int) -> Store:
    """Two noise pictures: timing needs no photographs."""
    h, w = 512, 512
    lr = 3 * h * w
    block = lr * (1 + scale * scale)
    pixels = torch.randint(0, 256, (2 * block,), dtype=torch.uint8, device="cuda")
    table = np.array([(i * block, i * block + lr, h, w) for i in range(2)], np.int64)
    return Store(pixels, table, scale, [], [])


def build(store: Store, batch: int, patch: int, plain: frozenset, table: int = 256) -> Step:
    step = Step(State(ModelSpec(scale=store.scale), 1, "cuda"), store.pixels, batch, patch, table, plain=plain)
    step.refill(torch.from_numpy(store.draws(table, batch, patch, np.random.default_rng(1))))
    step.state.advance(1e-4, 0.99)
    step.capture()
    return step


def milliseconds(step: Step, repeats: int = 60) -> float:
    """Median time of one replay."""
    times = []
    for _ in range(repeats):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        step.run()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
    return float(np.median(times))


def kernels(step: Step, replays: int = 3) -> list[tuple[float, float, str]]:
    """(ms per step, launches per step, kernel name), longest first."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA]) as profile:
        for _ in range(replays):
            step.run()
        torch.cuda.synchronize()
    total: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for event in profile.events():
        if event.device_type == torch.autograd.DeviceType.CUDA:
            total[event.name][0] += event.device_time / 1e3 / replays
            total[event.name][1] += 1 / replays
    return sorted(((t, n, name) for name, (t, n) in total.items()), reverse=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--patch", type=int, default=64)
    parser.add_argument("--only", choices=["fused"], help="this variant alone")
    a = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    store = random_store(4)
    variants = {"fused": frozenset()}
    if not a.only:
        variants |= {"plain": frozenset(KINDS)} | {f"fused but {kind}": frozenset({kind}) for kind in KINDS}
    result = {"device": torch.cuda.get_device_name(), "batch": a.batch, "patch": a.patch, "variants": {}, "kernels": {}}
    for name, plain in variants.items():
        try:
            step = build(store, a.batch, a.patch, plain)
        except Exception as problem:
            print(f"{name}: {problem!r}"[:500], flush=True)
            torch.cuda.synchronize()
            continue
        ms = milliseconds(step)
        tokens = a.batch * a.patch**2
        result["variants"][name] = ms
        print(f"{name:24s} {ms:7.3f} ms  {1e3 / ms:7.1f} steps/s  {tokens / ms / 1e3:6.2f} M tokens/s", flush=True)
        if name in ("fused", "plain"):
            rows = kernels(step)
            result["kernels"][name] = [(round(t, 4), n, k) for t, n, k in rows]
            print(f"  kernels: {sum(r[0] for r in rows):.3f} ms in {sum(r[1] for r in rows):.0f} launches")
            for t, n, k in rows[: 32 if name == "fused" else 14]:
                print(f"  {t:7.3f} ms {n:6.0f}x {1e3 * t / n:7.1f} us  {k[:90]}")
        del step
    if a.out:
        a.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
