"""Tile sizes of the kernels. `tuned.json` beside this file (or $NALATRAIN_TUNED), written by `nalatrain.tune` on the
GPU, overrides the defaults; keys are the kernel's name and the sizes that it is specialised for."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

DEFAULTS = {
    "depthwise_forward": {"block": 32, "warps": 4},
    "depthwise_backward": {"block": 16, "warps": 8, "chunk": 512, "split": 0},
    "norm_linear": {"rows": 128, "warps": 4},
    "norm_linear_backward": {"rows": 64, "warps": 8, "programs": 132},
    "linear_residual": {"rows": 128, "warps": 4},
    "linear_residual_backward": {"rows": 64, "warps": 8, "programs": 132},
    "gated": {"rows": 64, "warps": 4},
    "gated_backward": {"rows": 64, "warps": 8, "programs": 264},
    "nala_state": {"tile": 64, "warps": 4, "chunk": 512},
    "nala_apply": {"tile": 64, "warps": 4},
    "nala_apply_backward": {"tile": 64, "warps": 8, "chunk": 64},
    "nala_state_backward": {"tile": 64, "warps": 4},
}


@lru_cache(maxsize=1)
def tuned() -> dict:
    path = Path(os.environ.get("NALATRAIN_TUNED", Path(__file__).with_name("tuned.json")))
    return json.loads(path.read_text()) if path.exists() else {}


def choice(kernel: str, *sizes: int) -> dict:
    return tuned().get("_".join([kernel, *map(str, sizes)])) or DEFAULTS[kernel]
