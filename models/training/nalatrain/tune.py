"""Chooses the kernels' tile sizes on this GPU:  python -m nalatrain.tune --out tuned.json [--tokens 65536]

Candidates are compiled by several processes at once (Triton's cache on disk is shared), then timed in one. A
candidate that does not build is skipped. Prints every time in microseconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import time
from pathlib import Path

import torch

from .attention import rotary_table
from .fused import PARTIAL_ROWS
from .kernels import config, depthwise, gated, linear, nala

C, HEADS = 64, 2


def grid(**lists) -> list[dict]:
    return [dict(zip(lists, values)) for values in itertools.product(*lists.values())]


def operations(pictures: int, side: int) -> dict:
    """key -> (candidates, function of a configuration), on random maps of `pictures` x `side` x `side` tokens."""
    p = pictures * side * side
    random = lambda *shape: torch.randn(*shape, device="cuda", dtype=torch.bfloat16)
    single = lambda *shape: 0.1 * torch.randn(*shape, device="cuda")
    x, dy, x2, dy2, wide, dwide = (
        random(p, C),
        random(p, C),
        random(p, 2 * C),
        random(p, 2 * C),
        random(p, 4 * C),
        random(p, 4 * C),
    )
    q, k, v, g = wide.chunk(4, -1)
    dq, dk, dv, dg = dwide.chunk(4, -1)
    size = (side, side)
    tables = [t.contiguous() for t in rotary_table(side, side, C // HEADS, 1e4, single(1))]
    shape = nala.Shape(pictures, size, HEADS, C // HEADS, *tables)
    state = nala.state(k, v, shape)
    partial = lambda size: torch.empty(PARTIAL_ROWS, size, device="cuda")
    ops = {}
    for channels, kernel, value, slope in ((C, 3, x, dy), (C, 5, v, dy), (2 * C, 3, x2, dy2)):
        w, b, grad = single(kernel**2, channels), single(channels), partial((kernel**2 + 1) * channels)
        ops[f"depthwise_forward_{channels}_{kernel}"] = (
            grid(block=[16, 32, 64], warps=[4, 8]),
            lambda c, w=w, b=b, value=value: depthwise.forward(value, w, b, size, True, config=c),
        )
        ops[f"depthwise_backward_{channels}_{kernel}"] = (
            grid(block=[8, 16], warps=[4], chunk=[128, 256], split=[0])
            + grid(block=[8], warps=[2], chunk=[128, 256], split=[0])
            + grid(block=[16, 32], warps=[8], chunk=[128, 256], split=[0])
            + grid(block=[16], warps=[4], chunk=[512], split=[1]),
            lambda c, w=w, grad=grad, value=value, slope=slope: depthwise.backward(
                value, slope, w, size, True, grad, config=c
            ),
        )
    for n, gelu, slope in ((4 * C, False, dwide), (2 * C, True, dy2)):
        t = (single(n, C), single(n), single(C) + 1, single(C))
        grad = partial(n * C + n + 2 * C)
        ops[f"norm_linear_{n}"] = (
            grid(rows=[64, 128], warps=[4, 8]),
            lambda c, t=t, gelu=gelu: linear.norm_linear(x, *t, gelu, config=c),
        )
        ops[f"norm_linear_backward_{n}"] = (
            grid(rows=[32, 64], warps=[4, 8], programs=[132, 264], stages=[1, 2])
            + grid(rows=[128], warps=[8], programs=[132], stages=[1, 2]),
            lambda c, t=t, gelu=gelu, grad=grad, slope=slope: linear.norm_linear_backward(
                x, slope, dy, *t, gelu, grad, config=c
            ),
        )
    t = (single(C, 2 * C), single(C), single(C))
    grad = partial(2 * C * C + 2 * C)
    ops[f"linear_residual_{2 * C}"] = (
        grid(rows=[64, 128], warps=[4, 8]),
        lambda c, t=t: linear.linear_residual(x2, x, *t, config=c),
    )
    ops[f"linear_residual_backward_{2 * C}"] = (
        grid(rows=[16, 32, 64], warps=[4, 8], programs=[132, 264], stages=[1, 2]),
        lambda c, t=t, grad=grad: linear.linear_residual_backward(x2, dy, *t, grad, config=c),
    )
    u = (single(C, C), single(C), single(C), single(C) + 1, single(C))
    ugrad = partial(C * C + 4 * C)
    ops[f"gated_{C}"] = (grid(rows=[32, 64, 128], warps=[4, 8]), lambda c: gated.forward(x, g, dy, *u, config=c))
    ops[f"gated_backward_{C}"] = (
        grid(rows=[16, 32, 64], warps=[4, 8], programs=[132, 264], stages=[1, 2]),
        lambda c: gated.backward(x, g, dy, *u, dg, ugrad, config=c),
    )
    d = C // HEADS
    ops[f"nala_state_{d}"] = (
        grid(tile=[32, 64], warps=[2, 4], chunk=[128, 256, 512], stages=[1, 3]),
        lambda c: nala.state(k, v, shape, c),
    )
    ops[f"nala_apply_{d}"] = (grid(tile=[32, 64, 128], warps=[4, 8]), lambda c: nala.apply(q, state, shape, c))
    ops[f"nala_apply_backward_{d}"] = (
        grid(tile=[64], warps=[4, 8], chunk=[64, 256], stages=[1])
        + grid(tile=[32], warps=[2, 4], chunk=[64, 128], stages=[1])
        + grid(tile=[16], warps=[2, 4], chunk=[64, 256], stages=[1])
        + grid(tile=[128], warps=[8], chunk=[128], stages=[1]),
        lambda c: nala.apply_backward(q, state, dy, dq, shape, c),
    )
    ops[f"nala_state_backward_{d}"] = (
        grid(tile=[16, 32, 64], warps=[1, 2, 4, 8]),
        lambda c: nala.state_backward(k, v, state, dk, dv, shape, c),
    )
    return ops


def compile_part(part: int, parts: int, pictures: int, side: int, only: str) -> None:
    jobs = [
        (run, c)
        for key, (candidates, run) in operations(pictures, side).items()
        if key.startswith(tuple(only.split(",")))
        for c in candidates
    ]
    for run, c in jobs[part::parts]:
        try:
            run(c)
        except Exception:
            pass


def main() -> None:
    from triton.testing import do_bench

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--only", default="", help="beginnings of kernel names, by commas; the others keep their sizes")
    parser.add_argument("--processes", type=int, default=14)
    a = parser.parse_args()
    began = time.monotonic()
    spawn = multiprocessing.get_context("spawn")
    workers = [
        spawn.Process(target=compile_part, args=(i, a.processes, a.pictures, a.side, a.only))
        for i in range(a.processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"compiled in {time.monotonic() - began:.1f} s", flush=True)
    best = dict(config.tuned())
    for key, (candidates, run) in operations(a.pictures, a.side).items():
        if not key.startswith(tuple(a.only.split(","))):
            continue
        times = []
        for c in candidates:
            try:
                times.append((1e3 * do_bench(lambda: run(c), warmup=3, rep=12, return_mode="median"), c))
            except Exception as problem:
                times.append((float("inf"), c | {"problem": type(problem).__name__}))
        times.sort(key=lambda item: item[0])
        best[key] = times[0][1]
        print(
            f"{key:28s}",
            " ".join(f"{t:.0f}{tuple(c.values())}" for t, c in times[:3]),
            f"... {times[-1][0]:.0f}",
            flush=True,
        )
    a.out.write_text(json.dumps(best, indent=1) + "\n")
    config.tuned.cache_clear()
    print(f"tuned in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
