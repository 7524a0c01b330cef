"""Linear layers with what stands around them: LayerNorm before (and GELU after), or LayerScale and residual after.

All rows of a tile stay in registers; the backward recomputes what is cheap. Weights are float32 and are rounded to
the map's type for the tensor cores. Backward programs walk over many tiles and keep the weight gradient in registers.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from .config import choice

EPSILON = tl.constexpr(1e-6)


@triton.jit
def normalise(x, K: tl.constexpr):
    """(x - mean) / sqrt(var + eps) and 1 / sqrt(...) of rows [M, K]."""
    centred = x - (tl.sum(x, 1) / K)[:, None]
    scale = tl.rsqrt(tl.sum(centred * centred, 1) / K + EPSILON)
    return centred * scale[:, None], scale


@triton.jit
def normalise_backward(unit, scale, dunit, K: tl.constexpr):
    """Gradient of `normalise` with respect to x."""
    mean = tl.sum(dunit, 1) / K
    along = tl.sum(dunit * unit, 1) / K
    return (dunit - mean[:, None] - unit * along[:, None]) * scale[:, None]


@triton.jit
def gelu(z):
    """GELU, tanh form: z * sigmoid(2 sqrt(2/pi) (z + 0.044715 z^3))."""
    return z * tl.sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z))


@triton.jit
def gelu_slope(z):
    s = tl.sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z))
    return s + z * s * (1 - s) * 1.5957691216057308 * (1 + 0.134145 * z * z)


@triton.jit
def _norm_linear(
    x,
    weight,
    bias,
    ln_weight,
    ln_bias,
    y,
    rows,
    K: tl.constexpr,
    N: tl.constexpr,
    GELU: tl.constexpr,
    M: tl.constexpr,
    BN: tl.constexpr,
):
    m = tl.program_id(0) * M + tl.arange(0, M)
    k = tl.arange(0, K)
    here = (m < rows)[:, None]
    unit, _ = normalise(tl.load(x + m[:, None] * K + k[None, :], mask=here, other=0.0).to(tl.float32), K)
    u = (unit * tl.load(ln_weight + k)[None, :] + tl.load(ln_bias + k)[None, :]).to(x.dtype.element_ty)
    for start in tl.static_range(0, N, BN):
        n = start + tl.arange(0, BN)
        w = tl.load(weight + n[None, :] * K + k[:, None]).to(x.dtype.element_ty)
        z = tl.dot(u, w, input_precision="ieee") + tl.load(bias + n)[None, :]
        if GELU:
            z = gelu(z)
        tl.store(y + m[:, None] * N + n[None, :], z.to(y.dtype.element_ty), mask=here)


@triton.jit
def _norm_linear_backward(
    x,
    dy,
    through,
    weight,
    bias,
    ln_weight,
    ln_bias,
    dx,
    partial,
    rows,
    partial_stride,
    K: tl.constexpr,
    N: tl.constexpr,
    GELU: tl.constexpr,
    M: tl.constexpr,
):
    """dx = LN'(W' dz) + through; partial row of this program: dW [N, K], dbias [N], dln_weight [K], dln_bias [K]."""
    k = tl.arange(0, K)
    n = tl.arange(0, N)
    dtype = x.dtype.element_ty
    w = tl.load(weight + n[:, None] * K + k[None, :]).to(dtype)
    gain = tl.load(ln_weight + k)
    shift = tl.load(ln_bias + k)
    dw = tl.zeros([N, K], tl.float32)
    db = tl.zeros([N], tl.float32)
    db_wide = tl.zeros(
        [N, 16], tl.float32
    )  # 16 equal columns: a sum as a product, so that dz can stay in shared memory
    ones = tl.full([M, 16], 1.0, dtype)
    dgain = tl.zeros([K], tl.float32)
    dshift = tl.zeros([K], tl.float32)
    for tile in range(tl.program_id(0), tl.cdiv(rows, M), tl.num_programs(0)):
        m = tile * M + tl.arange(0, M)
        here = (m < rows)[:, None]
        unit, scale = normalise(tl.load(x + m[:, None] * K + k[None, :], mask=here, other=0.0).to(tl.float32), K)
        u = (unit * gain[None, :] + shift[None, :]).to(dtype)
        dz = tl.load(dy + m[:, None] * N + n[None, :], mask=here, other=0.0)
        if GELU:
            z = tl.dot(u, tl.trans(w), input_precision="ieee") + tl.load(bias + n)[None, :]
            dz = (dz.to(tl.float32) * gelu_slope(z)).to(dtype)
            db += tl.sum(dz.to(tl.float32), 0)
        else:
            db_wide += tl.dot(tl.trans(dz), ones, input_precision="ieee")
        dw += tl.dot(tl.trans(dz), u, input_precision="ieee")
        du = tl.dot(dz, w, input_precision="ieee")
        dgain += tl.sum(du * unit, 0)
        dshift += tl.sum(du, 0)
        slope = normalise_backward(unit, scale, du * gain[None, :], K)
        slope += tl.load(through + m[:, None] * K + k[None, :], mask=here, other=0.0).to(tl.float32)
        tl.store(dx + m[:, None] * K + k[None, :], slope.to(dx.dtype.element_ty), mask=here)
    out = partial + tl.program_id(0) * partial_stride
    tl.store(out + n[:, None] * K + k[None, :], dw)
    tl.store(out + N * K + n, db if GELU else tl.sum(db_wide, 1) / 16)
    tl.store(out + N * K + N + k, dgain)
    tl.store(out + N * K + N + K + k, dshift)


@triton.jit
def _linear_residual(t, x, weight, bias, gamma, y, rows, K: tl.constexpr, N: tl.constexpr, M: tl.constexpr):
    m = tl.program_id(0) * M + tl.arange(0, M)
    k = tl.arange(0, K)
    n = tl.arange(0, N)
    here = (m < rows)[:, None]
    value = tl.load(t + m[:, None] * K + k[None, :], mask=here, other=0.0)
    w = tl.load(weight + n[None, :] * K + k[:, None]).to(t.dtype.element_ty)
    z = tl.dot(value, w, input_precision="ieee") + tl.load(bias + n)[None, :]
    base = tl.load(x + m[:, None] * N + n[None, :], mask=here, other=0.0).to(tl.float32)
    result = base + z * tl.load(gamma + n)[None, :]
    tl.store(y + m[:, None] * N + n[None, :], result.to(y.dtype.element_ty), mask=here)


@triton.jit
def _linear_residual_backward(
    t, dy, weight, bias, gamma, dt, partial, rows, partial_stride, K: tl.constexpr, N: tl.constexpr, M: tl.constexpr
):
    """Partial row of this program: dW [N, K], dbias [N], dgamma [N]."""
    k = tl.arange(0, K)
    n = tl.arange(0, N)
    dtype = t.dtype.element_ty
    w = tl.load(weight + n[:, None] * K + k[None, :]).to(dtype)
    shift = tl.load(bias + n)
    layer_scale = tl.load(gamma + n)
    dw = tl.zeros([N, K], tl.float32)
    db = tl.zeros([N], tl.float32)
    dgamma = tl.zeros([N], tl.float32)
    for tile in range(tl.program_id(0), tl.cdiv(rows, M), tl.num_programs(0)):
        m = tile * M + tl.arange(0, M)
        here = (m < rows)[:, None]
        value = tl.load(t + m[:, None] * K + k[None, :], mask=here, other=0.0)
        slope = tl.load(dy + m[:, None] * N + n[None, :], mask=here, other=0.0).to(tl.float32)
        z = tl.dot(value, tl.trans(w), input_precision="ieee") + shift[None, :]
        dgamma += tl.sum(slope * z, 0)
        slope = slope * layer_scale[None, :]
        db += tl.sum(slope, 0)
        dz = slope.to(dtype)
        dw += tl.dot(tl.trans(dz), value, input_precision="ieee")
        tl.store(
            dt + m[:, None] * K + k[None, :], tl.dot(dz, w, input_precision="ieee").to(dt.dtype.element_ty), mask=here
        )
    out = partial + tl.program_id(0) * partial_stride
    tl.store(out + n[:, None] * K + k[None, :], dw)
    tl.store(out + N * K + n, db)
    tl.store(out + N * K + N + n, dgamma)


def norm_linear(
    x: Tensor, weight: Tensor, bias: Tensor, ln_weight: Tensor, ln_bias: Tensor, gelu: bool, config: dict | None = None
) -> Tensor:
    """Linear(LN(x)), then GELU if asked: [P, K] to [P, N]."""
    pixels, k = x.shape
    n = weight.shape[0]
    config = config or choice("norm_linear", n)
    rows = config["rows"]
    y = torch.empty(pixels, n, dtype=x.dtype, device=x.device)
    _norm_linear[(triton.cdiv(pixels, rows),)](
        x,
        weight,
        bias,
        ln_weight,
        ln_bias,
        y,
        pixels,
        K=k,
        N=n,
        GELU=gelu,
        M=rows,
        BN=min(n, 64),
        num_warps=config["warps"],
    )
    return y


def norm_linear_backward(
    x: Tensor,
    dy: Tensor,
    through: Tensor,
    weight: Tensor,
    bias: Tensor,
    ln_weight: Tensor,
    ln_bias: Tensor,
    gelu: bool,
    partial: Tensor,
    config: dict | None = None,
) -> tuple[Tensor, int]:
    """(dx = gradient through the layer + `through`, rows written of `partial`: dW, db, dln_weight, dln_bias)."""
    pixels, k = x.shape
    config = config or choice("norm_linear_backward", weight.shape[0])
    rows = config["rows"]
    programs = min(config["programs"], len(partial), triton.cdiv(pixels, rows))
    dx = torch.empty_like(x)
    _norm_linear_backward[(programs,)](
        x,
        dy,
        through,
        weight,
        bias,
        ln_weight,
        ln_bias,
        dx,
        partial,
        pixels,
        partial.stride(0),
        K=k,
        N=weight.shape[0],
        GELU=gelu,
        M=rows,
        num_warps=config["warps"],
        num_stages=config.get("stages", 2),
    )
    return dx, programs


def linear_residual(
    t: Tensor, x: Tensor, weight: Tensor, bias: Tensor, gamma: Tensor, config: dict | None = None
) -> Tensor:
    """x + gamma * Linear(t): t [P, K], x [P, N]."""
    config = config or choice("linear_residual", t.shape[1])
    rows = config["rows"]
    y = torch.empty_like(x)
    _linear_residual[(triton.cdiv(x.shape[0], rows),)](
        t, x, weight, bias, gamma, y, x.shape[0], K=t.shape[1], N=x.shape[1], M=rows, num_warps=config["warps"]
    )
    return y


def linear_residual_backward(
    t: Tensor, dy: Tensor, weight: Tensor, bias: Tensor, gamma: Tensor, partial: Tensor, config: dict | None = None
) -> tuple[Tensor, int]:
    """(dt [P, K], rows written of `partial`: dW, db, dgamma). The gradient of x is dy itself."""
    config = config or choice("linear_residual_backward", t.shape[1])
    rows = config["rows"]
    programs = min(config["programs"], len(partial), triton.cdiv(t.shape[0], rows))
    dt = torch.empty_like(t)
    _linear_residual_backward[(programs,)](
        t,
        dy,
        weight,
        bias,
        gamma,
        dt,
        partial,
        t.shape[0],
        partial.stride(0),
        K=t.shape[1],
        N=dy.shape[1],
        M=rows,
        num_warps=config["warps"],
        num_stages=config.get("stages", 2),
    )
    return dt, programs
