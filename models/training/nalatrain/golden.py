"""Writes the golden values that the C++ tests compare with:  python -m nalatrain.golden [--out tests/golden]

Everything is made from fixed seeds and computed in float64; nothing comes from a picture.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from . import weights
from .attention import nala
from .network import Network, randomise
from .spec import ModelSpec


def operator(folder: Path, direction_map: str, seed: int) -> None:
    """nala_<map>.safetensors: q, k, v [2, 63, 32] float32 and o, float64 arithmetic stored as float32."""
    height, width = 9, 7
    generator = torch.Generator().manual_seed(seed)
    q, k, v = torch.randn(3, 2, height * width, 32, generator=generator)
    q = q * torch.logspace(-2, 1, height * width)[:, None]  # short and long queries
    q[0, 5] = q[1, 0] = q[1, 62] = 0
    k[0, 17] = 0
    spec = ModelSpec(dim=64, heads=2, direction_map=direction_map)
    o = nala(q.double(), k.double(), v.double(), height, width, spec)
    tensors = {"q": q, "k": k, "v": v, "o": o.float()}
    metadata = {"height": str(height), "width": str(width), "direction_map": direction_map}
    path = folder / f"nala_{direction_map}.safetensors"
    save_file({name: t.contiguous() for name, t in tensors.items()}, str(path), metadata)


def tiny(folder: Path, scale: int, direction_map: str, seed: int) -> None:
    """tiny_x<s>.safetensors and its input and output: a small network with a short last group."""
    spec = ModelSpec(scale=scale, dim=32, heads=1, blocks=3, group=2, direction_map=direction_map)
    network = randomise(Network(spec), seed)
    weights.save(network.state_dict(), spec, folder / f"tiny_x{scale}.safetensors", torch.float32)
    picture = torch.rand(3, 13, 10, generator=torch.Generator().manual_seed(seed + 1))
    with torch.no_grad():
        output = network.double()(picture.double()[None])[0]
    save_file({"input": picture, "output": output.float()}, str(folder / f"tiny_x{scale}_io.safetensors"))


def shipped(folder: Path, file: Path) -> None:
    """<model>_io.safetensors: a synthetic picture (waves, edges, noise) through shipped weights, float64 arithmetic."""
    height, width = 29, 37
    y, x = torch.meshgrid(torch.arange(height).double(), torch.arange(width).double(), indexing="ij")
    waves = 0.5 + 0.3 * torch.stack([torch.sin(0.3 * x + 0.1 * y), torch.cos(0.2 * y), torch.sin(0.05 * x * y)])
    edges = torch.where((x + 2 * y) % 16 < 8, 0.15, -0.15)
    noise = 0.02 * torch.randn(3, height, width, generator=torch.Generator().manual_seed(41), dtype=torch.float64)
    picture = (waves + edges + noise).clamp(0, 1).float()
    with torch.no_grad():
        output = weights.load(file, torch.float64)(picture.double()[None])[0]
    save_file({"input": picture, "output": output.float()}, str(folder / f"{file.stem}_io.safetensors"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("tests/golden"))
    parser.add_argument("--light-random", type=Path, help="also write `light` with random weights here")
    parser.add_argument("--shipped", type=Path, nargs="*", default=[], help="weight files to write golden values for")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    operator(arguments.out, "cosine", 11)
    operator(arguments.out, "relu_split", 12)
    tiny(arguments.out, 2, "relu_split", 21)
    tiny(arguments.out, 4, "cosine", 22)
    for file in arguments.shipped:
        shipped(arguments.out, file)
    if arguments.light_random:
        network = randomise(Network(ModelSpec()), 31, gain=0.2)
        weights.save(network.state_dict(), network.spec, arguments.light_random)


if __name__ == "__main__":
    main()
