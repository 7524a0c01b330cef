"""What JPEG does to pictures, in tensor operations: one quality and one chroma subsampling per picture of a batch.

Follows libjpeg's steps and roundings (ITU-T T.81 tables of annex K, scaled by quality; JFIF colour; 4:2:0 by 2x2 means
with alternating rounding, brought back by the triangle filter). The entropy coding loses nothing and is left out.
Static shapes, no look at the data: may be captured in a CUDA graph.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

LUMA = """
16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99
"""
CHROMA = """
17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99
99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99
"""
TO_YCC = [[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]]
TO_RGB = [[1.0, 0.0, 1.402], [1.0, -0.344136286, -0.714136286], [1.0, 1.772, 0.0]]


def cosines() -> Tensor:
    """The orthonormal 8-point DCT-II [frequency, sample], float64."""
    n = torch.arange(8, dtype=torch.float64)
    table = torch.cos(math.pi / 8 * (n + 0.5) * n[:, None]) / 2
    table[0] /= math.sqrt(2)
    return table


def multiply(matrix: Tensor, x: Tensor) -> Tensor:
    """[3, 3] times the channels of [B, 3, H, W]. Float32 products must not be tf32 (PyTorch's default)."""
    return torch.matmul(matrix, x.flatten(2)).view_as(x)


def up_twice(x: Tensor) -> Tensor:
    """Doubles width and height by libjpeg's triangle filter: 3/4 nearer + 1/4 farther, rounded as libjpeg does."""
    p = F.pad(x, (1, 1, 1, 1), mode="replicate")
    middle, above, below = p[:, :, 1:-1], p[:, :, :-2], p[:, :, 2:]
    tall = torch.stack([3 * middle + above, 3 * middle + below], 3).flatten(2, 3)  # [B, C, 2H, W + 2], times 4
    now, left, right = tall[..., 1:-1], tall[..., :-2], tall[..., 2:]
    wide = torch.stack([3 * now + left + 8, 3 * now + right + 7], -1).flatten(-2)
    return torch.floor(wide / 16)


class Jpeg:
    """Constants on one device; call with pictures [B, 3, H, W] in 0..255, H and W multiples of 16."""

    def __init__(self, device: str | torch.device):
        put = lambda values: torch.as_tensor(values, dtype=torch.float32).to(device)
        self.dct = put(cosines())
        self.tables = put([[float(v) for v in t.split()] for t in (LUMA, CHROMA)]).view(2, 8, 8)
        self.to_ycc, self.to_rgb = put(TO_YCC), put(TO_RGB)
        self.shift = put([0.0, 128.0, 128.0]).view(1, 3, 1, 1)
        self.bias = put([1.0, 2.0])

    def quantisers(self, quality: Tensor) -> Tensor:
        """[B, 2, 8, 8] (luma, chroma) for quality [B] in 1..100."""
        percent = torch.where(quality < 50, torch.floor(5000 / quality), 200 - 2 * quality)
        return torch.floor((self.tables * percent[:, None, None, None] + 50) / 100).clamp(1, 255)

    def code(self, planes: Tensor, table: Tensor) -> Tensor:
        """Planes [B, C, H, W] through DCT, quantisation by table [B, 8, 8] and back, rounded to 0..255."""
        b, c, h, w = planes.shape
        table = table[:, None, None, :, None, :]
        rows = torch.matmul(self.dct, (planes - 128).view(b, c, h // 8, 8, w))
        waves = torch.matmul(rows.view(b, c, h // 8, 8, w // 8, 8), self.dct.t())
        waves = torch.round(waves / table) * table
        rows = torch.matmul(waves, self.dct).view(b, c, h // 8, 8, w)
        return (torch.matmul(self.dct.t(), rows).view(b, c, h, w) + 128).round().clamp(0, 255)

    def __call__(self, rgb: Tensor, quality: Tensor, halved: Tensor) -> Tensor:
        """quality [B] (whole numbers), halved [B] bool: 4:2:0 instead of 4:4:4. Returns whole numbers in 0..255."""
        b, _, h, w = rgb.shape
        ycc = (multiply(self.to_ycc, rgb.round()) + self.shift).round().clamp(0, 255)
        tables = self.quantisers(quality)
        luma = self.code(ycc[:, :1], tables[:, 0])
        full = self.code(ycc[:, 1:], tables[:, 1])
        four = ycc[:, 1:].unflatten(-1, (w // 2, 2)).unflatten(2, (h // 2, 2)).sum((3, 5))
        small = torch.floor((four + self.bias.repeat(w // 4)) / 4)
        half = up_twice(self.code(small, tables[:, 1]))
        chroma = torch.where(halved[:, None, None, None], half, full)
        return multiply(self.to_rgb, torch.cat([luma, chroma], 1) - self.shift).round().clamp(0, 255)
