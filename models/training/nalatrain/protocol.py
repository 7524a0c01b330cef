"""The fixed blind protocol (tools/degrade.py of the shared folder): six settings of blur, noise and JPEG, and bicubic.

Gaussian blur (sigma in HR pixels, radius 10, reflected borders), antialiased bicubic (a = -0.5), noise with seed 7 for
every picture, 8 bits, JPEG 4:4:4 by libjpeg.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from .resize import reduce

BICUBIC = "bicubic"
SETTINGS: dict[str, tuple[float, int, int | None]] = {  # name: blur sigma, noise sigma, JPEG quality
    f"b{sigma}_n{noise}" + (f"_q{quality}" if quality else ""): (sigma, noise, quality)
    for sigma in (0.5, 1.6, 2.7)
    for noise, quality in ((0, None), (8, 60))
}
NAMES = (*SETTINGS, BICUBIC)


def gaussian(plane: np.ndarray, sigma: float, radius: int = 10) -> np.ndarray:
    """float32 [H, W]."""
    t = np.arange(-radius, radius + 1)
    kernel = np.exp(-t * t / (2 * sigma * sigma))
    kernel /= kernel.sum()
    padded = np.pad(plane, radius, mode="reflect")
    tall = sum(w * padded[i : i + plane.shape[0]] for i, w in enumerate(kernel))
    return sum(w * tall[:, i : i + plane.shape[1]] for i, w in enumerate(kernel)).astype(np.float32)


def lower(hr: np.ndarray, scale: int, setting: str) -> np.ndarray:
    """uint8 HR [H, W, 3], sides multiples of the scale, to uint8 LR by the setting's name."""
    if setting == BICUBIC:
        return reduce(hr, scale)
    sigma, noise, quality = SETTINGS[setting]
    size = (hr.shape[1] // scale, hr.shape[0] // scale)
    planes = [Image.fromarray(gaussian(hr[..., c].astype(np.float32), sigma), "F") for c in range(3)]
    lr = np.stack([np.asarray(plane.resize(size, Image.BICUBIC)) for plane in planes], -1)
    if noise:
        lr = lr + np.random.default_rng(7).normal(0, noise, lr.shape)
    lr = np.clip(np.rint(lr), 0, 255).astype(np.uint8)
    if quality is None:
        return lr
    file = io.BytesIO()
    Image.fromarray(lr).save(file, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(file))
