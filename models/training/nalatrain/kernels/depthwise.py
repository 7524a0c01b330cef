"""Depthwise K x K convolution over NHWC maps, zero padding, with bias and an optional residual or added map.

Weights are [K*K, C] float32 (tap-major, so that a thread's channels are neighbours).
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from .config import choice


@triton.jit
def _forward(x, weight, bias, added, y, pixels, height, width, x_stride,
             C: tl.constexpr, K: tl.constexpr, RESIDUAL: tl.constexpr, ADD: tl.constexpr, BLOCK: tl.constexpr):
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    c = tl.arange(0, C)
    row, column = (p // width) % height, p % width
    total = tl.zeros([BLOCK, C], tl.float32) + tl.load(bias + c)[None, :]
    for i in tl.static_range(K):
        for j in tl.static_range(K):
            y_at, x_at = row + (i - K // 2), column + (j - K // 2)
            inside = (p < pixels) & (y_at >= 0) & (y_at < height) & (x_at >= 0) & (x_at < width)
            source = (p + (i - K // 2) * width + (j - K // 2))[:, None] * x_stride + c[None, :]
            value = tl.load(x + source, mask=inside[:, None], other=0.0).to(tl.float32)
            total += value * tl.load(weight + (i * K + j) * C + c)[None, :]
            if RESIDUAL and (i == K // 2 and j == K // 2):
                total += value
    target = p[:, None] * C + c[None, :]
    if ADD:
        total += tl.load(added + target, mask=(p < pixels)[:, None], other=0.0).to(tl.float32)
    tl.store(y + target, total.to(y.dtype.element_ty), mask=(p < pixels)[:, None])


@triton.jit
def _backward(x, dy, weight, dx, partial, pixels, height, width, x_stride, dx_stride,
              C: tl.constexpr, K: tl.constexpr, RESIDUAL: tl.constexpr, BLOCK: tl.constexpr):
    """dx[p] = sum_t w[t] dy[p - t];  dw[t] = sum_p x[p] dy[p - t]: both need only shifted reads of dy."""
    program = tl.program_id(0)
    p = program * BLOCK + tl.arange(0, BLOCK)
    c = tl.arange(0, C)
    row, column = (p // width) % height, p % width
    here = (p < pixels)[:, None]
    value = tl.load(x + p[:, None] * x_stride + c[None, :], mask=here, other=0.0).to(tl.float32)
    total = tl.zeros([BLOCK, C], tl.float32)
    out = partial + program * (K * K + 1) * C + c
    for i in tl.static_range(K):
        for j in tl.static_range(K):
            y_at, x_at = row + (K // 2 - i), column + (K // 2 - j)
            inside = (p < pixels) & (y_at >= 0) & (y_at < height) & (x_at >= 0) & (x_at < width)
            source = (p + (K // 2 - i) * width + (K // 2 - j))[:, None] * C + c[None, :]
            slope = tl.load(dy + source, mask=inside[:, None], other=0.0).to(tl.float32)
            total += slope * tl.load(weight + (i * K + j) * C + c)[None, :]
            tl.store(out + (i * K + j) * C, tl.sum(slope * value, 0))
            if i == K // 2 and j == K // 2:
                tl.store(out + K * K * C, tl.sum(slope, 0))
                if RESIDUAL:
                    total += slope
    tl.store(dx + p[:, None] * dx_stride + c[None, :], total.to(dx.dtype.element_ty), mask=here)


def forward(x: Tensor, weight: Tensor, bias: Tensor, size: tuple[int, int], residual: bool,
            added: Tensor | None = None, config: dict | None = None) -> Tensor:
    """x [P, C] (rows may be strided) to [P, C]: bias + convolution (+ x) (+ added)."""
    pixels, channels = x.shape
    kernel = round(weight.shape[0] ** 0.5)
    config = config or choice("depthwise_forward", channels, kernel)
    block = config["block"]
    y = torch.empty(pixels, channels, dtype=x.dtype, device=x.device)
    _forward[(triton.cdiv(pixels, block),)](
        x, weight, bias, x if added is None else added, y, pixels, *size, x.stride(0),
        C=channels, K=kernel, RESIDUAL=residual, ADD=added is not None, BLOCK=block, num_warps=config["warps"])
    return y


def backward(x: Tensor, dy: Tensor, weight: Tensor, size: tuple[int, int], residual: bool, grad: Tensor,
             dx: Tensor | None = None, config: dict | None = None) -> Tensor:
    """Returns dx (written into `dx`, rows may be strided); sums [dweight, dbias] into the flat view `grad`."""
    pixels, channels = x.shape
    kernel = round(weight.shape[0] ** 0.5)
    config = config or choice("depthwise_backward", channels, kernel)
    block = config["block"]
    programs = triton.cdiv(pixels, block)
    if dx is None:
        dx = torch.empty(pixels, channels, dtype=dy.dtype, device=dy.device)
    partial = torch.empty(programs, grad.numel(), dtype=torch.float32, device=x.device)
    _backward[(programs,)](
        x, dy, weight, dx, partial, pixels, *size, x.stride(0), dx.stride(0),
        C=channels, K=kernel, RESIDUAL=residual, BLOCK=block, num_warps=config["warps"])
    torch.sum(partial, 0, out=grad)
    return dx
