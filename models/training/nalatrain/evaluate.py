"""PSNR-Y and SSIM-Y of a weight file on folders of pictures:

    python -m nalatrain.evaluate --model models/light_x4.safetensors ../shared/data/benchmark/Set5 [...] [--json out]
    python -m nalatrain.evaluate --model models/photo_x4.safetensors --protocol blind [--tile 64] FOLDER...

HR is cropped to a multiple of the scale. `bicubic`: LR is antialiased bicubic (a = -0.5) rounded to 8 bits; `blind`:
the six settings of `protocol.py` and bicubic, one mean each, and the mean over the six. The network runs in float32 on
the whole picture, or in tiles with 8 pixels of overlap; its output is clamped and rounded to 8 bits; border = scale.
`--program build/release/app/nalasr`: the C++ program computes and measures (`nalasr evaluate`), here only the LR
pictures are made; about ten times faster on a CPU.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import protocol, weights
from .data import SUFFIXES, read_high
from .metrics import psnr, ssim
from .network import Network
from .validation import tiled


def upscale(network: Network, lr: np.ndarray, tile: int = 0) -> np.ndarray:
    """uint8 [H, W, 3] to uint8 [sH, sW, 3]."""
    like = next(network.parameters())
    x = torch.from_numpy(lr.copy()).to(like.device, like.dtype).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        y = (tiled(network, x, tile) if tile else network(x))[0]
    return (y.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()


def evaluate(network: Network, folder: Path, setting: str = protocol.BICUBIC, tile: int = 0) -> list[dict]:
    """One entry per picture, sorted by name."""
    scale = network.spec.scale
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)

    def row(path: Path) -> dict:
        hr = read_high(path, scale)
        out = upscale(network, protocol.lower(hr, scale, setting), tile)
        return {"file": path.name, "psnr_y": psnr(out, hr, scale), "ssim_y": ssim(out, hr, scale)}

    with ThreadPoolExecutor(12 if torch.cuda.is_available() else 1) as pool:  # NumPy's part is the longer one on a GPU
        return list(pool.map(row, paths))


def by_program(command: list[str], folder: Path, scale: int, setting: str = protocol.BICUBIC) -> list[dict]:
    """The same rows from `nalasr evaluate` with these options, on LR pictures made here."""
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES)
    with tempfile.TemporaryDirectory() as lr:
        for path in paths:
            low = protocol.lower(read_high(path, scale), scale, setting)
            Image.fromarray(low).save(Path(lr) / f"{path.stem}.png", compress_level=1)
        options = ["--hr", str(folder), "--lr", lr, "-s", str(scale), "--json"]
        out = subprocess.run([*command, *options], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    return [row for row in rows if "file" in row]


def mean(rows: list[dict]) -> dict:
    return {key: float(np.mean([row[key] for row in rows])) for key in ("psnr_y", "ssim_y")}


def blind(measure, folder: Path) -> dict:
    """{setting: {"mean", "pictures"}}, with "blind": the mean over the six settings. `measure(folder, setting)` gives
    the rows."""
    result = {}
    for setting in protocol.NAMES:
        rows = measure(folder, setting)
        result[setting] = {"mean": mean(rows), "pictures": rows}
    result["blind"] = {"mean": mean([result[setting]["mean"] for setting in protocol.SETTINGS])}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--protocol", choices=["bicubic", "blind"], default="bicubic")
    parser.add_argument("--tile", type=int, default=0, help="LR pixels; 0: whole pictures")
    parser.add_argument("--program", type=Path, help="nalasr, to compute in its place")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    network = weights.load(arguments.model).eval()
    if torch.cuda.is_available():
        network = network.cuda()
    if arguments.program:
        tile = ["--tile", str(arguments.tile)] if arguments.tile else []
        command = [str(arguments.program), "evaluate", "-m", str(arguments.model), *tile]
        measure = lambda folder, setting: by_program(command, folder, network.spec.scale, setting)
    else:
        measure = lambda folder, setting: evaluate(network, folder, setting, arguments.tile)
    result = {}
    for folder in arguments.folders:
        if arguments.protocol == "blind":
            result[folder.name] = parts = blind(measure, folder)
        else:
            rows = measure(folder, protocol.BICUBIC)
            result[folder.name] = {"mean": mean(rows), "pictures": rows}
            parts = {"": result[folder.name]}
        for setting, part in parts.items():
            print(folder.name, setting, *(f"{key} {value:.4f}" for key, value in part["mean"].items()), flush=True)
        if arguments.json:
            arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
