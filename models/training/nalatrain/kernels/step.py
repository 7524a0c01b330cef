"""What surrounds the network in a training step: cutting patches, the loss, and the optimiser."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def _cut(pictures, draws, counter, patches, batch, SIZE, FIELD: tl.constexpr, BLOCK: tl.constexpr):
    """draws [steps, batch, 5] int64: LR offset, LR stride, HR offset, HR stride (bytes), orientation 0..7."""
    b = tl.program_id(1)
    draw = draws + (tl.load(counter) * batch + b) * 5
    start = tl.load(draw + FIELD)
    stride = tl.load(draw + FIELD + 1)
    turn = tl.load(draw + 4)
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    here = i < SIZE * SIZE * 3
    c = i // (SIZE * SIZE)
    y = (i // SIZE) % SIZE
    x = i % SIZE
    row = tl.where(turn % 2 == 1, x, y)
    column = tl.where(turn % 2 == 1, y, x)
    row = tl.where((turn // 2) % 2 == 1, SIZE - 1 - row, row)
    column = tl.where(turn // 4 == 1, SIZE - 1 - column, column)
    value = tl.load(pictures + start + row * stride + column * 3 + c, mask=here, other=0)
    tl.store(patches + b * SIZE * SIZE * 3 + i, value.to(tl.float32) / 255.0, mask=here)


@triton.jit
def _error(tail, base, target, p, n, here, height, width, S: tl.constexpr):
    """Output minus target at LR pixels p [BLOCK, 1] and channels n [1, NP] of the tail; 0 elsewhere."""
    b = p // (height * width)
    y = (p // width) % height
    x = p % width
    c = n // (S * S)
    i = (n // S) % S
    j = n % S
    at = ((b * 3 + c) * (S * height) + S * y + i) * (S * width) + S * x + j
    value = tl.load(tail + p * (3 * S * S) + n, mask=here, other=0.0).to(tl.float32)
    return value + tl.load(base + at, mask=here, other=0.0) - tl.load(target + at, mask=here, other=0.0)


@triton.jit
def _means(
    tail, base, target, means, pixels, height, width, S: tl.constexpr, NP: tl.constexpr, BLOCK: tl.constexpr
):
    """means [P, 3]: the mean error of each LR pixel's S x S output pixels."""
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)[:, None]
    n = tl.arange(0, NP)[None, :]
    error = _error(tail, base, target, p, n, (p < pixels) & (n < 3 * S * S), height, width, S)
    for c in tl.static_range(3):
        mean = tl.sum(tl.where(n // (S * S) == c, error, 0.0), 1) / (S * S)
        tl.store(means + p * 3 + c, mean[:, None], mask=p < pixels)


@triton.jit
def _loss(
    tail,
    base,
    target,
    push,
    dtail,
    partial,
    pixels,
    height,
    width,
    slope,
    SQUARES: tl.constexpr,
    POOL: tl.constexpr,
    S: tl.constexpr,
    NP: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """tail [P, 3*S*S] NHWC before the pixel shuffle; base, target [B, 3, S*H, S*W]. L1 loss and its gradient.

    POOL > 0: push [B, H/POOL, W/POOL, 3] is added to the sign of each error (see `drift`).
    SQUARES: the gradient is the mean squared error's instead; the loss told is the mean absolute error all the same.
    """
    p = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)[:, None]
    n = tl.arange(0, NP)[None, :]
    here = (p < pixels) & (n < 3 * S * S)
    error = _error(tail, base, target, p, n, here, height, width, S)
    sign = 2 * error if SQUARES else tl.where(error > 0, 1.0, tl.where(error < 0, -1.0, 0.0))
    if POOL > 0:
        row = p // width // POOL  # rows of pools, all pictures' one after the other
        sign += tl.load(push + (row * (width // POOL) + p % width // POOL) * 3 + n // (S * S), mask=here, other=0.0)
    tl.store(dtail + p * (3 * S * S) + n, (sign * slope).to(dtail.dtype.element_ty), mask=here)
    tl.store(partial + tl.program_id(0), tl.sum(tl.sum(tl.abs(error), 1), 0) * slope)


@triton.jit
def _gather(partial, counts, grad, size, stride, BLOCK: tl.constexpr, ROWS: tl.constexpr):
    """grad[column] = sum over the first counts[column / BLOCK] rows of partial; columns with count 0 stay."""
    column = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    count = tl.load(counts + tl.program_id(0))
    if count > 0:
        total = tl.zeros([ROWS, BLOCK], tl.float32)
        for start in range(0, count, ROWS):
            row = start + tl.arange(0, ROWS)
            here = (row < count)[:, None] & (column < size)[None, :]
            total += tl.load(partial + row[:, None].to(tl.int64) * stride + column[None, :], mask=here, other=0.0)
        tl.store(grad + column, tl.sum(total, 0), mask=column < size)


@triton.jit
def _clip(norm, state, ceiling, memory):
    """state: running norm r, factor. Clips at `ceiling` r, so that one wild batch cannot undo the work of many."""
    now = tl.load(norm)
    running = tl.load(state)
    running = tl.where(running > 0, running, now)
    limit = ceiling * running
    finite = (now == now) & (now < 1e30)
    tl.store(state + 1, tl.where(finite, tl.minimum(1.0, limit / (now + 1e-30)), 0.0))
    tl.store(state, tl.where(finite, memory * running + (1 - memory) * tl.minimum(now, limit), running))


@triton.jit
def _adam(
    theta,
    grad,
    mean,
    square,
    ema,
    scalars,
    clip_state,
    decays,
    size,
    beta1,
    beta2,
    epsilon,
    DECAYS: tl.constexpr,
    BLOCK: tl.constexpr,
):
    """scalars float32: learning rate, 1 - beta1^t, 1 - beta2^t, EMA decay. DECAYS: decays [size], one per weight."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    here = i < size
    rate = tl.load(scalars)
    factor = tl.load(clip_state + 1)
    g = tl.load(grad + i, mask=here, other=0.0)
    g = tl.where(factor > 0, g * factor, 0.0)
    m = beta1 * tl.load(mean + i, mask=here, other=0.0) + (1 - beta1) * g
    s = beta2 * tl.load(square + i, mask=here, other=0.0) + (1 - beta2) * g * g
    update = (m / tl.load(scalars + 1)) / (tl.sqrt(s / tl.load(scalars + 2)) + epsilon)
    value = tl.load(theta + i, mask=here, other=0.0)
    if DECAYS:
        value -= rate * tl.load(decays + i, mask=here, other=0.0) * value
    value = value - rate * update
    decay = tl.load(scalars + 3)
    tl.store(mean + i, m, mask=here)
    tl.store(square + i, s, mask=here)
    tl.store(theta + i, value, mask=here)
    tl.store(ema + i, decay * tl.load(ema + i, mask=here, other=0.0) + (1 - decay) * value, mask=here)


def cut(pictures: Tensor, draws: Tensor, counter: Tensor, patches: Tensor, field: int) -> None:
    """Fills patches [B, 3, n, n] float32 in [0, 1] from a flat uint8 store; field 0 cuts LR, field 2 cuts HR."""
    batch, _, size, _ = patches.shape
    block = 1024
    _cut[(triton.cdiv(3 * size * size, block), batch)](
        pictures, draws, counter, patches, batch, size, FIELD=field, BLOCK=block
    )


POOL = 16  # LR pixels: side of the squares whose mean error `drift` weighs
TOLERANCE = 1 / 255  # mean errors beyond it push with the full weight


def drift(tail: Tensor, base: Tensor, target: Tensor, size: tuple[int, int], scale: int, weight: float) -> Tensor:
    """[B, H/POOL, W/POOL, 3]: what each square's mean error adds to the signs of its errors.

    L1 alone seeks the median: in texture that it cannot predict it is up to 0.6/255 darker than the original on the
    average. This is the gradient of weight * Huber(mean error of the square), which is 0 where the mean is right.
    """
    pixels, channels = tail.shape
    block = 32
    means = torch.empty(pixels, 3, device=tail.device)
    constants = dict(S=scale, NP=triton.next_power_of_2(channels), BLOCK=block)
    _means[(triton.cdiv(pixels, block),)](tail, base, target, means, pixels, *size, **constants)
    height, width = size
    pools = means.view(-1, height // POOL, POOL, width // POOL, POOL, 3).mean((2, 4))
    return weight * (pools / TOLERANCE).clamp(-1, 1)


def loss(
    tail: Tensor,
    base: Tensor,
    target: Tensor,
    size: tuple[int, int],
    scale: int,
    weight: float = 0.0,
    squares: bool = False,
) -> tuple[Tensor, Tensor]:
    """(mean absolute error, its gradient with respect to `tail` [P, 3*scale^2], with the push of `drift`).

    `squares`: the gradient is the mean squared error's, which has no drift (`weight` is left out of account).
    """
    weight = 0.0 if squares else weight
    pixels, channels = tail.shape
    block = 32
    programs = triton.cdiv(pixels, block)
    push = drift(tail, base, target, size, scale, weight).contiguous() if weight else None
    dtail = torch.empty_like(tail)
    partial = torch.empty(programs, device=tail.device)
    _loss[(programs,)](
        tail,
        base,
        target,
        push,
        dtail,
        partial,
        pixels,
        *size,
        1.0 / (pixels * channels),
        SQUARES=squares,
        POOL=POOL if weight else 0,
        S=scale,
        NP=triton.next_power_of_2(channels),
        BLOCK=block,
    )
    return partial.sum(), dtail


GATHER_BLOCK = 32  # every unit of gradient is a multiple of it long


def gather(partial: Tensor, counts: Tensor, grad: Tensor) -> None:
    """Sums the partial gradients [rows, size] of all units at once; counts int32, one per GATHER_BLOCK columns."""
    _gather[(len(counts),)](
        partial, counts, grad, grad.numel(), partial.stride(0), BLOCK=GATHER_BLOCK, ROWS=32, num_warps=2
    )


def clip(norm: Tensor, state: Tensor, ceiling: float = 4.0, memory: float = 0.99) -> None:
    """Updates state = [running gradient norm, factor of this step]; the factor is 0 where the norm is not finite."""
    _clip[(1,)](norm, state, ceiling, memory)


def adam(
    theta: Tensor,
    grad: Tensor,
    mean: Tensor,
    square: Tensor,
    ema: Tensor,
    scalars: Tensor,
    clip_state: Tensor,
    betas: tuple[float, float],
    epsilon: float = 1e-8,
    decays: Tensor | None = None,
) -> None:
    """Adam; with `decays`, each weight's decoupled decay (AdamW)."""
    block = 1024
    constants = dict(DECAYS=decays is not None, BLOCK=block)
    _adam[(triton.cdiv(theta.numel(), block),)](
        theta, grad, mean, square, ema, scalars, clip_state, decays, theta.numel(), *betas, epsilon, **constants
    )
