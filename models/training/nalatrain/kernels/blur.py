"""A blur with another kernel for every picture of a batch: x [B, 3, H, W] float32, borders replicated."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def _blur(x, kernels, radius, y, height, width, K: tl.constexpr, BLOCK: tl.constexpr):
    """Grid (tiles, pictures); three channels at once. Taps beyond the picture's own radius are not visited."""
    b = tl.program_id(1)
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    plane = height * width
    here = i < plane
    row = i // width
    column = i % width
    r = tl.load(radius + b)
    first = x + b.to(tl.int64) * 3 * plane
    centre = kernels + b * K * K + (K // 2) * (K + 1)
    red = tl.zeros([BLOCK], tl.float32)
    green = tl.zeros([BLOCK], tl.float32)
    blue = tl.zeros([BLOCK], tl.float32)
    for dy in range(-r, r + 1):
        line = tl.minimum(tl.maximum(row + dy, 0), height - 1) * width
        for dx in range(-r, r + 1):
            weight = tl.load(centre + dy * K + dx)
            at = line + tl.minimum(tl.maximum(column + dx, 0), width - 1)
            red += weight * tl.load(first + at, mask=here, other=0.0)
            green += weight * tl.load(first + plane + at, mask=here, other=0.0)
            blue += weight * tl.load(first + 2 * plane + at, mask=here, other=0.0)
    out = y + b.to(tl.int64) * 3 * plane + i
    tl.store(out, red, mask=here)
    tl.store(out + plane, green, mask=here)
    tl.store(out + 2 * plane, blue, mask=here)


def blur(x: Tensor, kernels: Tensor, radius: Tensor) -> Tensor:
    """Correlates each picture with its kernel. kernels [B, K, K] float32, 0 beyond `radius` [B] int32 <= K // 2."""
    y = torch.empty_like(x)
    batch, _, height, width = x.shape
    block = 256 if x.is_cuda else triton.next_power_of_2(height * width)  # the interpreter wants few programs
    _blur[(triton.cdiv(height * width, block), batch)](
        x, kernels, radius, y, height, width, K=kernels.shape[-1], BLOCK=block, num_warps=4
    )
    return y
