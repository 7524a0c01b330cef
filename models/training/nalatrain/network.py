"""The network in plain PyTorch. Maps are [B, H, W, C] inside; pictures are NCHW, RGB in [0, 1], at the boundary."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import EPSILON, key_features, nala, query_features, rotary_table, rotate
from .resize import interpolate
from .spec import ModelSpec

LN_EPSILON = 1e-6


def convolve(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """A convolution over a [B, H, W, C] map (the permuted view is PyTorch's channels_last: nothing is copied)."""
    return layer(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


def depthwise(channels: int, size: int) -> nn.Conv2d:
    return nn.Conv2d(channels, channels, size, padding=size // 2, groups=channels)


def windows(x: Tensor, width: int, shift: int) -> tuple[Tensor, tuple[int, ...]]:
    """Cuts [B, H, W, C] into [B*n, width, width, C]; tokens outside the picture are 0."""
    b, h, w, c = x.shape
    down, right = -(h + shift) % width, -(w + shift) % width
    x = F.pad(x, (0, 0, shift, right, shift, down))
    rows, columns = x.shape[1] // width, x.shape[2] // width
    x = x.reshape(b, rows, width, columns, width, c).transpose(2, 3)
    return x.reshape(-1, width, width, c), (b, rows, columns, h, w)


def unwindows(x: Tensor, width: int, shift: int, shape: tuple[int, ...]) -> Tensor:
    """The inverse of `windows`."""
    b, rows, columns, h, w = shape
    x = x.reshape(b, rows, columns, width, width, -1).transpose(2, 3).reshape(b, rows * width, columns * width, -1)
    return x[:, shift : shift + h, shift : shift + w]


def whole(qkv: Tensor, spec: ModelSpec) -> Tensor:
    """NaLa over each picture (or window) of [B, H, W, 3C]; returns [B, H, W, C]."""
    b, h, w, _ = qkv.shape
    q, k, v = qkv.reshape(b, h * w, 3, spec.heads, -1).permute(2, 0, 3, 1, 4)
    return nala(q, k, v, h, w, spec).transpose(1, 2).reshape(b, h, w, -1).to(qkv.dtype)


def around(qkv: Tensor, spec: ModelSpec, cell: int) -> Tensor:
    """NaLa of each token over its own cell and the eight around it: [B, H, W, 3C] to [B, H, W, C].

    Every token counts as one position, whatever `rotary_span` is: only differences of positions matter, and none is
    larger than that.
    """
    b, h, w, _ = qkv.shape
    kind = torch.promote_types(qkv.dtype, torch.float32)
    q, k, v = qkv.to(kind).reshape(b, h * w, 3, spec.heads, -1).permute(2, 0, 3, 1, 4).flatten(1, 2)
    cos, sin = rotary_table(h, w, spec.head_dim, spec.rotary_base, q, spec.rotary)
    phi_q, phi_k = query_features(q, spec), key_features(k, spec)
    rows, columns = -(-h // cell), -(-w // cell)

    def cells(x: Tensor) -> Tensor:
        """The tokens [n, N, f] by cell: features and values outside the picture are 0 and add nothing to a sum."""
        return windows(x.unflatten(1, (h, w)), cell, 0)[0].flatten(1, 2)

    def over_nine(x: Tensor) -> Tensor:
        """Of one value a cell, its sum over the cell and the eight around it. (Not by avg_pool2d: its gradient is wrong
        on CUDA for maps with the channels last and padding, pytorch/pytorch#188344.)"""
        padded = F.pad(x.reshape(len(v), rows, columns, -1), (0, 0, 1, 1, 1, 1))
        return sum(padded[:, i : i + rows, j : j + columns] for i in range(3) for j in range(3)).reshape(x.shape)

    tokens = over_nine(cells(torch.ones_like(v[..., :1])).sum(1, keepdim=True))
    state = over_nine(cells(rotate(phi_k, cos, sin)).transpose(1, 2) @ cells(v)) / tokens
    normaliser = over_nine(cells(phi_k).sum(1, keepdim=True)) / tokens
    weight = (cells(phi_q) * normaliser).sum(-1, keepdim=True) + EPSILON
    o = unwindows(cells(rotate(phi_q, cos, sin)) @ state / weight, cell, 0, (len(v), rows, columns, h, w))
    return o.unflatten(0, (b, spec.heads)).permute(0, 2, 3, 1, 4).flatten(3).to(qkv.dtype)


def attention(qkv: Tensor, spec: ModelSpec, block: int) -> Tensor:
    """Attention of one block by its scope: [B, H, W, 3C] to [B, H, W, C]."""
    scope, c = spec.scopes[block], spec.dim
    if scope == "none":
        return torch.zeros_like(qkv[..., :c])
    if scope == "uniform":
        return qkv[..., 2 * c :].mean((1, 2), keepdim=True).expand_as(qkv[..., :c])
    if scope == "global":
        return whole(qkv, spec)
    if cell := spec.cell(block):
        return around(qkv, spec, cell)
    width, shift = spec.window(block)
    cut, shape = windows(qkv, width, shift)
    return unwindows(whole(cut, spec), width, shift, shape)


class Block(nn.Module):
    """Position encoding, gated NaLa attention, position encoding, convolutional feed-forward."""

    def __init__(self, spec: ModelSpec, index: int):
        super().__init__()
        self.spec, self.index = spec, index
        c = spec.dim
        self.cpe1 = depthwise(c, 3)
        self.norm1 = nn.LayerNorm(c, LN_EPSILON)
        self.qkvg = nn.Linear(c, 4 * c)
        self.lepe = depthwise(c, 5)
        self.norm_out = nn.LayerNorm(c, LN_EPSILON)
        self.out = nn.Linear(c, c)
        self.cpe2 = depthwise(c, 3)
        self.norm2 = nn.LayerNorm(c, LN_EPSILON)
        self.fc1 = nn.Linear(c, spec.ffn_ratio * c)
        self.ffn_dw = depthwise(spec.ffn_ratio * c, 3)
        self.fc2 = nn.Linear(spec.ffn_ratio * c, c)
        self.gamma1 = nn.Parameter(torch.full((c,), 0.2))
        self.gamma2 = nn.Parameter(torch.full((c,), 0.2))

    def forward(self, x: Tensor) -> Tensor:
        c = self.spec.dim
        x = x + convolve(self.cpe1, x)
        qkv, g = self.qkvg(self.norm1(x)).split([3 * c, c], -1)
        o = attention(qkv, self.spec, self.index) + convolve(self.lepe, qkv[..., 2 * c :])
        x = x + self.gamma1 * self.out(self.norm_out(o) * F.silu(g))
        x = x + convolve(self.cpe2, x)
        y = F.gelu(self.fc1(self.norm2(x)), approximate="tanh")
        return x + self.gamma2 * self.fc2(y + convolve(self.ffn_dw, y))


class Network(nn.Module):
    """RGB [B, 3, H, W] to RGB [B, 3, sH, sW]; not clamped."""

    def __init__(self, spec: ModelSpec):
        super().__init__()
        self.spec = spec
        c = spec.dim
        self.head = nn.Conv2d(3, c, 3, padding=1)
        self.blocks = nn.ModuleList(Block(spec, i) for i in range(spec.blocks))
        self.groups = nn.ModuleList(nn.Conv2d(c, c, 3, padding=1) for _ in range(spec.groups))
        self.tail = nn.Conv2d(c, 3 * spec.scale**2, 3, padding=1)
        with torch.no_grad():  # start close to the interpolated input
            for layer in (*self.groups, self.tail):
                layer.weight.mul_(0.1)
                layer.bias.zero_()

    def body(self, f0: Tensor) -> Tensor:
        """Blocks and group convolutions over [B, H, W, C]."""
        x = f0
        for i, block in enumerate(self.blocks):
            x = block(x)
            if (i + 1) % self.spec.group == 0 or i + 1 == self.spec.blocks:
                x = x + convolve(self.groups[i // self.spec.group], x)
        return x

    def forward(self, picture: Tensor) -> Tensor:
        f0 = self.head(picture - 0.5).permute(0, 2, 3, 1)
        x = (self.body(f0) + f0).permute(0, 3, 1, 2)
        residual = F.pixel_shuffle(self.tail(x), self.spec.scale)
        return residual + interpolate(picture, self.spec.scale)


def randomise(network: Network, seed: int, gain: float = 1.0) -> Network:
    """Non-trivial values in every tensor (gammas, norms and closing convolutions too), for golden files.

    `gain` scales the residual branches; deep networks need less than 1 to stay in range.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in network.named_parameters():
            noise = torch.randn(value.shape, generator=generator, dtype=torch.float64)
            kind, leaf = name.split(".")[-2:]
            if "gamma" in leaf:
                value.copy_(gain * (0.5 + 0.2 * noise))
            elif "norm" in kind and leaf == "weight":
                value.copy_(1 + 0.2 * noise)
            elif leaf == "bias":
                value.copy_(0.1 * noise)
            else:
                factor = 0.5 * gain if name.startswith(("groups", "tail")) else gain if "cpe" in name else 1
                value.copy_(noise * factor / max(1, value[0].numel()) ** 0.5)
    return network
