"""Scope "around:C" in the fused step: from the states of cells to those of a cell and the eight around it, and back.

The kernels (kernels/nala.py) know windows only, whose tokens have positions inside their window. As a turn to a position of the
picture is the turn to the cell's corner after the turn inside the cell, R(n) = R(corner) R(n - corner), cells are windows: their
states are turned to the picture's positions, added up over nine cells, and turned back to those of the cell that uses the sum.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .attention import rotary_table
from .spec import ModelSpec


class Cells:
    """The cells of pictures of one size (h, w). States are [pictures * cells * heads, 2 D^2 + 2 D] as in kernels/nala.py,
    sums over the tokens divided by C^2."""

    def __init__(self, size: tuple[int, int], cell: int, spec: ModelSpec, device: torch.device):
        h, w = size
        rows, columns = -(-h // cell), -(-w // cell)
        self.count, self.heads, self.d = rows * columns, spec.heads, spec.head_dim
        like = torch.empty(0, device=device)
        tables = rotary_table(h, w, spec.head_dim, spec.rotary_base, like, spec.rotary)
        corners = [table.view(h, w, -1)[::cell, ::cell].reshape(self.count, 1, 1, -1, 1) for table in tables]
        self.cos, self.sin = corners  # [cells, heads, S1 or S2, D/2 pairs, value channels]
        at = torch.arange(self.count, device=device)
        row, column = at // columns, at % columns
        beside = lambda x: (x[:, None] - x).abs() <= 1
        self.near = (beside(row) & beside(column)).float()
        inside = lambda corner, length: (length - corner * cell).clamp(max=cell).float()
        tokens = inside(row, h) * inside(column, w)
        self.share = (cell * cell / (self.near @ tokens))[:, None, None]

    def _turned(self, states: Tensor, sin: Tensor) -> Tensor:
        """The features of S [.., 2 D^2 + 2 D] turned by the cells' corners; m stays."""
        s, m = states.split([2 * self.d * self.d, 2 * self.d], -1)
        even, odd = s.unflatten(-1, (2, self.d // 2, 2, self.d)).unbind(-2)
        turned = torch.stack([even * self.cos - odd * sin, odd * self.cos + even * sin], -2)
        return torch.cat([turned.flatten(-4), m], -1)

    def _over_nine(self, states: Tensor) -> Tensor:
        turned = self._turned(states, self.sin)
        return self._turned((self.near @ turned.flatten(2)).view_as(turned), -self.sin)

    def _by_cell(self, states: Tensor) -> Tensor:
        return states.unflatten(0, (-1, self.count, self.heads))

    def around(self, states: Tensor) -> Tensor:
        """Means over the tokens of a cell and the eight around it, as far as they lie in the picture."""
        return (self._over_nine(self._by_cell(states)) * self.share).flatten(0, 2)

    def around_backward(self, dstates: Tensor) -> Tensor:
        """The gradient of `around`'s argument: the same sums, for what a cell is near to is near to it."""
        return self._over_nine(self._by_cell(dstates) * self.share).flatten(0, 2)
