"""Weight files: safetensors with the network's spec in the metadata."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from .network import Network
from .spec import ModelSpec

FORMAT = "nalasr-1"


def save(state: dict[str, Tensor], spec: ModelSpec, path: Path, dtype: torch.dtype = torch.float16) -> None:
    """Writes the tensors under their state-dict names; the file says everything about the network."""
    tensors = {name: value.detach().to("cpu", dtype).contiguous() for name, value in state.items()}
    for name, value in tensors.items():
        if not torch.isfinite(value).all():
            raise ValueError(f"{name} does not fit {dtype}")
    save_file(tensors, str(path), metadata={"format": FORMAT, "spec": spec.to_json()})


def load(path: Path, dtype: torch.dtype = torch.float32) -> Network:
    """The network of a weight file, with its weights, in `dtype`."""
    with safe_open(str(path), "pt") as file:
        metadata = file.metadata()
        if metadata.get("format") != FORMAT:
            raise ValueError(f"{path}: not a {FORMAT} file")
        network = Network(ModelSpec.from_json(metadata["spec"])).to(dtype)
        network.load_state_dict({name: file.get_tensor(name).to(dtype) for name in file.keys()})
    return network
