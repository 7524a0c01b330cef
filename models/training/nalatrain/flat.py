"""All parameters of a network in one float32 vector, so that the optimiser, the EMA and the cast are one kernel each.

Parameters that one kernel differentiates lie side by side (it sums its partial gradients with one reduction).
Depthwise weights are stored tap-major [K*K, C], convolution weights [out, kh, kw, in] (PyTorch's channels_last).
"""

from __future__ import annotations

import torch
from torch import Tensor

from .network import Network
from .spec import ModelSpec

CONVOLUTION = ("weight", "bias")
PARTS = {  # one entry per unit of gradient, in the order in which the kernels write
    "cpe1": ("cpe1.weight", "cpe1.bias"),
    "project": ("qkvg.weight", "qkvg.bias", "norm1.weight", "norm1.bias"),
    "lepe": ("lepe.weight", "lepe.bias"),
    "output": ("out.weight", "out.bias", "gamma1", "norm_out.weight", "norm_out.bias"),
    "cpe2": ("cpe2.weight", "cpe2.bias"),
    "expand": ("fc1.weight", "fc1.bias", "norm2.weight", "norm2.bias"),
    "ffn_dw": ("ffn_dw.weight", "ffn_dw.bias"),
    "contract": ("fc2.weight", "fc2.bias", "gamma2"),
}


def stored(name: str, value: Tensor) -> Tensor:
    """A state-dict tensor in the layout of the flat vector."""
    if value.dim() != 4:
        return value
    if value.shape[1] == 1:  # depthwise [C, 1, K, K] to [K*K, C]
        return value.flatten(1).t()
    return value.permute(0, 2, 3, 1)


def restored(shape: torch.Size, value: Tensor) -> Tensor:
    """The inverse of `stored`, for a state-dict tensor of `shape`."""
    if len(shape) != 4:
        return value.reshape(shape)
    if shape[1] == 1:
        return value.reshape(-1, shape[0]).t().reshape(shape)
    return value.reshape(shape[0], shape[2], shape[3], shape[1]).permute(0, 3, 1, 2)


class Layout:
    """Where every tensor lies in the flat vector."""

    def __init__(self, spec: ModelSpec):
        with torch.device("meta"):
            self.shapes = {name: value.shape for name, value in Network(spec).state_dict().items()}
        self.slices: dict[str, slice] = {}  # per tensor
        self.units: dict[str, slice] = {}  # per unit of gradient
        self.size = 0
        self._unit("head", ["head.weight", "head.bias"])
        for i in range(spec.blocks):
            for unit, names in PARTS.items():
                self._unit(f"blocks.{i}.{unit}", [f"blocks.{i}.{name}" for name in names])
        for i in range(spec.groups):
            self._unit(f"groups.{i}", [f"groups.{i}.weight", f"groups.{i}.bias"])
        self._unit("tail", ["tail.weight", "tail.bias"])
        if set(self.slices) != set(self.shapes):
            raise RuntimeError("the layout misses tensors")

    def _unit(self, unit: str, names: list[str]) -> None:
        start = self.size
        for name in names:
            count = self.shapes[name].numel()
            self.slices[name] = slice(self.size, self.size + count)
            self.size += count
        self.units[unit] = slice(start, self.size)

    def flatten(self, state: dict[str, Tensor]) -> Tensor:
        flat = torch.empty(self.size, dtype=next(iter(state.values())).dtype)
        for name, part in self.slices.items():
            flat[part] = stored(name, state[name].detach().cpu()).reshape(-1)
        return flat

    def unflatten(self, flat: Tensor) -> dict[str, Tensor]:
        flat = flat.detach()
        return {name: restored(self.shapes[name], flat[part]).contiguous() for name, part in self.slices.items()}

    def view(self, flat: Tensor, name: str) -> Tensor:
        """A tensor as the kernels want it: depthwise [K*K, C], convolution [out, in, kh, kw] channels_last."""
        shape, value = self.shapes[name], flat[self.slices[name]]
        if len(shape) == 4 and shape[1] == 1:
            return value.view(-1, shape[0])
        return restored(shape, value)
