"""Checks and times the blind pipeline and the forms of attention on this GPU:  python -m nalatrain.blindcheck [--out F]

Prints one line a check: blur against PyTorch's convolution, clean pictures against Pillow's bicubic, JPEG against
Pillow's, and whether two replays of one captured graph differ. Then ms of the pipeline alone and of whole steps.
"""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from . import degrade
from .bench import milliseconds
from .ablate import CONFIGURATIONS, make_spec
from .data import Store
from .degrade import BORDER, Degrader, Ranges
from .jpeg import Jpeg
from .kernels.blur import blur
from .resize import reduce
from .steps import State, Step


def soft(batch: int, side: int, device: str) -> Tensor:
    """Whole numbers 0..255, [B, 3, side, side], with large and small structure."""
    torch.manual_seed(0)
    x = F.interpolate(torch.rand(batch, 3, side // 8, side // 8), (side, side), mode="bicubic") * 200 + 30
    return (x + 8 * torch.randn(x.shape)).round().clamp(0, 255).to(device)


def bytes_of(x: Tensor) -> np.ndarray:
    return x.permute(1, 2, 0).byte().cpu().numpy()


def check(device: str) -> dict[str, tuple[float, float]]:
    """{name: (error, limit)}."""
    x, ones = soft(4, 128, device), torch.ones(4, device=device)
    kinds = torch.tensor([degrade.SKEW, degrade.MOTION, degrade.DISC, degrade.NONE], device=device)
    kernels, radius = degrade.blur_kernels(kinds, 2.5 * ones, ones, 0.7 * ones, 10)
    padded = F.pad(x, (10, 10, 10, 10), mode="replicate").double()
    wanted = torch.stack([F.conv2d(padded[i, :, None], kernels[i, None, None].double())[:, 0] for i in range(4)])
    result = {"blur": ((blur(x, kernels, radius) - wanted).abs().max().item(), 1e-3)}
    low = Degrader(4, 16, 4, device).low(x, degrade.draw(4, 4, Ranges(clean=1.0), device)).cpu()
    bicubic = torch.stack([torch.from_numpy(reduce(bytes_of(p), 4)).permute(2, 0, 1).float() for p in x])
    result["clean is bicubic"] = ((low - bicubic).abs().mean().item(), 1e-3)
    for halved in (False, True):
        got = Jpeg(device)(x, 60 * ones, torch.full((4,), halved, device=device))
        for p, g in zip(x[:1], got[:1]):
            file = io.BytesIO()
            Image.fromarray(bytes_of(p)).save(file, "JPEG", quality=60, subsampling=2 if halved else 0)
            difference = np.abs(np.asarray(Image.open(file)).astype(float) - bytes_of(g)).mean()
            result[f"JPEG 60, {'4:2:0' if halved else '4:4:4'}"] = (float(difference), 0.5)
    return result


def noise_store(scale: int) -> Store:
    """Two noise pictures of 1024² HR pixels, without LR."""
    side = 1024
    pixels = torch.randint(0, 256, (2 * 3 * side * side,), dtype=torch.uint8, device="cuda")
    table = np.array([(i * 3 * side**2, i * 3 * side**2, side // scale, side // scale) for i in range(2)], np.int64)
    return Store(pixels, table, scale, [], [])


class Fetch:
    """The making of a batch alone, as a graph that `milliseconds` can run."""

    def __init__(self, step: Step):
        step.fetch()
        torch.cuda.synchronize()
        step.cursor.zero_()
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            step.fetch()

    def run(self) -> None:
        self.graph.replay()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--steps", default="global,mixed,windows,none,uniform", help="whole steps to time")
    a = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    report: dict = {"checks": {}, "ms": {}}
    for name, (error, limit) in check(device).items():
        report["checks"][name] = error
        print(f"{'ok' if error < limit else 'FAILED':7s}{name}: {error:.2g} (limit {limit})", flush=True)
    if device == "cuda":
        report["device"] = torch.cuda.get_device_name()
        store, draws = noise_store(4), 256
        for name in a.steps.split(","):
            try:
                state = State(make_spec(CONFIGURATIONS[name], 4, {}), 1, device)
                step = Step(state, store.pixels, 16, 64, draws, blind=True)
                step.refill(torch.from_numpy(store.draws(draws, 16, 64 + BORDER, np.random.default_rng(1))))
                step.state.advance(1e-4, 0.99)
                if not report["ms"]:
                    fetch = Fetch(step)
                    fetch.run()
                    first = step.lr.clone()
                    step.cursor.zero_()
                    fetch.run()
                    print("FAILED replays are equal" if torch.equal(first, step.lr) else "ok     two replays differ")
                    step.cursor.zero_()
                    report["ms"]["blind batch"] = milliseconds(fetch)
                    step.cursor.zero_()
                step.capture()
                report["ms"][f"step {name}"] = milliseconds(step)
            except Exception as problem:
                print(f"FAILED step {name}: {problem!r}"[:600], flush=True)
        print(*(f"{ms:8.3f} ms  {name}" for name, ms in report["ms"].items()), sep="\n")
    if a.out:
        a.out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
