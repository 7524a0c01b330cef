"""NaLaFormer linear attention (arXiv 2506.21137), the obvious form in PyTorch: every kernel is checked against it.

All functions work in float32 or, for float64 inputs, in float64. d is the width of a head.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .spec import ModelSpec

GUARD = 1e-6  # smallest norm a vector is divided by
EPSILON = 1e-6  # added to the normaliser


def directions(x: Tensor) -> tuple[Tensor, Tensor]:
    """(x / max(||x||, GUARD), ||x||) over the last axis; the norm keeps that axis with size 1."""
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return x / norm.clamp_min(GUARD), norm


def split_direction(magnitude: Tensor, x: Tensor, direction: Tensor, spec: ModelSpec) -> Tensor:
    """Spreads magnitudes [..., d] over 2d non-negative-in-product features, by the direction map of `spec`."""
    if spec.direction_map == "relu_split":
        return torch.cat([magnitude * (x > 0), magnitude * (x < 0)], -1)
    theta = (math.pi / 4) * torch.tanh(spec.alpha * direction)
    return torch.cat([magnitude * theta.cos(), magnitude * theta.sin()], -1)


def query_features(q: Tensor, spec: ModelSpec) -> Tensor:
    """phi_q: [..., d] to [..., 2d]. The exponent lambda (tau + tanh ||q||) sharpens long queries."""
    direction, norm = directions(q)
    power = spec.lambda_ * (spec.tau + torch.tanh(norm))
    return split_direction(direction.abs() ** power, q, direction, spec)


def key_features(k: Tensor, spec: ModelSpec) -> Tensor:
    """phi_k: [..., d] to [..., 2d], magnitudes |k|^lambda."""
    direction, _ = directions(k)
    return split_direction(k.abs() ** spec.lambda_, k, direction, spec)


def rotary_table(
    height: int, width: int, d: int, base: float, like: Tensor, kind: str = "axial", span: int = 0
) -> tuple[Tensor, Tensor]:
    """cos and sin [H*W, d/2]: the first d/4 pairs turn with the row index, the last d/4 with the column index.

    `kind` "none": nothing turns. A side longer than `span` (0: none is) counts in fractions of a token, so that no angle is
    new to a network that was trained on sides up to it (position interpolation, arXiv 2306.15595).
    """
    pairs = d // 4
    angle = base ** -torch.linspace(0, 1, pairs, dtype=torch.float64, device=like.device)
    if kind == "none":
        angle = torch.zeros_like(angle)
    scaled = lambda length: angle * (span / length if 0 < span < length else 1)
    y = torch.arange(height, dtype=torch.float64, device=like.device)[:, None] * scaled(height)
    x = torch.arange(width, dtype=torch.float64, device=like.device)[:, None] * scaled(width)
    turn = torch.cat([y[:, None].expand(height, width, pairs), x[None].expand(height, width, pairs)], -1)
    turn = turn.reshape(height * width, 2 * pairs)
    return turn.cos().to(like.dtype), turn.sin().to(like.dtype)


def rotate(features: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turns the interleaved channel pairs (2i, 2i+1) of both d-wide halves. features [..., N, 2d]."""
    pairs = features.unflatten(-1, (2, cos.shape[-1], 2))  # [..., N, half, pair, even/odd]
    even, odd = pairs[..., 0], pairs[..., 1]
    cos, sin = cos[:, None], sin[:, None]
    return torch.stack([even * cos - odd * sin, odd * cos + even * sin], -1).flatten(-3)


def nala(q: Tensor, k: Tensor, v: Tensor, height: int, width: int, spec: ModelSpec) -> Tensor:
    """Attention over all tokens of a picture. q, k, v [..., N, d] with N = H*W row-major; returns [..., N, d]."""
    kind = torch.promote_types(q.dtype, torch.float32)
    q, k, v = q.to(kind), k.to(kind), v.to(kind)
    tokens = height * width
    cos, sin = rotary_table(height, width, q.shape[-1], spec.rotary_base, q, spec.rotary, spec.rotary_span)
    phi_q, phi_k = query_features(q, spec), key_features(k, spec)
    state = rotate(phi_k, cos, sin).transpose(-1, -2) @ v / tokens  # S: [..., 2d, d]
    normaliser = phi_k.mean(-2, keepdim=True)  # m: [..., 1, 2d]
    return rotate(phi_q, cos, sin) @ state / ((phi_q * normaliser).sum(-1, keepdim=True) + EPSILON)
