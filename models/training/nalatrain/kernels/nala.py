"""NaLa attention over pictures or windows: state S, m from keys and values, its use by the queries, and gradients.

q, k, v are [P, C] views (rows strided) of the projection; head h owns channels h*D .. h*D+D-1; P = pictures * N. A
unit is a picture or a window of N tokens (`tokens.py`). The state of one unit and head is a row of STATE = 2*D*D + 2*D
float32 numbers: S1 [D, D], S2 [D, D] (features by value channels), m1 [D], m2 [D], already divided by N. cos and sin are [N, D/2] float32 tables. Features are computed
again wherever they are needed; they never reach memory.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from .config import choice
from .features import GUARD, direction, query_magnitude, rotate, spread, spread_backward, undirect
from .tokens import Shape, empty, place

EPSILON = tl.constexpr(1e-6)


@triton.jit
def _state(
    k,
    v,
    cos,
    sin,
    partial,
    tokens,
    height,
    width,
    rows,
    columns,
    shift,
    stride,
    chunk,
    scale,
    alpha,
    HEADS: tl.constexpr,
    D: tl.constexpr,
    COSINE: tl.constexpr,
    T: tl.constexpr,
    WINDOW: tl.constexpr,
    ROTARY: tl.constexpr,
):
    """Grid (chunks, units * heads): partial state over `chunk` tokens (a multiple of T)."""
    which = tl.program_id(1)
    channel = (which % HEADS) * D + tl.arange(0, D)
    piece = which // HEADS
    half = tl.arange(0, D // 2)
    d = tl.arange(0, D)
    s1 = tl.zeros([D, D], tl.float32)
    s2 = tl.zeros([D, D], tl.float32)
    m1 = tl.zeros([D], tl.float32)
    m2 = tl.zeros([D], tl.float32)
    begin = tl.program_id(0) * chunk
    if WINDOW > 0:
        if empty(begin, chunk, piece, height, rows, columns, shift, WINDOW):
            chunk = 0
    for start in range(begin, begin + chunk, T):
        n = start + tl.arange(0, T)
        row, here = place(n, piece, tokens, height, width, rows, columns, shift, WINDOW)
        here = here[:, None]
        at = row[:, None] * stride + channel[None, :]
        key = tl.load(k + at, mask=here, other=0.0).to(tl.float32)
        value = tl.load(v + at, mask=here, other=0.0).to(tl.float32)
        c = tl.load(cos + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
        s = tl.load(sin + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
        unit, _ = direction(key)
        f1, f2, _ = spread(tl.abs(key) * key * key, unit, alpha, COSINE)
        m1 += tl.sum(f1, 0)
        m2 += tl.sum(f2, 0)
        s1 += tl.dot(tl.trans(rotate(f1, c, s, T, D, ROTARY)), value)
        s2 += tl.dot(tl.trans(rotate(f2, c, s, T, D, ROTARY)), value)
    out = partial + (which * tl.num_programs(0) + tl.program_id(0)) * (2 * D * D + 2 * D)
    square = d[:, None] * D + d[None, :]
    tl.store(out + square, s1 * scale)
    tl.store(out + D * D + square, s2 * scale)
    tl.store(out + 2 * D * D + d, m1 * scale)
    tl.store(out + 2 * D * D + D + d, m2 * scale)


@triton.jit
def _apply(
    q,
    state,
    cos,
    sin,
    o,
    tokens,
    height,
    width,
    rows,
    columns,
    shift,
    stride,
    lam,
    tau,
    alpha,
    HEADS: tl.constexpr,
    D: tl.constexpr,
    COSINE: tl.constexpr,
    T: tl.constexpr,
    WINDOW: tl.constexpr,
    ROTARY: tl.constexpr,
):
    """Grid (tiles, units * heads): o = R(phi_q)' S / (phi_q' m + eps)."""
    which = tl.program_id(1)
    channel = (which % HEADS) * D + tl.arange(0, D)
    piece = which // HEADS
    if WINDOW > 0:
        if empty(tl.program_id(0) * T, T, piece, height, rows, columns, shift, WINDOW):
            return
    half = tl.arange(0, D // 2)
    d = tl.arange(0, D)
    square = d[:, None] * D + d[None, :]
    mine = state + which * (2 * D * D + 2 * D)
    n = tl.program_id(0) * T + tl.arange(0, T)
    row, here = place(n, piece, tokens, height, width, rows, columns, shift, WINDOW)
    here = here[:, None]
    query = tl.load(q + row[:, None] * stride + channel[None, :], mask=here, other=0.0).to(tl.float32)
    c = tl.load(cos + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
    s = tl.load(sin + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
    unit, norm = direction(query)
    magnitude, _, _, _ = query_magnitude(unit, norm, lam, tau)
    f1, f2, _ = spread(magnitude, unit, alpha, COSINE)
    total = tl.dot(rotate(f1, c, s, T, D, ROTARY), tl.load(mine + square))
    total += tl.dot(rotate(f2, c, s, T, D, ROTARY), tl.load(mine + D * D + square))
    m1 = tl.load(mine + 2 * D * D + d)
    m2 = tl.load(mine + 2 * D * D + D + d)
    weight = tl.sum(f1 * m1[None, :] + f2 * m2[None, :], 1) + EPSILON
    result = total / weight[:, None]
    tl.store(o + row[:, None] * (HEADS * D) + channel[None, :], result.to(o.dtype.element_ty), mask=here)


@triton.jit
def _apply_backward(
    q,
    state,
    do,
    cos,
    sin,
    dq,
    partial,
    tokens,
    height,
    width,
    rows,
    columns,
    shift,
    stride,
    dq_stride,
    lam,
    tau,
    alpha,
    HEADS: tl.constexpr,
    D: tl.constexpr,
    COSINE: tl.constexpr,
    T: tl.constexpr,
    WINDOW: tl.constexpr,
    ROTARY: tl.constexpr,
    CHUNK: tl.constexpr,
):
    """Grid (chunks, units * heads): dq, and the partial gradient of the state over CHUNK tokens."""
    which = tl.program_id(1)
    channel = (which % HEADS) * D + tl.arange(0, D)
    piece = which // HEADS
    half = tl.arange(0, D // 2)
    d = tl.arange(0, D)
    square = d[:, None] * D + d[None, :]
    mine = state + which * (2 * D * D + 2 * D)
    low = q.dtype.element_ty  # operands of the products; sums stay float32
    s1 = tl.load(mine + square).to(low)
    s2 = tl.load(mine + D * D + square).to(low)
    m1 = tl.load(mine + 2 * D * D + d)
    m2 = tl.load(mine + 2 * D * D + D + d)
    ds1 = tl.zeros([D, D], tl.float32)
    ds2 = tl.zeros([D, D], tl.float32)
    dm1 = tl.zeros([D], tl.float32)
    dm2 = tl.zeros([D], tl.float32)
    begin = tl.program_id(0) * CHUNK
    stop = CHUNK
    if WINDOW > 0:
        if empty(begin, CHUNK, piece, height, rows, columns, shift, WINDOW):
            stop = 0
    for start in range(0, stop, T):
        n = begin + start + tl.arange(0, T)
        row, here = place(n, piece, tokens, height, width, rows, columns, shift, WINDOW)
        here = here[:, None]
        at = row[:, None]
        query = tl.load(q + at * stride + channel[None, :], mask=here, other=0.0).to(tl.float32)
        slope = tl.load(do + at * (HEADS * D) + channel[None, :], mask=here, other=0.0).to(tl.float32)
        c = tl.load(cos + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
        s = tl.load(sin + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
        unit, norm = direction(query)
        magnitude, log, p, t = query_magnitude(unit, norm, lam, tau)
        f1, f2, turn = spread(magnitude, unit, alpha, COSINE)
        r1 = rotate(f1, c, s, T, D, ROTARY).to(low)
        r2 = rotate(f2, c, s, T, D, ROTARY).to(low)
        total = tl.dot(r1, s1) + tl.dot(r2, s2)
        weight = tl.sum(f1 * m1[None, :] + f2 * m2[None, :], 1) + EPSILON
        dtotal = slope / weight[:, None]
        dweight = -tl.sum(dtotal * total, 1) / weight
        low_dtotal = dtotal.to(low)
        ds1 += tl.dot(tl.trans(r1), low_dtotal)
        ds2 += tl.dot(tl.trans(r2), low_dtotal)
        dm1 += tl.sum(f1 * dweight[:, None], 0)
        dm2 += tl.sum(f2 * dweight[:, None], 0)
        d1 = rotate(tl.dot(low_dtotal, tl.trans(s1)), c, -s, T, D, ROTARY) + dweight[:, None] * m1[None, :]
        d2 = rotate(tl.dot(low_dtotal, tl.trans(s2)), c, -s, T, D, ROTARY) + dweight[:, None] * m2[None, :]
        dmagnitude, dunit = spread_backward(f1, f2, turn, d1, d2, unit, alpha, COSINE)
        dp = tl.sum(dmagnitude * magnitude * log, 1) * 0.6931471805599453
        sign = tl.where(unit > 0, 1.0, -1.0)
        dunit += dmagnitude * p[:, None] * sign * tl.exp2((p - 1)[:, None] * log)
        dnorm = dp * lam * (1 - t * t)
        slope = undirect(dunit, unit, norm) + unit * tl.where(norm > GUARD, dnorm, 0.0)[:, None]
        tl.store(dq + at * dq_stride + channel[None, :], slope.to(dq.dtype.element_ty), mask=here)
    out = partial + (which * tl.num_programs(0) + tl.program_id(0)) * (2 * D * D + 2 * D)
    tl.store(out + square, ds1)
    tl.store(out + D * D + square, ds2)
    tl.store(out + 2 * D * D + d, dm1)
    tl.store(out + 2 * D * D + D + d, dm2)


@triton.jit
def _state_backward(
    k,
    v,
    dstate,
    cos,
    sin,
    dk,
    dv,
    tokens,
    height,
    width,
    rows,
    columns,
    shift,
    stride,
    d_stride,
    scale,
    alpha,
    HEADS: tl.constexpr,
    D: tl.constexpr,
    COSINE: tl.constexpr,
    T: tl.constexpr,
    WINDOW: tl.constexpr,
    ROTARY: tl.constexpr,
):
    """Grid (tiles, units * heads): writes dk, ADDS to dv (which already holds LePE's share)."""
    which = tl.program_id(1)
    channel = (which % HEADS) * D + tl.arange(0, D)
    piece = which // HEADS
    if WINDOW > 0:
        if empty(tl.program_id(0) * T, T, piece, height, rows, columns, shift, WINDOW):
            return
    half = tl.arange(0, D // 2)
    d = tl.arange(0, D)
    square = d[:, None] * D + d[None, :]
    mine = dstate + which * (2 * D * D + 2 * D)
    low = k.dtype.element_ty  # operands of the products; sums stay float32
    ds1 = (tl.load(mine + square) * scale).to(low)
    ds2 = (tl.load(mine + D * D + square) * scale).to(low)
    dm1 = tl.load(mine + 2 * D * D + d) * scale
    dm2 = tl.load(mine + 2 * D * D + D + d) * scale
    n = tl.program_id(0) * T + tl.arange(0, T)
    row, here = place(n, piece, tokens, height, width, rows, columns, shift, WINDOW)
    here = here[:, None]
    at = row[:, None]
    key = tl.load(k + at * stride + channel[None, :], mask=here, other=0.0).to(tl.float32)
    value = tl.load(v + at * stride + channel[None, :], mask=here, other=0.0)
    c = tl.load(cos + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
    s = tl.load(sin + n[:, None] * (D // 2) + half[None, :], mask=here, other=0.0)
    unit, norm = direction(key)
    f1, f2, turn = spread(tl.abs(key) * key * key, unit, alpha, COSINE)
    dvalue = tl.load(dv + at * d_stride + channel[None, :], mask=here, other=0.0).to(tl.float32)
    dvalue += tl.dot(rotate(f1, c, s, T, D, ROTARY).to(low), ds1) + tl.dot(rotate(f2, c, s, T, D, ROTARY).to(low), ds2)
    tl.store(dv + at * d_stride + channel[None, :], dvalue.to(dv.dtype.element_ty), mask=here)
    d1 = rotate(tl.dot(value, tl.trans(ds1)), c, -s, T, D, ROTARY) + dm1[None, :]
    d2 = rotate(tl.dot(value, tl.trans(ds2)), c, -s, T, D, ROTARY) + dm2[None, :]
    dmagnitude, dunit = spread_backward(f1, f2, turn, d1, d2, unit, alpha, COSINE)
    dkey = dmagnitude * 3 * key * tl.abs(key) + undirect(dunit, unit, norm)
    tl.store(dk + at * d_stride + channel[None, :], dkey.to(dk.dtype.element_ty), mask=here)


def chunk_of(config: dict, shape: Shape) -> int:
    """Tokens of a program: as chosen, or all of a small window's, in whole tiles."""
    return min(config["chunk"], triton.cdiv(shape.tokens, config["tile"]) * config["tile"])


def state(k: Tensor, v: Tensor, shape: Shape, config: dict | None = None) -> Tensor:
    """[units * heads, STATE]."""
    config = config or choice("nala_state", shape.d)
    tile, chunk = config["tile"], chunk_of(config, shape)
    chunks = triton.cdiv(shape.tokens, chunk)
    partial = shape.partial(chunks)
    _state[(chunks, len(partial))](
        k,
        v,
        shape.cos,
        shape.sin,
        partial,
        shape.tokens,
        *shape.places,
        k.stride(0),
        chunk,
        1.0 / shape.tokens,
        shape.alpha,
        **shape.constants(tile),
        num_warps=config["warps"],
        num_stages=config.get("stages", 2),
    )
    return partial.sum(1)


def apply(q: Tensor, state_: Tensor, shape: Shape, config: dict | None = None) -> Tensor:
    """o [P, C]."""
    config = config or choice("nala_apply", shape.d)
    tile = config["tile"]
    o = torch.empty(q.shape[0], shape.heads * shape.d, dtype=q.dtype, device=q.device)
    _apply[(triton.cdiv(shape.tokens, tile), len(state_))](
        q,
        state_,
        shape.cos,
        shape.sin,
        o,
        shape.tokens,
        *shape.places,
        q.stride(0),
        shape.lam,
        shape.tau,
        shape.alpha,
        **shape.constants(tile),
        num_warps=config["warps"],
        num_stages=config.get("stages", 2),
    )
    return o


def apply_backward(
    q: Tensor, state_: Tensor, do: Tensor, dq: Tensor, shape: Shape, config: dict | None = None
) -> Tensor:
    """Writes dq; returns the gradient of the state."""
    config = config or choice("nala_apply_backward", shape.d)
    tile, chunk = config["tile"], chunk_of(config, shape)
    chunks = triton.cdiv(shape.tokens, chunk)
    partial = shape.partial(chunks)
    _apply_backward[(chunks, len(state_))](
        q,
        state_,
        do,
        shape.cos,
        shape.sin,
        dq,
        partial,
        shape.tokens,
        *shape.places,
        q.stride(0),
        dq.stride(0),
        shape.lam,
        shape.tau,
        shape.alpha,
        CHUNK=chunk,
        **shape.constants(tile),
        num_warps=config["warps"],
        num_stages=config.get("stages", 2),
    )
    return partial.sum(1)


def state_backward(
    k: Tensor, v: Tensor, dstate: Tensor, dk: Tensor, dv: Tensor, shape: Shape, config: dict | None = None
) -> None:
    """Writes dk and adds to dv."""
    config = config or choice("nala_state_backward", shape.d)
    tile = config["tile"]
    _state_backward[(triton.cdiv(shape.tokens, tile), len(dstate))](
        k,
        v,
        dstate,
        shape.cos,
        shape.sin,
        dk,
        dv,
        shape.tokens,
        *shape.places,
        k.stride(0),
        dk.stride(0),
        1.0 / shape.tokens,
        shape.alpha,
        **shape.constants(tile),
        num_warps=config["warps"],
        num_stages=config.get("stages", 2),
    )
