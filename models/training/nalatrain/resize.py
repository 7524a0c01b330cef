"""Bicubic resampling with Keys' kernel, a = -0.5: the interpolated base, and the antialiased reduction for LR."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from PIL import Image
from torch import Tensor

A = -0.5  # Keys' parameter, as in MATLAB's imresize and PIL (PyTorch's bicubic has -0.75)


def keys(t: Tensor) -> Tensor:
    """Keys' cubic convolution kernel at distance t (IEEE ASSP 29, 1981)."""
    t = t.abs()
    near = (A + 2) * t**3 - (A + 3) * t**2 + 1
    far = A * t**3 - 5 * A * t**2 + 8 * A * t - 4 * A
    return torch.where(t <= 1, near, torch.where(t < 2, far, torch.zeros_like(t)))


@lru_cache(maxsize=64)
def _taps(size: int, scale: int) -> tuple[Tensor, Tensor]:
    """Source indices and weights [size*scale, 4], half-pixel centres, borders replicated."""
    centre = (torch.arange(size * scale, dtype=torch.float64) + 0.5) / scale - 0.5
    first = centre.floor()[:, None] + torch.arange(-1, 3)
    return first.clamp(0, size - 1).long(), keys(centre[:, None] - first)


@lru_cache(maxsize=64)
def matrix(size: int, scale: int) -> Tensor:
    """Interpolation as a matrix [size*scale, size], float64, for small sizes (training patches)."""
    index, weight = _taps(size, scale)
    return torch.zeros(size * scale, size, dtype=torch.float64).scatter_add_(1, index, weight)


def _along_last(x: Tensor, scale: int) -> Tensor:
    index, weight = (t.to(x.device) for t in _taps(x.shape[-1], scale))
    weight = weight.to(x.dtype)
    return sum(x[..., index[:, i]] * weight[:, i] for i in range(4))


def interpolate(picture: Tensor, scale: int) -> Tensor:
    """[B, 3, H, W] to [B, 3, sH, sW] by separable cubic interpolation (not antialiased)."""
    x = _along_last(picture, scale)
    return _along_last(x.transpose(-1, -2), scale).transpose(-1, -2)


def reduce(picture: np.ndarray, scale: int) -> np.ndarray:
    """uint8 [H, W, 3], sides multiples of scale, to uint8 [H/s, W/s, 3]: antialiased bicubic in float, then rounded."""
    size = (picture.shape[1] // scale, picture.shape[0] // scale)
    planes = [
        np.asarray(Image.fromarray(picture[..., c].astype(np.float32), "F").resize(size, Image.BICUBIC))
        for c in range(picture.shape[2])
    ]
    return np.clip(np.rint(np.stack(planes, -1)), 0, 255).astype(np.uint8)
