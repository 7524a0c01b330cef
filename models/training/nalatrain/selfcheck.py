"""Compares the fused step with float64:  python -m nalatrain.selfcheck  (on the GPU, or with TRITON_INTERPRET=1).

The reference is `network.Network` in float64 under autograd. The tolerance is relative: the fused error may be at
most twice the error that plain PyTorch makes in the same precision, plus a floor.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .flat import Layout
from .fused import KINDS, FusedNetwork
from .network import Network, randomise
from .spec import ModelSpec


def error(value: Tensor, reference: Tensor) -> float:
    """||value - reference|| / ||reference||; NaN counts as infinite."""
    reference = reference.double()
    result = ((value.double() - reference).norm() / reference.norm().clamp_min(1e-30)).item()
    return result if result == result else float("inf")


def reference_gradients(network: Network, picture: Tensor, dtail: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Float64 tail map [B, H, W, 3 s^2] and the gradients of sum(tail * dtail)."""
    network = network.double()
    f0 = network.head(picture.double() - 0.5).permute(0, 2, 3, 1)
    tail = network.tail((network.body(f0) + f0).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    names, values = zip(*network.named_parameters())
    return tail.detach(), dict(zip(names, torch.autograd.grad(tail, values, dtail.double())))


def compare(
    spec: ModelSpec, shape: tuple[int, int, int], dtype: torch.dtype, plain: frozenset, device: str, seed: int = 5
) -> dict[str, float]:
    """Relative error of the output and of the gradient of every tensor."""
    network = randomise(Network(spec), seed, gain=0.5)
    with torch.no_grad():
        for block in network.blocks:
            block.qkvg.weight.mul_(0.7)
    generator = torch.Generator().manual_seed(seed)
    b, h, w = shape
    picture = torch.rand(b, 3, h, w, generator=generator).to(device)
    dtail = torch.randn(b, h, w, 3 * spec.scale**2, generator=generator).to(device, dtype)
    theta = Layout(spec).flatten(network.state_dict()).to(device)
    fused = FusedNetwork(spec, theta, dtype, plain)
    fused.weights.grad.fill_(float("nan"))
    tail = fused.forward(picture)
    fused.backward(dtail)
    wanted, slopes = reference_gradients(network.to(device), picture, dtail)
    errors = {"output": error(tail, wanted)}
    got = fused.weights.layout.unflatten(fused.weights.grad)
    return errors | {name: error(got[name], slope) for name, slope in slopes.items()}


def by_kind(errors: dict[str, float]) -> dict[str, float]:
    """Largest error per kind of tensor (block numbers dropped)."""
    kinds: dict[str, float] = {}
    for name, value in errors.items():
        kind = ".".join(part for part in name.split(".") if not part.isdigit())
        kinds[kind] = max(value, kinds.get(kind, 0.0))
    return kinds


OWNER = {
    "cpe1": "depthwise",
    "cpe2": "depthwise",
    "norm1": "attend",
    "qkvg": "attend",
    "lepe": "attend",
    "norm_out": "attend",
    "out": "attend",
    "gamma1": "attend",
}


def choose_plain(
    device: str = "cuda",
    rotary: str = "axial",
    scopes: tuple[str, ...] = ("global", "window:32", "uniform", "around:32"),
) -> tuple[frozenset, list[str]]:
    """Which stage kinds must fall back to plain PyTorch on this machine, and a report (lines).

    Only what a training uses is checked (`scopes`): a form that fails costs a training with others nothing.
    """
    twice = lambda scope: 2 if scope.startswith("window:") else 1  # one of them is shifted
    checked = tuple(scope for scope in dict.fromkeys(scopes) for _ in range(twice(scope)))
    spec = ModelSpec(blocks=len(checked), group=len(checked), rotary=rotary, scopes=checked)
    shape = (2, 48, 40)  # the windows hang over
    lines = []
    baseline = by_kind(compare(spec, shape, torch.bfloat16, frozenset(KINDS), device))
    failed = set()
    for kind in KINDS:
        plain = frozenset(KINDS) - {kind}
        try:
            errors = by_kind(compare(spec, shape, torch.bfloat16, plain, device))
            torch.cuda.synchronize()
            bad = {
                n: (round(e, 4), round(baseline[n], 4)) for n, e in errors.items() if not e <= 2 * baseline[n] + 1e-2
            }
        except Exception as problem:  # a kernel that does not build is a kernel that is not used
            bad = {"exception": repr(problem)[:600]}
        lines.append(f"check {kind}: {'ok' if not bad else 'FAILED ' + str(bad)}")
        if bad:
            failed.add(kind)
    return frozenset(failed), lines


def main() -> None:
    if torch.cuda.is_available():
        print(*choose_plain()[1], sep="\n")
        return
    for direction_map in ("cosine", "relu_split"):
        spec = ModelSpec(blocks=2, group=2, direction_map=direction_map, scale=2)
        for kinds in (KINDS, ()):
            errors = by_kind(compare(spec, (2, 9, 7), torch.float32, frozenset(kinds), "cpu"))
            print(direction_map, "plain" if kinds else "fused", {n: f"{e:.1e}" for n, e in errors.items()})


if __name__ == "__main__":
    main()
