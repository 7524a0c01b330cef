"""PSNR-Y and SSIM-Y of a weight file on folders of pictures:

    python -m nalatrain.evaluate --model models/light_x4.safetensors ../shared/data/benchmark/Set5 [...] [--json out]

HR is cropped to a multiple of the scale, LR is antialiased bicubic (a = -0.5) rounded to 8 bits, the network runs on
the whole picture in float32 and its output is clamped and rounded to 8 bits; border = scale.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from . import weights
from .data import SUFFIXES, read
from .metrics import psnr, ssim
from .network import Network


def upscale(network: Network, lr: np.ndarray) -> np.ndarray:
    """uint8 [H, W, 3] to uint8 [sH, sW, 3], whole."""
    like = next(network.parameters())
    x = torch.from_numpy(lr.copy()).to(like.device, like.dtype).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        y = network(x)[0]
    return (y.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()


def evaluate(network: Network, folder: Path) -> list[dict]:
    """One entry per picture, sorted by name."""
    scale = network.spec.scale
    rows = []
    for path in sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES):
        lr, hr = read(path, scale)
        out = upscale(network, lr)
        rows.append({"file": path.name, "psnr_y": psnr(out, hr, scale), "ssim_y": ssim(out, hr, scale)})
    return rows


def mean(rows: list[dict]) -> dict:
    return {key: float(np.mean([row[key] for row in rows])) for key in ("psnr_y", "ssim_y")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    network = weights.load(arguments.model).eval()
    if torch.cuda.is_available():
        network = network.cuda()
    result = {}
    for folder in arguments.folders:
        rows = evaluate(network, folder)
        result[folder.name] = {"mean": mean(rows), "pictures": rows}
        print(folder.name, *(f"{key} {value:.4f}" for key, value in mean(rows).items()), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
