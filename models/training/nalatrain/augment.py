"""Batches made richer on the GPU, inside the step's CUDA graph: patches blended, colours exchanged, brightness inverted,
and now and then one colour instead of a patch, so that white stays white and pure green pure green.

Each is a linear map of the values of a pixel, so it commutes with the bicubic reduction: done to HR and to LR alike, it
leaves LR the reduction of HR up to the rounding to 8 bits, which LR gets again. Shapes are static, nothing is read back.
"""

from __future__ import annotations

from itertools import permutations

import torch
from torch import Tensor

CONTRAST = (0.6, 1.0)


class Augment:
    """`mix`: share of the patches that are blended with another one of the batch; `colours`: share whose channels are
    exchanged and whose contrast is reduced, half of them inverted; `flat`: share that becomes one colour. Random numbers
    are the device's default generator's."""

    def __init__(self, mix: float, colours: float, flat: float, device: str | torch.device):
        self.mix, self.colours, self.flat = mix, colours, flat
        self.orders = torch.tensor(list(permutations(range(3))), device=device)  # [6, 3]; the first: unchanged

    def blend(self, lr: Tensor, hr: Tensor) -> tuple[Tensor, Tensor]:
        """w x + (1 - w) x' with the batch's previous patch x' and w in [0.5, 1), or 1."""
        u = torch.rand(2, len(lr), 1, 1, 1, device=lr.device)
        other = torch.where(u[0] < self.mix, 0.5 * (1 - u[1]), 0.0)  # 1 - w
        return lr.lerp(lr.roll(1, 0), other), hr.lerp(hr.roll(1, 0), other)

    def recolour(self, lr: Tensor, hr: Tensor) -> tuple[Tensor, Tensor]:
        """c x + (1 - c) level, with x's channels in another order and perhaps 1 - x for x; or one colour all over."""
        u = torch.rand(6, len(lr), 1, 1, 1, device=lr.device)
        here = u[0] < self.colours
        which = torch.where(here, (6 * u[1]).long().clamp(max=5), 0).flatten()
        order = self.orders.index_select(0, which)[:, :, None, None]  # [B, 3, 1, 1]
        contrast = CONTRAST[0] + (CONTRAST[1] - CONTRAST[0]) * u[2]
        inverted = u[3] < 0.5
        slope = torch.where(here, torch.where(inverted, -contrast, contrast), 1.0)
        start = torch.where(here, (1 - contrast) * u[4] + torch.where(inverted, contrast, 0.0), 0.0)
        flat = u[5] < self.flat
        level = (1.5 * torch.rand(len(lr), 3, 1, 1, device=lr.device) - 0.25).clamp(0, 1)  # often 0 or 1
        slope, start = torch.where(flat, 0.0, slope), torch.where(flat, (255 * level).round() / 255, start)
        change = lambda x: torch.addcmul(start, slope, x.gather(1, order.expand_as(x)))
        return change(lr), change(hr)

    def __call__(self, lr: Tensor, hr: Tensor) -> tuple[Tensor, Tensor]:
        """(LR [B, 3, n, n], HR [B, 3, s n, s n]) in [0, 1], LR of 8 bits; returns the same."""
        if self.mix:
            lr, hr = self.blend(lr, hr)
        if self.colours or self.flat:
            lr, hr = self.recolour(lr, hr)
        return (lr * 255).round() / 255, hr
