"""The training step's network: the same mathematics as `network.Network`, forward and backward by fused kernels.

There is no autograd graph: each stage keeps what its backward needs and returns the gradient of its input, so the
whole step is a fixed list of launches that a CUDA graph can hold. Any stage can run by plain PyTorch instead
(`plain`, a set of stage kinds): that is the fallback where a kernel fails its check, and the baseline of the timing.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .attention import rotary_table
from .cells import Cells
from .flat import PARTS, Layout
from .kernels import depthwise as dw_kernel
from .kernels import gated as gated_kernel
from .kernels import linear as linear_kernel
from .kernels import nala as nala_kernel
from .kernels import step as step_kernel
from .network import LN_EPSILON, attention
from .spec import ModelSpec

PARTIAL_ROWS = 528  # programs that may leave partial gradients: four for each multiprocessor of an H200
KINDS = ("depthwise", "attend", "feed")  # stages with fused kernels


class Weights:
    """The flat parameter vector `theta`, its gradient, and a copy in the type of the maps."""

    def __init__(self, spec: ModelSpec, theta: Tensor, dtype: torch.dtype):
        self.layout = Layout(spec)
        self.theta, self.grad = theta, torch.zeros_like(theta)
        self.cast = torch.empty(theta.shape, dtype=dtype, device=theta.device)

        self.partial = torch.empty(PARTIAL_ROWS, len(theta), device=theta.device)  # one row per program
        self.counts = torch.zeros(-(-len(theta) // step_kernel.GATHER_BLOCK), dtype=torch.int32)
        self.device_counts = self.counts.to(theta.device)

    def refresh(self) -> None:
        self.cast.copy_(self.theta)

    def gather(self) -> None:
        """Sums the partial gradients that the kernels left. The row counts reach the device on first use."""
        if not (self.device_counts.is_cuda and torch.cuda.is_current_stream_capturing()):
            self.device_counts.copy_(self.counts)
        step_kernel.gather(self.partial, self.device_counts, self.grad)

    def written(self, name: str, rows: int) -> None:
        """Notes how many rows of a unit's partial gradient are valid."""
        part = self.layout.units[name]
        self.counts[part.start // step_kernel.GATHER_BLOCK : part.stop // step_kernel.GATHER_BLOCK] = rows

    def __getitem__(self, name: str) -> Tensor:
        return self.layout.view(self.theta, name)

    def rounded(self, name: str) -> Tensor:
        return self.layout.view(self.cast, name)

    def unit(self, name: str) -> Tensor:
        """Partial gradients [PARTIAL_ROWS, size] of a unit."""
        return self.partial[:, self.layout.units[name]]


def convolve_nhwc(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    groups = weight.shape[0] if weight.shape[1] == 1 else 1
    return F.conv2d(x.permute(0, 3, 1, 2), weight, bias, padding=weight.shape[2] // 2, groups=groups).permute(
        0, 2, 3, 1
    )


class Convolution:
    """A dense 3x3 convolution by cuDNN, with a residual around it if asked. x [B, H, W, C]."""

    def __init__(self, weights: Weights, name: str, residual: bool, needs_dx: bool = True):
        self.weights, self.name, self.residual, self.needs_dx = weights, name, residual, needs_dx

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        y = convolve_nhwc(x, self.weights.rounded(self.name + ".weight"), self.weights.rounded(self.name + ".bias"))
        return x + y if self.residual else y

    def backward(self, dy: Tensor) -> Tensor | None:
        weight = self.weights.rounded(self.name + ".weight")
        dx, dweight, dbias = torch.ops.aten.convolution_backward(
            dy.permute(0, 3, 1, 2),
            self.x.permute(0, 3, 1, 2),
            weight,
            [len(weight)],
            [1, 1],
            [1, 1],
            [1, 1],
            False,
            [0, 0],
            1,
            [self.needs_dx, True, True],
        )
        grad = self.weights.grad
        self.weights.layout.view(grad, self.name + ".weight").copy_(dweight)
        self.weights.layout.view(grad, self.name + ".bias").copy_(dbias)
        if not self.needs_dx:
            return None
        dx = dx.permute(0, 2, 3, 1)
        return dy + dx if self.residual else dx


class Plain:
    """A stage by plain PyTorch: `function(x, *tensors)`, differentiated by autograd."""

    def __init__(self, weights: Weights, names: list[str], function):
        self.weights, self.names, self.function = weights, names, function

    def forward(self, x: Tensor) -> Tensor:
        layout, weights = self.weights.layout, self.weights
        self.x = x.detach().requires_grad_()
        self.inputs = []
        for name in self.names:
            value = weights.rounded(name)
            if len(layout.shapes[name]) == 4:  # depthwise
                value = value.t().reshape(layout.shapes[name])
            self.inputs.append(value.detach().requires_grad_())
        with torch.enable_grad():
            self.y = self.function(self.x, *self.inputs)
        return self.y.detach()

    def backward(self, dy: Tensor) -> Tensor:
        dx, *slopes = torch.autograd.grad(self.y, [self.x, *self.inputs], dy)
        for name, slope in zip(self.names, slopes):
            if slope.dim() == 4:
                slope = slope.flatten(1).t()
            self.weights.layout.view(self.weights.grad, name).copy_(slope)
        del self.y
        return dx


def plain_depthwise(x, weight, bias):
    return x + convolve_nhwc(x, weight, bias)


def plain_attend(spec: ModelSpec, block: int):
    """The attention half of a block, any scope."""

    def function(x, qkvg_w, qkvg_b, n1_w, n1_b, lepe_w, lepe_b, out_w, out_b, gamma, no_w, no_b):
        c = spec.dim
        u = F.linear(F.layer_norm(x, (c,), n1_w, n1_b, LN_EPSILON), qkvg_w, qkvg_b)
        s = attention(u[..., : 3 * c], spec, block) + convolve_nhwc(u[..., 2 * c : 3 * c], lepe_w, lepe_b)
        a = F.layer_norm(s, (c,), no_w, no_b, LN_EPSILON) * F.silu(u[..., 3 * c :])
        return x + gamma * F.linear(a, out_w, out_b)

    return function


def plain_feed(x, fc1_w, fc1_b, n2_w, n2_b, dw_w, dw_b, fc2_w, fc2_b, gamma):
    y = F.gelu(F.linear(F.layer_norm(x, (x.shape[-1],), n2_w, n2_b, LN_EPSILON), fc1_w, fc1_b), approximate="tanh")
    return x + gamma * F.linear(y + convolve_nhwc(y, dw_w, dw_b), fc2_w, fc2_b)


class Depthwise:
    """x + depthwise convolution(x)."""

    def __init__(self, weights: Weights, name: str):
        self.weights, self.name = weights, name

    def forward(self, x: Tensor) -> Tensor:
        self.x = x
        weight, bias = self.weights[self.name + ".weight"], self.weights[self.name + ".bias"]
        return dw_kernel.forward(x.flatten(0, 2), weight, bias, x.shape[1:3], True).view_as(x)

    def backward(self, dy: Tensor) -> Tensor:
        x = self.x
        dx, rows = dw_kernel.backward(
            x.flatten(0, 2),
            dy.flatten(0, 2),
            self.weights[self.name + ".weight"],
            x.shape[1:3],
            True,
            self.weights.unit(self.name),
        )
        self.weights.written(self.name, rows)
        return dx.view_as(x)


class Attend:
    """x + gamma1 * out(LN(o + LePE(v)) * SiLU(g)), with (q, k, v, g) = Linear(LN(x)) and o = attention by scope."""

    def __init__(self, weights: Weights, spec: ModelSpec, index: int, tables: dict):
        self.spec, self.name, self.weights, self.tables = spec, f"blocks.{index}", weights, tables
        self.scope = spec.scopes[index]
        self.cell = spec.cell(index)
        self.window, self.shift = spec.window(index) if self.scope.startswith("window:") else (self.cell, 0)

    def get(self, *names: str) -> list[Tensor]:
        return [self.weights[f"{self.name}.{name}"] for name in names]

    def shape(self, x: Tensor) -> nala_kernel.Shape:
        pictures, h, w, _ = x.shape
        spec, size = self.spec, (self.window, self.window) if self.window else (h, w)
        if size not in self.tables:
            like = torch.empty(0, device=x.device)
            tables = rotary_table(*size, spec.head_dim, spec.rotary_base, like, spec.rotary, spec.rotary_span)
            self.tables[size] = [t.contiguous() for t in tables]
        cosine = spec.direction_map == "cosine"
        constants = (cosine, spec.lambda_, spec.tau, spec.alpha, self.window, self.shift, spec.rotary == "axial")
        return nala_kernel.Shape(pictures, (h, w), spec.heads, spec.head_dim, *self.tables[size], *constants)

    def cells(self, x: Tensor) -> Cells:
        """The cells of maps of this size, made once, as the tables are."""
        key = ("cells", self.cell, *x.shape[1:3])
        if key not in self.tables:
            self.tables[key] = Cells(x.shape[1:3], self.cell, self.spec, x.device)
        return self.tables[key]

    def attention(self, x: Tensor, q: Tensor, k: Tensor, v: Tensor) -> Tensor | None:
        """o [P, C] (None: no attention); keeps the state for the backward."""
        self.state = None
        if self.scope == "none":
            return None
        if self.scope == "uniform":
            mean = v.unflatten(0, (len(x), -1)).mean(1, keepdim=True, dtype=torch.float32)
            return mean.to(v.dtype).expand(-1, len(v) // len(x), -1).reshape(v.shape).contiguous()
        shape = self.shape(x)
        self.state = nala_kernel.state(k, v, shape)
        if self.cell:
            self.state = self.cells(x).around(self.state)
        return nala_kernel.apply(q, self.state, shape)

    def attention_backward(self, x: Tensor, do: Tensor, qkv: tuple[Tensor, ...], slopes: tuple[Tensor, ...]) -> None:
        """Writes dq, dk and adds to dv, which holds LePE's share."""
        q, k, v = qkv
        dq, dk, dv = slopes
        if self.state is None:
            dq.zero_()
            dk.zero_()
            if self.scope == "uniform":
                mean = do.unflatten(0, (len(x), -1)).mean(1, keepdim=True, dtype=torch.float32)
                dv.unflatten(0, (len(x), -1)).add_(mean.to(dv.dtype))
            return
        shape = self.shape(x)
        dstate = nala_kernel.apply_backward(q, self.state, do, dq, shape)
        if self.cell:
            dstate = self.cells(x).around_backward(dstate)
        nala_kernel.state_backward(k, v, dstate, dk, dv, shape)

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(0, 2)
        qkvg = linear_kernel.norm_linear(
            flat, *self.get("qkvg.weight", "qkvg.bias", "norm1.weight", "norm1.bias"), False
        )
        q, k, v, g = qkvg.chunk(4, -1)
        o = self.attention(x, q, k, v)
        s = dw_kernel.forward(v, *self.get("lepe.weight", "lepe.bias"), x.shape[1:3], False, added=o)
        y = gated_kernel.forward(
            s, g, flat, *self.get("out.weight", "out.bias", "gamma1", "norm_out.weight", "norm_out.bias")
        )
        self.kept = flat, qkvg, s
        self.size = x.shape[1:3]
        return y.view_as(x)

    def backward(self, dy: Tensor) -> Tensor:
        flat, qkvg, s = self.kept
        dflat = dy.flatten(0, 2)
        unit = lambda part: self.weights.unit(f"{self.name}.{part}")
        q, k, v, g = qkvg.chunk(4, -1)
        dqkvg = torch.empty_like(qkvg)
        dq, dk, dv, dg = dqkvg.chunk(4, -1)
        ds, rows = gated_kernel.backward(
            s,
            g,
            dflat,
            *self.get("out.weight", "out.bias", "gamma1", "norm_out.weight", "norm_out.bias"),
            dg,
            unit("output"),
        )
        self.weights.written(f"{self.name}.output", rows)
        _, rows = dw_kernel.backward(v, ds, *self.get("lepe.weight"), self.size, False, unit("lepe"), dx=dv)
        self.weights.written(f"{self.name}.lepe", rows)
        self.attention_backward(dy, ds, (q, k, v), (dq, dk, dv))
        dx, rows = linear_kernel.norm_linear_backward(
            flat,
            dqkvg,
            dflat,
            *self.get("qkvg.weight", "qkvg.bias", "norm1.weight", "norm1.bias"),
            False,
            unit("project"),
        )
        self.weights.written(f"{self.name}.project", rows)
        return dx.view_as(dy)


class Feed:
    """x + gamma2 * fc2(y + depthwise(y)), y = GELU(fc1(LN(x)))."""

    def __init__(self, weights: Weights, name: str):
        self.weights, self.name = weights, name

    def get(self, *names: str) -> list[Tensor]:
        return [self.weights[f"{self.name}.{name}"] for name in names]

    def forward(self, x: Tensor) -> Tensor:
        flat, size = x.flatten(0, 2), x.shape[1:3]
        y = linear_kernel.norm_linear(flat, *self.get("fc1.weight", "fc1.bias", "norm2.weight", "norm2.bias"), True)
        t = dw_kernel.forward(y, *self.get("ffn_dw.weight", "ffn_dw.bias"), size, True)
        self.kept = flat, y, t
        return linear_kernel.linear_residual(t, flat, *self.get("fc2.weight", "fc2.bias", "gamma2")).view_as(x)

    def backward(self, dy: Tensor) -> Tensor:
        flat, y, t = self.kept
        dflat, size = dy.flatten(0, 2), dy.shape[1:3]
        unit = lambda part: self.weights.unit(f"{self.name}.{part}")
        dt, rows = linear_kernel.linear_residual_backward(
            t, dflat, *self.get("fc2.weight", "fc2.bias", "gamma2"), unit("contract")
        )
        self.weights.written(f"{self.name}.contract", rows)
        dz, rows = dw_kernel.backward(y, dt, *self.get("ffn_dw.weight"), size, True, unit("ffn_dw"))
        self.weights.written(f"{self.name}.ffn_dw", rows)
        dx, rows = linear_kernel.norm_linear_backward(
            flat, dz, dflat, *self.get("fc1.weight", "fc1.bias", "norm2.weight", "norm2.bias"), True, unit("expand")
        )
        self.weights.written(f"{self.name}.expand", rows)
        return dx.view_as(dy)


class FusedNetwork:
    """Stages of one network over `theta` (flat float32). Maps have the type of `dtype`."""

    def __init__(
        self, spec: ModelSpec, theta: Tensor, dtype: torch.dtype = torch.bfloat16, plain: frozenset = frozenset()
    ):
        self.spec, self.dtype = spec, dtype
        self.weights = weights = Weights(spec, theta, dtype)
        tables: dict = {}
        self.head = Convolution(weights, "head", False, needs_dx=False)
        self.tail = Convolution(weights, "tail", False)
        self.stages: list = []
        for i in range(spec.blocks):
            block = f"blocks.{i}"
            units = {"attend": ("project", "lepe", "output"), "feed": ("expand", "ffn_dw", "contract")}
            names = {kind: [f"{block}.{n}" for unit in parts for n in PARTS[unit]] for kind, parts in units.items()}
            self.stages.append(self._depthwise(f"{block}.cpe1", plain))
            if "attend" in plain:
                self.stages.append(Plain(weights, names["attend"], plain_attend(spec, i)))
            else:
                self.stages.append(Attend(weights, spec, i, tables))
            self.stages.append(self._depthwise(f"{block}.cpe2", plain))
            self.stages.append(Plain(weights, names["feed"], plain_feed) if "feed" in plain else Feed(weights, block))
            if (i + 1) % spec.group == 0 or i + 1 == spec.blocks:
                self.stages.append(Convolution(weights, f"groups.{i // spec.group}", True))

    def _depthwise(self, name: str, plain: frozenset) -> Depthwise | Plain:
        if "depthwise" in plain:
            return Plain(self.weights, [name + ".weight", name + ".bias"], plain_depthwise)
        return Depthwise(self.weights, name)

    def forward(self, picture: Tensor) -> Tensor:
        """picture [B, 3, H, W] float32 in [0, 1] to the map before the pixel shuffle, [B, H, W, 3 s^2]."""
        self.weights.refresh()
        x = f0 = self.head.forward((picture - 0.5).to(self.dtype).permute(0, 2, 3, 1).contiguous())
        for stage in self.stages:
            x = stage.forward(x)
        return self.tail.forward(x + f0)

    def backward(self, dtail: Tensor) -> None:
        """Fills weights.grad."""
        dx = dlong = self.tail.backward(dtail)
        for stage in reversed(self.stages):
            dx = stage.backward(dx)
        self.head.backward(dx + dlong)
        self.weights.gather()
