"""The discriminator: which places of a picture look like a photograph? Trained from nothing beside the generator.

A small U-Net over brightness, as Real-ESRGAN's (arXiv 2107.10833) with spectral normalisation (Miyato et al. 2018,
arXiv 1802.05957), but on half-resolution maps (pixel unshuffle), which cost a quarter and lose nothing.

It sees the mean of R, G and B only. So what it asks of the generator is the same in all three channels: detail, never a
colour.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .steps import Vectors

FIRST_STEPS = 20  # of the power iteration, before the first use
UNSHUFFLE = 2  # HR pixels on each side of a pixel of the largest maps
SLOPE = 0.2  # of the leaky ReLU


class Layer(NamedTuple):
    inputs: int
    outputs: int
    size: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.outputs, self.inputs, self.size, self.size


def layers(width: int) -> list[Layer]:
    """In the order of `judge`. The last gives the logits."""
    w = width
    return [
        Layer(UNSHUFFLE**2, w, 3),
        Layer(w, 2 * w, 4),
        Layer(2 * w, 4 * w, 4),
        Layer(4 * w, 2 * w, 3),
        Layer(2 * w, w, 3),
        Layer(w, w, 3),
        Layer(w, 1, 3),
    ]


class Critic(Vectors):
    """Its weights as one vector: per layer the weight [out, in, k, k], then the bias [out]; and for each layer the left
    singular vector that the power iteration has found so far."""

    VECTORS = (*Vectors.VECTORS, "left")

    def __init__(self, seed: int, device: str, width: int = 64):
        generator = torch.Generator().manual_seed(seed)
        self.layers = layers(width)
        parts = []
        for layer in self.layers:
            fan_in = layer.inputs * layer.size**2
            parts += [torch.randn(layer.outputs * fan_in, generator=generator) * (2 / fan_in) ** 0.5]
            parts += [torch.zeros(layer.outputs)]
        super().__init__(torch.cat(parts).to(device))
        self.sizes = [len(part) for part in parts]
        self.left = torch.randn(sum(layer.outputs for layer in self.layers), generator=generator).to(device)
        for _ in range(FIRST_STEPS):
            self.normalised(self.theta)

    def normalised(self, theta: Tensor) -> list[tuple[Tensor, Tensor]]:
        """(weight, bias) per layer, each weight but the last divided by its largest singular value (by one step of the
        power iteration, which moves `left`)."""
        parts = theta.split(self.sizes)  # its gradient is one concatenation
        result, lefts = [], self.left.split([layer.outputs for layer in self.layers])
        for layer, left, weight, bias in zip(self.layers, lefts, parts[::2], parts[1::2]):
            matrix = weight.view(layer.outputs, -1)
            if layer is not self.layers[-1]:  # the logits' size is the critic's own affair
                with torch.no_grad():
                    right = F.normalize(left @ matrix, dim=0)
                    left.copy_(F.normalize(matrix @ right, dim=0))
                matrix = matrix / (left.clone() @ matrix @ right)  # a copy: the next step moves `left` in place
            result.append((matrix.view(layer.shape), bias))
        return result


def judge(picture: Tensor, weights: list[tuple[Tensor, Tensor]], dtype: torch.dtype) -> tuple[Tensor, list[Tensor]]:
    """RGB [B, 3, H, W] (sides multiples of 8) in [0, 1] to logits [B, 1, H/2, W/2], large where it looks real, and the
    maps of the layers before. Convolutions in `dtype`, channels last."""

    def convolve(x: Tensor, index: int, stride: int = 1) -> Tensor:
        weight, bias = weights[index]
        weight = weight.to(dtype, memory_format=torch.channels_last)
        return F.conv2d(x, weight, bias.to(dtype), stride=stride, padding=1)

    def layer(x: Tensor, index: int, stride: int = 1) -> Tensor:
        return F.leaky_relu(convolve(x, index, stride), SLOPE)

    def enlarge(x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=2, mode="nearest")  # the bilinear one's gradient is not repeatable

    grey = 4 * (picture.mean(1, keepdim=True) - 0.5)  # of deviation near 1
    x = F.pixel_unshuffle(grey, UNSHUFFLE).to(dtype, memory_format=torch.channels_last)
    half = layer(x, 0)
    quarter = layer(half, 1, 2)
    eighth = layer(quarter, 2, 2)
    up_quarter = layer(enlarge(eighth), 3) + quarter
    up_half = layer(enlarge(up_quarter), 4) + half
    last = layer(up_half, 5)
    return convolve(last, 6).float(), [half, quarter, eighth, up_quarter, up_half]
