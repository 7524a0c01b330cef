"""Learning from a teacher (Hinton et al., arXiv 1503.02531): the mean of what it makes of a picture and its mirror images.

An original is one of the many pictures that its reduction may come from, so most of its difference from the best guess is
noise to a network that learns from it, and what is learned by heart. A teacher's output has none of that, and it can be had
for inputs of which no original exists.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .data import Store
from .flat import Layout
from .fused import FusedNetwork
from .network import Network
from .resize import interpolate
from .validation import tiled

TILE, OVERLAP = 256, 32  # LR pixels; the stages keep what a backward would need, about 2 KB a token and block
STEP = 16  # inputs are continued to sides that it divides: a kernel is compiled anew for sizes that it does not divide
MIRRORS = ((), (2,), (3,), (2, 3))  # axes of [B, 3, H, W]; all of one shape, so they go as one batch


class Teacher:
    """A network by the fused kernels, no gradients: [B, 3, H, W] to [B, 3, sH, sW]."""

    def __init__(self, network: Network, device: torch.device, plain: frozenset = frozenset()):
        self.spec = network.spec
        dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        theta = Layout(network.spec).flatten(network.state_dict()).to(device)
        self.network = FusedNetwork(network.spec, theta, dtype, plain)

    def __call__(self, x: Tensor) -> Tensor:
        tail = self.network.forward(x).permute(0, 3, 1, 2).float()
        self.network.tables.clear()  # one for each size of a picture would not fit
        return F.pixel_shuffle(tail, self.spec.scale) + interpolate(x, self.spec.scale)


def best_guess(teacher, x: Tensor) -> Tensor:
    """[3, H, W] to [3, sH, sW] in [0, 1]: the mean over mirror images."""
    height, width = x.shape[-2:]
    x = F.pad(x[None], (0, -width % STEP, 0, -height % STEP), mode="replicate")
    y = tiled(teacher, torch.cat([x.flip(axes) for axes in MIRRORS]), TILE, OVERLAP)
    y = sum(part.flip(axes) for part, axes in zip(y.split(1), MIRRORS)) / len(MIRRORS)
    s = teacher.spec.scale
    return y[0, :, : s * height, : s * width].clamp(0, 1)


def quickest(network: Network, like: Tensor, plain: frozenset) -> Teacher | Network:
    """The fused kernels where they agree with plain PyTorch on a batch like this, to a level of 255 on the average."""
    network = network.to(like.device).eval()
    teacher = Teacher(network, like.device, plain)
    off = 255 * (teacher(like) - network(like)).abs().mean().item()
    print(f"teacher: {off:.3f} of 255 beside plain PyTorch", flush=True)
    return teacher if off < 1 else network


@torch.no_grad()
def teach(store: Store, network: Network, share: float, plain: frozenset = frozenset()) -> None:
    """Writes (1 - share) of the original and `share` of the teacher's best guess in each original's place, and the guess
    alone where there is none. The error of such a target that is noise is (1 - share) of what it was."""
    s = store.scale
    if network.spec.scale != s:
        raise ValueError(f"the teacher enlarges by {network.spec.scale}, not by {s}")
    teacher = quickest(network, torch.rand(1, 3, 16, 48, device=store.pixels.device), plain)
    for (lr_at, hr_at, height, width), alone in zip(store.table.tolist(), store.alone.tolist()):
        size = 3 * height * width
        low = store.pixels[lr_at : lr_at + size].view(height, width, 3).permute(2, 0, 1).float() / 255
        high = store.pixels[hr_at : hr_at + s * s * size].view(s * height, s * width, 3)
        guess = 255 * best_guess(teacher, low).permute(1, 2, 0)
        target = guess if alone else (1 - share) * high + share * guess
        high.copy_(target.round())
    del teacher
    if torch.cuda.is_available():
        torch.cuda.empty_cache()  # other trainings on the card may need it
