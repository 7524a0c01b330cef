"""PSNR and SSIM on the luma of 8-bit pictures, the protocol of the literature (MATLAB's rgb2ycbcr, border cut off)."""

from __future__ import annotations

import numpy as np


def luma(picture: np.ndarray) -> np.ndarray:
    """BT.601 luma, 16..235, float64, of uint8 [H, W, 3] (not rounded)."""
    return picture.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255 + 16


def crop(y: np.ndarray, border: int) -> np.ndarray:
    return y[border : y.shape[0] - border, border : y.shape[1] - border]


def psnr(a: np.ndarray, b: np.ndarray, border: int) -> float:
    """dB between two uint8 pictures."""
    error = np.mean((crop(luma(a), border) - crop(luma(b), border)) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def _blur(y: np.ndarray) -> np.ndarray:
    """11-tap Gaussian, sigma 1.5, valid positions only."""
    t = np.arange(-5, 6)
    kernel = np.exp(-(t**2) / (2 * 1.5**2))
    kernel /= kernel.sum()
    y = sum(w * y[i : y.shape[0] - 10 + i] for i, w in enumerate(kernel))
    return sum(w * y[:, i : y.shape[1] - 10 + i] for i, w in enumerate(kernel))


def ssim(a: np.ndarray, b: np.ndarray, border: int) -> float:
    """Wang et al. 2004, K = (0.01, 0.03), dynamic range 255."""
    x, y = crop(luma(a), border), crop(luma(b), border)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mx, my = _blur(x), _blur(y)
    vx, vy, cov = _blur(x * x) - mx * mx, _blur(y * y) - my * my, _blur(x * y) - mx * my
    values = (2 * mx * my + c1) * (2 * cov + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return float(values.mean())
