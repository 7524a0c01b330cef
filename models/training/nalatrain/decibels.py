"""The gradient of what benchmarks measure: the mean over patches of the squared error's logarithm, which is their PSNR.

The mean squared error itself listens to the few patches with the most structure; its logarithm gives a patch where the
network is nearly right as much weight as one where it is not, as the mean of a benchmark's PSNR does. (A PSNR loss is what
HINet, arXiv 2105.06086, and NAFNet, arXiv 2204.04676, are trained with.) A share of the error may be that of the luma alone.
"""

from __future__ import annotations

import torch
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)  # BT.601, of a sum of 1: an error in grey counts the same in luma and in RGB
FLOOR = (1.5 / 255) ** 2  # of the mean squared error (44.6 dB): better patches weigh no more than such a one


def decibels(gradient: Tensor, patches: int, luma: float) -> Tensor:
    """From the gradient of the mean squared error to that of mean over patches of log(error + FLOOR).

    `gradient` [P, 3 s^2] with respect to the network's map, the pixels of one patch after the other, channels before
    sub-pixels; it is 2/N of each number's error, N = P * 3 s^2. `luma`: share of the error that is the luma's.
    """
    g = gradient.float().view(patches, -1, 3, gradient.shape[1] // 3)
    mixed = (1 - luma) * g
    if luma:
        grey = sum(weight * g[:, :, channel] for channel, weight in enumerate(LUMA))
        for channel, weight in enumerate(LUMA):
            mixed[:, :, channel].add_(grey, alpha=3 * luma * weight)
    errors = gradient.numel() * patches / 4 * (g * mixed).sum((1, 2, 3), keepdim=True)  # mean squared error of each patch
    return (mixed / (errors + FLOOR)).view_as(gradient).to(gradient.dtype)
