"""The training step with a discriminator: from a model that is right on the average to one that looks real.

    gradient = L1 + drift  +  keep * L1 of the means of LR pixels  +  push * (realism + match * likeness)

Realism is the discriminator's opinion (hinge loss), likeness the distance to the original in the discriminator's own
layers (feature matching, pix2pixHD, arXiv 1711.11585): no pretrained network has part in it. The last bracket's gradient
is scaled so that its root mean square over the output's values is `push` times that of L1's, which is constant: the two
stay in balance whatever the discriminator's state is. Both networks move in every step, by the same batch.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .critic import Critic, judge
from .spec import ModelSpec
from .steps import State, Step

FIGURES = ("critic_loss", "real", "fake", "likeness", "push_size")  # sums since last read, see `opinions`
MEMORY = 0.99  # of the running size of the push
CRITIC_RATE = 2.0  # the discriminator's learning rate, in the generator's: it has more to learn


class SharpState(State):
    """The generator's state, the discriminator's, and the running size of the push."""

    def __init__(self, spec: ModelSpec, seed: int, device: str, width: int = 64):
        super().__init__(spec, seed, device)
        self.critic = Critic(seed, device, width)
        self.size = torch.zeros(1, device=device)  # 0: not yet known
        self.push = torch.zeros(1, device=device)
        self.figures = torch.zeros(len(FIGURES), device=device)

    def tensors(self) -> dict[str, Tensor]:
        critic = {f"critic_{name}": value for name, value in self.critic.tensors().items()}
        return super().tensors() | critic | {"size": self.size.cpu()}

    def restore(self, tensors: dict[str, Tensor], step: int) -> None:
        super().restore(tensors, step)
        self.critic.restore({name: tensors[f"critic_{name}"] for name in self.critic.VECTORS}, step)
        self.size.copy_(tensors["size"])

    def advance(self, rate: float, decay: float) -> None:
        super().advance(rate, decay)
        self.critic.advance(CRITIC_RATE * rate, decay)

    def set_push(self, push: float, ahead: int) -> None:
        """The push of the next step: 0 for `ahead` steps, in which the discriminator learns alone, and growing to `push`
        over as many again."""
        grown = min(1.0, max(0.0, (self.step - ahead) / max(1, ahead)))
        self.push.fill_(push * grown)

    def read_figures(self, steps: int) -> dict[str, float]:
        """Means over the last `steps` steps; begins anew."""
        values = (self.figures / max(1, steps)).tolist()
        self.figures.zero_()
        return {name: round(value, 5) for name, value in zip(FIGURES, values)}

    def touched(self) -> list[Tensor]:
        return [*super().touched(), *self.critic.touched(), self.size, self.figures]


def likeness(fake: list[Tensor], real: list[Tensor]) -> Tensor:
    """Mean over the layers of the mean distance, relative to the original's mean size."""
    size = lambda x: x.abs().mean(dtype=torch.float32)
    return torch.stack([size(a - b.detach()) / size(b.detach()) for a, b in zip(fake, real)]).mean()


class SharpStep(Step):
    """As Step, with the discriminator's part; the options are those of the formula above."""

    def __init__(self, state: SharpState, *arguments, match: float = 2.0, keep: float = 1.0, **options):
        super().__init__(state, *arguments, **options)
        self.match, self.keep = match, keep
        self.critic_grad = torch.zeros_like(state.critic.theta)

    def opinions(self, output: Tensor) -> Tensor:
        """Gradient [B, 3, H, W] of realism and likeness with respect to the output (which wants one), not scaled; fills
        critic_grad and adds to the figures."""
        state, dtype = self.state, self.network.dtype
        theta = state.critic.theta.detach().requires_grad_()
        weights = state.critic.normalised(theta)
        fake, fake_maps = judge(output, weights, dtype)
        real, real_maps = judge(self.hr, weights, dtype)
        distance = likeness(fake_maps, real_maps)
        (push,) = torch.autograd.grad(self.match * distance - fake.mean(), output, retain_graph=True)
        critic_loss = F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        self.critic_grad.copy_(*torch.autograd.grad(critic_loss, theta))
        size = push.square().mean().sqrt() * push.numel()  # in the slopes of L1, which are 1 / numel
        figures = (critic_loss, real.mean(), fake.mean(), distance, size)
        state.figures += torch.stack([value.detach() for value in figures])
        state.size.copy_(torch.where(state.size > 0, MEMORY * state.size + (1 - MEMORY) * size, size))
        return push

    def colour(self, output: Tensor) -> Tensor:
        """Gradient of the L1 distance of the means over the LR pixels' squares: what an enlarged picture must keep."""
        means = F.avg_pool2d(output - self.hr, self.state.spec.scale)
        return F.interpolate(means.sign(), scale_factor=self.state.spec.scale, mode="nearest") / output.numel()

    def gradients(self) -> Tensor:
        loss, dtail, tail, base = self.errors()
        scale = self.state.spec.scale
        output = (F.pixel_shuffle(tail.permute(0, 3, 1, 2).float(), scale) + base).requires_grad_()
        slope = self.opinions(output) * (self.state.push / self.state.size.clamp_min(1e-12))
        slope += self.keep * self.colour(output.detach())
        dtail = dtail.view_as(tail) + F.pixel_unshuffle(slope, scale).permute(0, 2, 3, 1)
        self.network.backward(dtail.to(tail.dtype).contiguous())
        return loss

    def update(self, loss: Tensor) -> None:
        super().update(loss)
        self.state.critic.descend(self.critic_grad)
