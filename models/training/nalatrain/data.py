"""Training pictures as bytes on the GPU, and the random choice of patches.

All pictures lie in one flat uint8 tensor, each as its LR picture (antialiased bicubic, rounded) and its HR picture,
row-major RGB. A patch is then an offset, a row stride and an orientation: nothing is copied on the host.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .resize import reduce

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
HELD_OUT = 40  # one picture in so many is never trained on (chosen by the hash of its name)
VALIDATION_SIDE = 480  # HR pixels: the centre of a held-out picture


STRUCTURED = {  # validation pictures with repeated structure; the last four are held out from blind trainings only
    "cid22_258947.jpg",
    "cid22_3315291.jpg",
    "cid22_382297.jpg",
    "s3_0007.webp",
    "s3_0040.webp",
    "s3_0013.jpg",
    "s3_0017.webp",
    "s3_0027.webp",
    "s3_0041.webp",
}
FLAT = {  # held out, but with next to nothing to restore: not in the blind validation
    "cid22_159741.jpg",
    "cid22_8442861.jpg",
    "worksuite_sebastian-svenson-d2w-_1LJioQ-unspla.jpg",
}


def is_held_out(name: str) -> bool:
    return int(hashlib.sha1(name.encode()).hexdigest()[:8], 16) % HELD_OUT == 0


def read_high(path: Path, scale: int) -> np.ndarray:
    """HR uint8 [H, W, 3], cropped to a multiple of the scale."""
    hr = np.array(Image.open(path).convert("RGB"))
    return np.ascontiguousarray(hr[: hr.shape[0] // scale * scale, : hr.shape[1] // scale * scale])


def read(path: Path, scale: int) -> tuple[np.ndarray, np.ndarray]:
    """(LR, HR) uint8."""
    hr = read_high(path, scale)
    return reduce(hr, scale), hr


def centre(hr: np.ndarray, side: int) -> np.ndarray:
    y, x = ((n - min(n, side)) // 2 for n in hr.shape[:2])
    return np.ascontiguousarray(hr[y : y + side, x : x + side])


@dataclass
class Store:
    """pixels: flat uint8 on the device. table [pictures, 4] int64: LR offset, HR offset, LR height, LR width."""

    pixels: Tensor
    table: np.ndarray
    scale: int
    validation: list[tuple[str, np.ndarray, np.ndarray]]  # name, LR, HR
    names: list[str]

    def draws(self, steps: int, batch: int, patch: int, rng: np.random.Generator) -> np.ndarray:
        """[steps, batch, 5] int64: LR offset, LR stride, HR offset, HR stride (bytes), orientation 0..7.

        Every patch position of every picture is equally likely.
        """
        lr, hr, height, width = self.table[(self.table[:, 2] >= patch) & (self.table[:, 3] >= patch)].T
        weight = np.cumsum((height - patch + 1) * (width - patch + 1))
        count = steps * batch
        which = np.searchsorted(weight, rng.integers(0, weight[-1], count), side="right")
        y = (rng.random(count) * (height[which] - patch + 1)).astype(np.int64)
        x = (rng.random(count) * (width[which] - patch + 1)).astype(np.int64)
        s = self.scale
        result = np.empty((count, 5), np.int64)
        result[:, 1] = 3 * width[which]
        result[:, 0] = lr[which] + y * result[:, 1] + 3 * x
        result[:, 3] = s * result[:, 1]
        result[:, 2] = hr[which] + s * y * result[:, 3] + 3 * s * x
        result[:, 4] = rng.integers(0, 8, count)
        return result.reshape(steps, batch, 5)


def load(
    folder: Path, scale: int, device: str = "cpu", threads: int = 16, limit: int | None = None, blind: bool = False
) -> Store:
    """Reads every picture below `folder`; held-out ones give the validation set and nothing else.

    `blind`: no LR pictures are kept (the step makes them), and the structured pictures are held out too.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)[:limit]
    if not paths:
        raise FileNotFoundError(f"no pictures below {folder}")
    with ThreadPoolExecutor(threads) as pool:
        if blind:
            nothing = lambda hr: np.empty((hr.shape[0] // scale, hr.shape[1] // scale, 0), np.uint8)
            pairs = [(nothing(hr), hr) for hr in pool.map(lambda path: read_high(path, scale), paths)]
        else:
            pairs = list(pool.map(lambda path: read(path, scale), paths))
    table, arrays, validation, names, offset = [], [], [], [], 0
    for path, (lr, hr) in zip(paths, pairs):
        if is_held_out(path.name) or blind and path.name in STRUCTURED:
            cut = centre(hr, VALIDATION_SIDE // scale * scale)
            validation.append((path.name, reduce(cut, scale), cut))
            continue
        table.append((offset, offset + lr.size, *lr.shape[:2]))
        arrays += [lr, hr]
        names.append(path.name)
        offset += lr.size + hr.size
    pixels = torch.empty(offset, dtype=torch.uint8, device=device)
    at = 0
    for array in arrays:
        pixels[at : at + array.size].copy_(torch.from_numpy(array).reshape(-1))
        at += array.size
    return Store(pixels, np.array(table, np.int64), scale, validation, names)
