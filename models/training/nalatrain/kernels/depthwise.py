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
def _forward(
    x,
    weight,
    bias,
    added,
    y,
    pixels,
    height,
    width,
    x_stride,
    y_stride,
    C: tl.constexpr,
    K: tl.constexpr,
    RESIDUAL: tl.constexpr,
    ADD: tl.constexpr,
    FLIP: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """FLIP: the transposed convolution (taps reversed, no bias), which is the gradient of the input."""
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    c = tl.arange(0, C)
    row, column = (p // width) % height, p % width
    total = tl.zeros([BLOCK, C], tl.float32)
    if not FLIP:
        total += tl.load(bias + c)[None, :]
    for i in tl.static_range(K):
        for j in tl.static_range(K):
            y_at, x_at = row + (i - K // 2), column + (j - K // 2)
            inside = (p < pixels) & (y_at >= 0) & (y_at < height) & (x_at >= 0) & (x_at < width)
            source = (p + (i - K // 2) * width + (j - K // 2))[:, None] * x_stride + c[None, :]
            value = tl.load(x + source, mask=inside[:, None], other=0.0).to(tl.float32)
            total += value * tl.load(weight + (K * K - 1 - i * K - j if FLIP else i * K + j) * C + c)[None, :]
            if RESIDUAL and (i == K // 2 and j == K // 2):
                total += value
    if ADD:
        total += tl.load(added + p[:, None] * C + c[None, :], mask=(p < pixels)[:, None], other=0.0).to(tl.float32)
    tl.store(y + p[:, None] * y_stride + c[None, :], total.to(y.dtype.element_ty), mask=(p < pixels)[:, None])


@triton.jit
def _backward(
    x,
    dy,
    weight,
    dx,
    partial,
    pixels,
    height,
    width,
    x_stride,
    dx_stride,
    partial_stride,
    chunk,
    C: tl.constexpr,
    K: tl.constexpr,
    ROWS: tl.constexpr,
    RESIDUAL: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """dx[p] = sum_t w[t] dy[p - t];  dw[t] = sum_p x[p] dy[p - t]: both need only shifted reads of dy.

    Grid (chunks, K / ROWS): a program sums ROWS rows of taps over `chunk` pixels, in registers, lane by lane; lanes
    are added only at the end. dx is written where a program has all taps (ROWS = K).
    """
    c = tl.arange(0, C)
    first = tl.program_id(1) * ROWS
    sums = ()
    for t in tl.static_range(ROWS * K + 1):
        sums = sums + (tl.zeros([BLOCK, C], tl.float32),)
    begin = tl.program_id(0) * chunk
    for start in range(begin, begin + chunk, BLOCK):
        p = start + tl.arange(0, BLOCK)
        here = (p < pixels)[:, None]
        row, column = (p // width) % height, p % width
        value = tl.load(x + p[:, None] * x_stride + c[None, :], mask=here, other=0.0).to(tl.float32)
        total = tl.zeros([BLOCK, C], tl.float32)
        new = ()
        for t in tl.static_range(ROWS * K):
            up = K // 2 - first - t // K
            y_at, x_at = row + up, column + (K // 2 - t % K)
            inside = (p < pixels) & (y_at >= 0) & (y_at < height) & (x_at >= 0) & (x_at < width)
            source = (p + up * width + (K // 2 - t % K))[:, None] * C + c[None, :]
            slope = tl.load(dy + source, mask=inside[:, None], other=0.0).to(tl.float32)
            new = new + (sums[t] + slope * value,)
            if ROWS == K:
                total += slope * tl.load(weight + t * C + c)[None, :]
        centre = tl.load(dy + p[:, None] * C + c[None, :], mask=here, other=0.0).to(tl.float32)
        sums = new + (sums[ROWS * K] + centre,)
        if ROWS == K:
            if RESIDUAL:
                total += centre
            tl.store(dx + p[:, None] * dx_stride + c[None, :], total.to(dx.dtype.element_ty), mask=here)
    out = partial + tl.program_id(0) * partial_stride + c
    for t in tl.static_range(ROWS * K):
        tl.store(out + (first * K + t) * C, tl.sum(sums[t], 0))
    if first == 0:
        tl.store(out + K * K * C, tl.sum(sums[ROWS * K], 0))


def forward(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    size: tuple[int, int],
    residual: bool,
    added: Tensor | None = None,
    config: dict | None = None,
) -> Tensor:
    """x [P, C] (rows may be strided) to [P, C]: bias + convolution (+ x) (+ added)."""
    pixels, channels = x.shape
    kernel = round(weight.shape[0] ** 0.5)
    config = config or choice("depthwise_forward", channels, kernel)
    y = torch.empty(pixels, channels, dtype=x.dtype, device=x.device)
    _forward[(triton.cdiv(pixels, config["block"]),)](
        x,
        weight,
        bias,
        x if added is None else added,
        y,
        pixels,
        *size,
        x.stride(0),
        channels,
        C=channels,
        K=kernel,
        RESIDUAL=residual,
        ADD=added is not None,
        FLIP=False,
        BLOCK=config["block"],
        num_warps=config["warps"],
    )
    return y


def backward(
    x: Tensor,
    dy: Tensor,
    weight: Tensor,
    size: tuple[int, int],
    residual: bool,
    partial: Tensor,
    dx: Tensor | None = None,
    config: dict | None = None,
) -> tuple[Tensor, int]:
    """(dx, rows of `partial` [rows, (K*K+1) C] written: sums of dweight and dbias). `dx` may have strided rows."""
    pixels, channels = x.shape
    kernel = round(weight.shape[0] ** 0.5)
    config = config or choice("depthwise_backward", channels, kernel)
    if dx is None:
        dx = torch.empty(pixels, channels, dtype=dy.dtype, device=dy.device)
    block = config["block"]
    chunk = max(config["chunk"], triton.cdiv(triton.cdiv(pixels, len(partial)), block) * block)
    chunks = triton.cdiv(pixels, chunk)
    rows = 1 if config["split"] else kernel
    _backward[(chunks, kernel // rows)](
        x,
        dy,
        weight,
        dx,
        partial,
        pixels,
        *size,
        x.stride(0),
        dx.stride(0),
        partial.stride(0),
        chunk,
        C=channels,
        K=kernel,
        ROWS=rows,
        RESIDUAL=residual,
        BLOCK=block,
        num_warps=config["warps"],
    )
    if config["split"]:
        tile = choice("depthwise_forward", channels, kernel)
        _forward[(triton.cdiv(pixels, tile["block"]),)](
            dy,
            weight,
            weight,
            dy,
            dx,
            pixels,
            *size,
            channels,
            dx.stride(0),
            C=channels,
            K=kernel,
            RESIDUAL=residual,
            ADD=False,
            FLIP=True,
            BLOCK=tile["block"],
            num_warps=tile["warps"],
        )
    return dx, chunks
