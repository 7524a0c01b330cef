"""Which tokens one attention sum runs over: whole pictures, or windows of them.

A unit is a picture (WINDOW = 0: tokens = N, in row-major order) or one WINDOW x WINDOW window of a picture, row-major
inside. Windows may hang over the picture's edge; tokens out there are zeros that count in the mean over WINDOW^2.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def place(n, unit, tokens, height, width, rows, columns, shift, WINDOW: tl.constexpr):
    """Row of the [P, C] map of the unit's token n, and whether that token exists."""
    at = unit * tokens + n
    here = n < tokens
    if WINDOW > 0:
        y = ((unit // columns) % rows) * WINDOW - shift + n // WINDOW
        x = (unit % columns) * WINDOW - shift + n % WINDOW
        here = here & (y >= 0) & (y < height) & (x >= 0) & (x < width)
        at = ((unit // (rows * columns)) * height + y) * width + x
    return at, here


@triton.jit
def empty(begin, length, unit, height, rows, columns, shift, WINDOW: tl.constexpr):
    """Whether every row of the unit's tokens begin .. begin + length - 1 lies above or below the picture."""
    top = ((unit // columns) % rows) * WINDOW - shift
    return (top + begin // WINDOW >= height) | (top + (begin + length - 1) // WINDOW < 0)


class Shape:
    """Sizes, tables and constants that the attention's four launchers share. cos, sin: [tokens, d/2] of one unit.

    `window` 0: units are the pictures. Otherwise units are their windows, moved up and left by `shift`.
    """

    def __init__(
        self,
        pictures: int,
        size: tuple[int, int],
        heads: int,
        d: int,
        cos: Tensor,
        sin: Tensor,
        cosine: bool = True,
        lam: float = 3.0,
        tau: float = 0.5,
        alpha: float = 20.0,
        window: int = 0,
        shift: int = 0,
        rotary: bool = True,
    ):
        height, width = size
        rows, columns = (-(-(n + shift) // window) if window else 1 for n in size)
        self.units = pictures * rows * columns
        self.tokens = window * window if window else height * width
        self.window, self.places = window, (height, width, rows, columns, shift)
        self.heads, self.d = heads, d
        self.cos, self.sin, self.cosine, self.rotary = cos, sin, cosine, rotary
        self.lam, self.tau, self.alpha = lam, tau, alpha
        self.numbers = 2 * d * d + 2 * d
        if lam != 3.0:
            raise ValueError("the fused kernels cube the keys: lambda must be 3")

    def constants(self, tile: int) -> dict:
        return dict(HEADS=self.heads, D=self.d, COSINE=self.cosine, T=tile, WINDOW=self.window, ROTARY=self.rotary)

    def partial(self, chunks: int) -> Tensor:
        return torch.empty(self.units * self.heads, chunks, self.numbers, device=self.cos.device)
