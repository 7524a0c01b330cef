"""Training pictures as bytes on the GPU, and the random choice of patches.

All pictures lie in one flat uint8 tensor, each as its LR picture (antialiased bicubic, rounded) and its HR picture,
row-major RGB. A patch is then an offset, a row stride and an orientation: nothing is copied on the host.
"""

from __future__ import annotations

import hashlib
import math
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
SMALLEST = 96  # LR pixels: shorter side of a turned copy, or it is left out
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


def shrink(hr: np.ndarray, factor: float, scale: int) -> np.ndarray:
    """A smaller copy of a picture [H, W, 3], its sides multiples of the scale: more structure per pixel, and less of what
    JPEG left."""
    height, width = (round(n * factor) // scale * scale for n in hr.shape[:2])
    return np.array(Image.fromarray(hr).resize((width, height), Image.LANCZOS))


def inside(height: int, width: int, angle: float) -> tuple[int, int]:
    """(height, width) of the largest axis-parallel rectangle in the middle of a picture turned by `angle` degrees, less
    two pixels on every side: all that bicubic reads lies in the picture."""
    sin, cos = (abs(f(math.radians(angle))) for f in (math.sin, math.cos))
    short, long = sorted((height, width))
    if short <= 2 * sin * cos * long or abs(sin - cos) < 1e-9:  # two corners touch the long sides
        half = 0.5 * short
        high, wide = (half / cos, half / sin) if width >= height else (half / sin, half / cos)
    else:  # all four touch
        double = cos * cos - sin * sin
        high, wide = (height * cos - width * sin) / double, (width * cos - height * sin) / double
    return int(high + 1e-6) - 4, int(wide + 1e-6) - 4


def turn(hr: np.ndarray, angle: float) -> np.ndarray:
    """A picture [H, W, 3] turned about its centre (bicubic), cut to `inside`: only what is kept is computed."""
    height, width = inside(*hr.shape[:2], angle)
    sin, cos = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    x = hr.shape[1] / 2 - (cos * width + sin * height) / 2
    y = hr.shape[0] / 2 - (cos * height - sin * width) / 2
    return np.array(
        Image.fromarray(hr).transform((width, height), Image.AFFINE, (cos, sin, x, -sin, cos, y), Image.BICUBIC)
    )


def turned_copy(hr: np.ndarray, factor: float, angle: float, scale: int) -> np.ndarray | None:
    """The picture turned, then shrunk; None where it would be smaller than SMALLEST."""
    if min(round(n * factor) // scale for n in inside(*hr.shape[:2], angle)) < SMALLEST:
        return None
    return shrink(turn(hr, angle), factor, scale)


def difficulty(lr: np.ndarray, hr: np.ndarray) -> float:
    """Mean absolute difference between a picture and its smaller self enlarged again: what there is to learn in it."""
    high = np.asarray(hr, np.float32)
    low = np.asarray(Image.fromarray(lr).resize(hr.shape[1::-1], Image.BICUBIC), np.float32)
    return float(np.abs(high - low).mean())


def centre(hr: np.ndarray, side: int) -> np.ndarray:
    y, x = ((n - min(n, side)) // 2 for n in hr.shape[:2])
    return np.ascontiguousarray(hr[y : y + side, x : x + side])


@dataclass
class Store:
    """pixels: flat uint8 on the device. table [pictures, 4] int64: LR offset, HR offset, LR height, LR width."""

    pixels: Tensor
    table: np.ndarray
    scale: int
    validation: list[tuple[str, np.ndarray, np.ndarray]]  # name (a shrunk copy's ends in @factor), LR, HR
    names: list[str]
    favour: np.ndarray | None = None  # [pictures] how often a pixel is drawn, relative to others'; None: equally
    area_power: float = 1.0  # below 1: small pictures come more often than their area says

    def draws(self, steps: int, batch: int, patch: int, rng: np.random.Generator) -> np.ndarray:
        """[steps, batch, 5] int64: LR offset, LR stride, HR offset, HR stride (bytes), orientation 0..7.

        A picture that holds such a patch is drawn in proportion to area^area_power * favour, and each of its positions equally.
        (Its area, not its positions: these would make pictures little larger than a patch rare, the more so the larger it is.)
        """
        fits = (self.table[:, 2] >= patch) & (self.table[:, 3] >= patch)
        lr, hr, height, width = self.table[fits].T
        share = (height * width).astype(np.float64) ** self.area_power
        weight = np.cumsum(share if self.favour is None else share * self.favour[fits])
        count = steps * batch
        which = np.searchsorted(weight, rng.random(count) * weight[-1], side="right")
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
    folder: Path,
    scale: int,
    device: str = "cpu",
    threads: int = 16,
    limit: int | None = None,
    blind: bool = False,
    copies: tuple[float, ...] = (),
    turned: tuple[tuple[float, float], ...] = (),
    area_power: float = 1.0,
) -> Store:
    """Reads every picture below `folder`; held-out ones give the validation set and nothing else.

    `blind`: no LR pictures are kept (the step makes them), and the structured pictures are held out too.
    `copies`: factors below 1; each adds every picture shrunk by it, and patches are then drawn in proportion to their
    picture's `difficulty`. `turned`: (factor, angle in degrees); each adds such a copy too (`turned_copy`).
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)[:limit]
    if not paths:
        raise FileNotFoundError(f"no pictures below {folder}")
    weighed = bool(copies or turned)
    kept_out = [is_held_out(path.name) or blind and path.name in STRUCTURED for path in paths]

    def pairs(path: Path, held: bool) -> list[tuple[np.ndarray, np.ndarray, float]]:
        """(LR, HR, difficulty) of a picture and its copies."""
        full = read_high(path, scale)
        highs = [full if f == 1 else shrink(full, f, scale) for f in (1.0, *(() if held and blind else copies))]
        highs += [] if held else [turned_copy(full, *how, scale) for how in turned]
        result = []
        for hr in highs:
            if hr is None:
                continue
            lr = reduce(hr, scale) if weighed or not blind else None
            hard = difficulty(lr, hr) if weighed else 1.0
            if blind:
                lr = np.empty((hr.shape[0] // scale, hr.shape[1] // scale, 0), np.uint8)
            result.append((lr, hr, hard))
        return result

    with ThreadPoolExecutor(threads) as pool:
        pictures = list(pool.map(pairs, paths, kept_out))
    table, arrays, favour, validation, names, offset = [], [], [], [], [], 0
    for path, held, members in zip(paths, kept_out, pictures):
        if held:
            for factor, (_, hr, _) in zip((1.0, *copies), members):
                cut = centre(hr, VALIDATION_SIDE // scale * scale)
                validation.append((path.name if factor == 1 else f"{path.name}@{factor}", reduce(cut, scale), cut))
            continue
        names.append(path.name)
        for lr, hr, hard in members:
            table.append((offset, offset + lr.size, *lr.shape[:2]))
            arrays += [lr, hr]
            favour.append(hard)
            offset += lr.size + hr.size
    pixels = torch.empty(offset, dtype=torch.uint8, device=device)
    at = 0
    for array in arrays:
        pixels[at : at + array.size].copy_(torch.from_numpy(array).reshape(-1))
        at += array.size
    return Store(pixels, np.array(table, np.int64), scale, validation, names, np.array(favour) if weighed else None, area_power)
