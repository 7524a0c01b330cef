"""The gated output projection of attention:  x + gamma * (W (LN(s) * SiLU(g)) + b),  s = attention + LePE."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from .config import choice
from .linear import normalise, normalise_backward


@triton.jit
def _gated(s, g, x, weight, bias, gamma, ln_weight, ln_bias, y, rows, g_stride, C: tl.constexpr, M: tl.constexpr):
    m = tl.program_id(0) * M + tl.arange(0, M)
    c = tl.arange(0, C)
    at = m[:, None] * C + c[None, :]
    here = (m < rows)[:, None]
    unit, _ = normalise(tl.load(s + at, mask=here, other=0.0).to(tl.float32), C)
    gate = tl.load(g + m[:, None] * g_stride + c[None, :], mask=here, other=0.0).to(tl.float32)
    a = (unit * tl.load(ln_weight + c)[None, :] + tl.load(ln_bias + c)[None, :]) * gate * tl.sigmoid(gate)
    w = tl.load(weight + c[None, :] * C + c[:, None]).to(s.dtype.element_ty)
    z = tl.dot(a.to(s.dtype.element_ty), w, input_precision="ieee") + tl.load(bias + c)[None, :]
    result = tl.load(x + at, mask=here, other=0.0).to(tl.float32) + z * tl.load(gamma + c)[None, :]
    tl.store(y + at, result.to(y.dtype.element_ty), mask=here)


@triton.jit
def _gated_backward(
    s,
    g,
    dy,
    weight,
    bias,
    gamma,
    ln_weight,
    ln_bias,
    ds,
    dg,
    partial,
    rows,
    g_stride,
    dg_stride,
    partial_stride,
    C: tl.constexpr,
    M: tl.constexpr,
):
    """Partial row of this program: dW [C, C], dbias, dgamma, dln_weight, dln_bias [C each]."""
    c = tl.arange(0, C)
    dtype = s.dtype.element_ty
    w = tl.load(weight + c[:, None] * C + c[None, :]).to(dtype)
    shift = tl.load(bias + c)
    layer_scale = tl.load(gamma + c)
    gain = tl.load(ln_weight + c)
    ln_shift = tl.load(ln_bias + c)
    dw = tl.zeros([C, C], tl.float32)
    db = tl.zeros([C], tl.float32)
    dgamma = tl.zeros([C], tl.float32)
    dgain = tl.zeros([C], tl.float32)
    dshift = tl.zeros([C], tl.float32)
    for tile in range(tl.program_id(0), tl.cdiv(rows, M), tl.num_programs(0)):
        m = tile * M + tl.arange(0, M)
        at = m[:, None] * C + c[None, :]
        here = (m < rows)[:, None]
        unit, scale = normalise(tl.load(s + at, mask=here, other=0.0).to(tl.float32), C)
        gate = tl.load(g + m[:, None] * g_stride + c[None, :], mask=here, other=0.0).to(tl.float32)
        sigma = tl.sigmoid(gate)
        silu = gate * sigma
        normed = unit * gain[None, :] + ln_shift[None, :]
        a = (normed * silu).to(dtype)
        slope = tl.load(dy + at, mask=here, other=0.0).to(tl.float32)
        z = tl.dot(a, tl.trans(w), input_precision="ieee") + shift[None, :]
        dgamma += tl.sum(slope * z, 0)
        slope = slope * layer_scale[None, :]
        db += tl.sum(slope, 0)
        dz = slope.to(dtype)
        dw += tl.dot(tl.trans(dz), a, input_precision="ieee")
        da = tl.dot(dz, w, input_precision="ieee")
        dgate = da * normed * (sigma + silu * (1 - sigma))
        tl.store(dg + m[:, None] * dg_stride + c[None, :], dgate.to(dg.dtype.element_ty), mask=here)
        dnormed = da * silu
        dgain += tl.sum(dnormed * unit, 0)
        dshift += tl.sum(dnormed, 0)
        tl.store(
            ds + at, normalise_backward(unit, scale, dnormed * gain[None, :], C).to(ds.dtype.element_ty), mask=here
        )
    out = partial + tl.program_id(0) * partial_stride
    tl.store(out + c[:, None] * C + c[None, :], dw)
    tl.store(out + C * C + c, db)
    tl.store(out + C * C + C + c, dgamma)
    tl.store(out + C * C + 2 * C + c, dgain)
    tl.store(out + C * C + 3 * C + c, dshift)


def forward(
    s: Tensor,
    g: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    gamma: Tensor,
    ln_weight: Tensor,
    ln_bias: Tensor,
    config: dict | None = None,
) -> Tensor:
    """s, x [P, C]; g [P, C], rows may be strided. Returns the new x."""
    config = config or choice("gated", s.shape[1])
    rows = config["rows"]
    y = torch.empty_like(x)
    _gated[(triton.cdiv(s.shape[0], rows),)](
        s,
        g,
        x,
        weight,
        bias,
        gamma,
        ln_weight,
        ln_bias,
        y,
        s.shape[0],
        g.stride(0),
        C=s.shape[1],
        M=rows,
        num_warps=config["warps"],
    )
    return y


def backward(
    s: Tensor,
    g: Tensor,
    dy: Tensor,
    weight: Tensor,
    bias: Tensor,
    gamma: Tensor,
    ln_weight: Tensor,
    ln_bias: Tensor,
    dg: Tensor,
    partial: Tensor,
    config: dict | None = None,
) -> tuple[Tensor, int]:
    """(ds, rows written of `partial`: dW, db, dgamma, dln_weight, dln_bias). Writes dg (rows may be strided)."""
    config = config or choice("gated_backward", s.shape[1])
    rows = config["rows"]
    programs = min(config["programs"], len(partial), triton.cdiv(s.shape[0], rows))
    ds = torch.empty_like(s)
    _gated_backward[(programs,)](
        s,
        g,
        dy,
        weight,
        bias,
        gamma,
        ln_weight,
        ln_bias,
        ds,
        dg,
        partial,
        s.shape[0],
        g.stride(0),
        dg.stride(0),
        partial.stride(0),
        C=s.shape[1],
        M=rows,
        num_warps=config["warps"],
        num_stages=config.get("stages", 2),
    )
    return ds, programs
