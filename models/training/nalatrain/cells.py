"""Scope "around:C" in the fused step: from the states of cells to those of a cell and the eight around it, and back.

The kernels (kernels/nala.py) know windows only, in which a token's position counts from its window's corner. As a turn
by two angles is one after the other, R(n) = R(corner) R(n - corner), cells are windows: what a cell adds to the sum
that another one's tokens use is its own state, turned by the difference of their corners.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .attention import rotary_table
from .spec import ModelSpec


class Cells:
    """The cells of pictures of one size (h, w). States: [pictures * cells * heads, 2 D^2 + 2 D] as in kernels/nala.py,
    means over C^2 tokens, of which those outside the picture are zeros."""

    def __init__(self, size: tuple[int, int], cell: int, spec: ModelSpec, device: torch.device):
        h, w = size
        rows, columns = -(-h // cell), -(-w // cell)
        self.count, self.heads, self.d = rows * columns, spec.heads, spec.head_dim
        at = torch.arange(self.count, device=device)
        row, column = at // columns, at % columns
        beside = lambda x: (x[:, None] - x).abs() <= 1
        near = (beside(row) & beside(column)).float()
        inside = lambda corner, length: (length - corner * cell).clamp(max=cell).float()
        tokens = inside(row, h) * inside(column, w)
        self.mean = near * (cell * cell / (near @ tokens))[:, None]  # [cells, cells]: what a sum takes of each cell

        like = torch.empty(0, device=device)
        tables = rotary_table(h, w, spec.head_dim, spec.rotary_base, like, spec.rotary)
        cos, sin = (table.view(h, w, -1)[::cell, ::cell].flatten(0, 1).t() for table in tables)  # corners [D/2, cells]
        product = lambda a, b: a[:, :, None] * b[:, None, :]
        c = self.mean * (product(cos, cos) + product(sin, sin))  # of the angle of the second cell less the first one's
        s = self.mean * (product(cos, sin) - product(sin, cos))
        # [D/2 pairs, cells, even or odd, cells, even or odd]
        self.turn = torch.stack([torch.stack([c, -s], -1), torch.stack([s, c], -1)], 2)

    def _mixed(self, states: Tensor, turn: Tensor, mean: Tensor) -> Tensor:
        s, m = states.unflatten(0, (-1, self.count, self.heads)).split([2 * self.d * self.d, 2 * self.d], -1)
        s = torch.einsum("iakbl,pbhtild->pahtikd", turn, s.unflatten(-1, (2, self.d // 2, 2, self.d)))
        m = torch.einsum("ab,pbhn->pahn", mean, m)
        return torch.cat([s.flatten(3), m], -1).flatten(0, 2)

    def around(self, states: Tensor) -> Tensor:
        """Means over the tokens of a cell and the eight around it, as far as they lie in the picture."""
        return self._mixed(states, self.turn, self.mean)

    def around_backward(self, dstates: Tensor) -> Tensor:
        """The gradient of `around`'s argument."""
        return self._mixed(dstates, self.turn.permute(0, 3, 4, 1, 2), self.mean.t())
