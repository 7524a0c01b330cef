"""One training step as one CUDA graph: cut patches, forward, loss, backward, clip, Adam and EMA."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .augment import Augment
from .decibels import decibels
from .degrade import BORDER, Degrader
from .flat import Layout
from .fused import FusedNetwork
from .kernels import step as step_kernel
from .network import Network
from .resize import matrix
from .spec import ModelSpec

BETAS = (0.9, 0.99)


class Vectors:
    """What one optimiser moves: flat float32 vectors and its device scalars."""

    VECTORS = ("theta", "ema", "mean", "square", "clip")

    def __init__(self, theta: Tensor):
        self.theta, self.ema = theta, theta.clone()
        self.mean, self.square = torch.zeros_like(theta), torch.zeros_like(theta)
        self.decays: Tensor | None = None  # weight decay of each number
        self.clip = torch.zeros(2, device=theta.device)  # running gradient norm, factor of this step
        self.scalars = torch.zeros(4, device=theta.device)  # learning rate, 1 - beta1^t, 1 - beta2^t, EMA decay
        self.step = 0

    def tensors(self) -> dict[str, Tensor]:
        return {name: getattr(self, name).detach().cpu() for name in self.VECTORS}

    def restore(self, tensors: dict[str, Tensor], step: int) -> None:
        for name in self.VECTORS:
            getattr(self, name).copy_(tensors[name])
        self.step = step

    def advance(self, rate: float, decay: float) -> None:
        """Sets the scalars of the next step."""
        self.step += 1
        decay = min(decay, (1 + self.step) / (10 + self.step))
        values = [rate, 1 - BETAS[0] ** self.step, 1 - BETAS[1] ** self.step, decay]
        self.scalars.copy_(torch.tensor(values), non_blocking=True)

    def descend(self, grad: Tensor) -> None:
        """Clips at the running norm and takes one step of Adam."""
        step_kernel.clip(torch.linalg.vector_norm(grad), self.clip)
        vectors = (self.theta, grad, self.mean, self.square, self.ema)
        step_kernel.adam(*vectors, self.scalars, self.clip, BETAS, decays=self.decays)

    def touched(self) -> list[Tensor]:
        """All that a step changes."""
        return [getattr(self, name) for name in self.VECTORS]


class State(Vectors):
    """Everything that training changes: the network's vectors and the loss."""

    def __init__(self, spec: ModelSpec, seed: int, device: str):
        torch.manual_seed(seed)
        self.spec, self.layout = spec, Layout(spec)
        super().__init__(self.layout.flatten(Network(spec).state_dict()).to(device))
        self.loss = torch.zeros(1, device=device)  # summed since last read

    def touched(self) -> list[Tensor]:
        return [*super().touched(), self.loss]

    def set_weight_decay(self, weight: float) -> None:
        """Decoupled, of matrices and filters; biases and gains are let be. Before a step is captured."""
        mine = self.layout.unflatten(self.theta.cpu())
        decays = {k: torch.full_like(v, weight if v.squeeze().dim() > 1 else 0.0) for k, v in mine.items()}
        self.decays = self.layout.flatten(decays).to(self.theta.device) if weight else None

    def start_from(self, network: Network) -> list[str]:
        """Takes the weights of a network; tensors of another shape (the tail of another scale) stay as they are.
        Returns their names."""
        mine = self.layout.unflatten(self.theta.cpu())
        theirs = {k: v.float() for k, v in network.state_dict().items()}
        left = [name for name, value in mine.items() if name not in theirs or theirs[name].shape != value.shape]
        mine |= {name: value for name, value in theirs.items() if name in mine and name not in left}
        self.theta.copy_(self.layout.flatten(mine))
        self.ema.copy_(self.theta)
        return left

    def network(self, device: str) -> Network:
        """The averaged network, plain PyTorch, float32."""
        network = Network(self.spec)
        network.load_state_dict(self.layout.unflatten(self.ema.cpu()))
        return network.to(device).eval()


class Step:
    """Training steps of one patch size. `draws` [steps, batch, 5] says which patches; `cursor` walks through it.

    `blind`: LR is made from HR by `degrade.Degrader` with the device's default random generator. `mix`, `colours`, `flat`:
    shares of the patches that `augment.Augment` changes (not blind).
    """

    def __init__(
        self,
        state: State,
        pixels: Tensor,
        batch: int,
        patch: int,
        table_steps: int,
        dtype: torch.dtype = torch.bfloat16,
        plain: frozenset = frozenset(),
        blind: bool = False,
        drift: float = 0.0,
        squares: bool = False,
        luma: float | None = None,
        mix: float = 0.0,
        colours: float = 0.0,
        flat: float = 0.0,
    ):
        device, scale = pixels.device, state.spec.scale
        self.state, self.pixels, self.batch, self.patch = state, pixels, batch, patch
        self.drift = drift  # weight of the mean error of squares
        self.squares = squares  # the mean squared error instead of L1
        self.luma = luma  # with squares: each patch's error in decibels, with this share of luma (None: not)
        self.network = FusedNetwork(state.spec, state.theta, dtype, plain)
        self.draws = torch.zeros(table_steps, batch, 5, dtype=torch.int64, device=device)
        self.cursor = torch.zeros(1, dtype=torch.int64, device=device)
        self.lr = torch.empty(batch, 3, patch, patch, device=device)
        self.hr = torch.empty(batch, 3, patch * scale, patch * scale, device=device)
        self.degrader = Degrader(batch, patch, scale, device) if blind else None
        side = scale * (patch + BORDER)
        self.source = torch.empty(batch, 3, side, side, device=device) if blind else None
        self.augment = Augment(mix, colours, flat, device) if (mix or colours or flat) and not blind else None
        self.enlarge = matrix(patch, scale).to(device, torch.float32)
        self.graph = None

    def refill(self, draws: Tensor) -> None:
        self.draws.copy_(draws)
        if self.degrader:
            self.degrader.refill(len(draws))
        self.cursor.zero_()

    def fetch(self) -> None:
        """Fills lr and hr. Blind: `draws` are of patches BORDER pixels larger, and LR is made from HR here."""
        if self.degrader:
            step_kernel.cut(self.pixels, self.draws, self.cursor, self.source, 2)
            low, high = self.degrader(self.source, self.cursor)
            self.lr.copy_(low)
            self.hr.copy_(high)
        else:
            step_kernel.cut(self.pixels, self.draws, self.cursor, self.lr, 0)
            step_kernel.cut(self.pixels, self.draws, self.cursor, self.hr, 2)
            if self.augment:
                low, high = self.augment(self.lr, self.hr)
                self.lr.copy_(low)
                self.hr.copy_(high)
        self.cursor += 1

    def errors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Loss of a new batch, its gradient [P, 3 s^2] with respect to the network's map [B, H, W, 3 s^2], that map, and
        the interpolated pictures [B, 3, s H, s W] to which it is added."""
        self.fetch()
        base = self.enlarge @ self.lr @ self.enlarge.t()
        tail = self.network.forward(self.lr)
        size = (self.patch, self.patch)
        loss, dtail = step_kernel.loss(
            tail.flatten(0, 2), base, self.hr, size, self.state.spec.scale, self.drift, self.squares
        )
        if self.squares and self.luma is not None:
            dtail = decibels(dtail, self.batch, self.luma)
        return loss, dtail, tail, base

    def gradients(self) -> Tensor:
        """Loss of one batch; fills network.weights.grad."""
        loss, dtail, tail, _ = self.errors()
        self.network.backward(dtail.view_as(tail))
        return loss

    def update(self, loss: Tensor) -> None:
        self.state.descend(self.network.weights.grad)
        self.state.loss += loss

    def eager(self) -> None:
        self.update(self.gradients())

    def capture(self) -> None:
        """Records the step; `draws` must be filled. The warm-up steps do not change the state."""
        touched = [*self.state.touched(), self.cursor]
        kept = [t.clone() for t in touched]
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(2):
                self.eager()
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.eager()
        for tensor, value in zip(touched, kept):
            tensor.copy_(value)

    def run(self) -> None:
        if self.graph is None:
            self.eager()
        else:
            self.graph.replay()


def autograd_gradients(network: Network, lr: Tensor, hr: Tensor) -> dict[str, Tensor]:
    """The same loss and gradients through plain autograd, in the network's own precision: the reference."""
    loss = F.l1_loss(network(lr), hr)
    names, values = zip(*network.named_parameters())
    return {"loss": loss.detach()} | dict(zip(names, torch.autograd.grad(loss, values)))
