"""NaLa's feature maps and their gradients, as functions inside Triton kernels. Rows are tokens: [T, D], float32."""

from __future__ import annotations

import triton
import triton.language as tl

GUARD = tl.constexpr(1e-6)
QUARTER_PI = tl.constexpr(0.7853981633974483)


@triton.jit
def tanh(x):
    return 2 * tl.sigmoid(2 * x) - 1


@triton.jit
def cosine(t):
    """cos for |t| <= pi/4, error below 3e-8."""
    t = t * t
    return 1 + t * (-0.5 + t * (4.1666666667e-2 + t * (-1.3888888889e-3 + t * 2.4801587e-5)))


@triton.jit
def sine(t):
    """sin for |t| <= pi/4, error below 3e-8."""
    u = t * t
    return t * (1 + u * (-1.6666666667e-1 + u * (8.3333333333e-3 + u * (-1.9841269841e-4 + u * 2.7557e-6))))


@triton.jit
def rotate(f, cos, sin, T: tl.constexpr, D: tl.constexpr, ROTARY: tl.constexpr):
    """Turns interleaved channel pairs of [T, D] by angles given as cos, sin [T, D/2]; without ROTARY returns f (the
    compiler then drops the tables' loads)."""
    if ROTARY:
        even, odd = tl.split(tl.reshape(f, [T, D // 2, 2]))
        return tl.reshape(tl.join(even * cos - odd * sin, odd * cos + even * sin), [T, D])
    else:
        return f


@triton.jit
def direction(x):
    """x / max(||x||, guard), and ||x||, of rows."""
    norm = tl.sqrt(tl.sum(x * x, 1))
    return x / tl.maximum(norm, GUARD)[:, None], norm


@triton.jit
def spread(magnitude, unit, alpha, COSINE: tl.constexpr):
    """Both halves of the features, and tanh(alpha * unit)."""
    if COSINE:
        turn = tanh(alpha * unit)
        return magnitude * cosine(QUARTER_PI * turn), magnitude * sine(QUARTER_PI * turn), turn
    else:
        return tl.where(unit > 0, magnitude, 0.0), tl.where(unit < 0, magnitude, 0.0), unit


@triton.jit
def spread_backward(f1, f2, turn, d1, d2, unit, alpha, COSINE: tl.constexpr):
    """(gradient of the magnitude, gradient of the direction through theta)."""
    if COSINE:
        theta = QUARTER_PI * turn
        dmagnitude = d1 * cosine(theta) + d2 * sine(theta)
        return dmagnitude, (d2 * f1 - d1 * f2) * QUARTER_PI * alpha * (1 - turn * turn)
    else:
        return tl.where(unit > 0, d1, 0.0) + tl.where(unit < 0, d2, 0.0), tl.zeros_like(d1)


@triton.jit
def query_magnitude(unit, norm, lam, tau):
    """|unit|^p, log2 |unit| (finite), p, tanh(norm)."""
    t = tanh(norm)
    p = lam * (tau + t)
    log = tl.log2(tl.maximum(tl.abs(unit), 1e-30))
    return tl.exp2(p[:, None] * log), log, p, t


@triton.jit
def undirect(dunit, unit, norm):
    """Gradient with respect to x of unit = x / max(||x||, guard)."""
    length = tl.maximum(norm, GUARD)
    along = tl.where(norm > GUARD, tl.sum(dunit * unit, 1), 0.0)
    return (dunit - unit * along[:, None]) / length[:, None]
