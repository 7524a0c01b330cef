"""What a network looks like: the `spec` that travels in the weight file and in manifest.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

REACH = {"window": 1, "around": 3}  # sides of a window or cell that one token's attention is wide


def repeated(scopes: str, blocks: int) -> tuple[str, ...]:
    """ "around:32,global" to a scope for each block: the list by commas over and over."""
    given = scopes.split(",")
    return tuple(given[i % len(given)] for i in range(blocks))


@dataclass(frozen=True)
class ModelSpec:
    """Shape of one network. Every field is written to the weight file, so the C++ side needs nothing else.

    `scopes` says, per block, over which tokens the attention sums: "global" (the whole picture), "window:W"
    (W x W windows, every other windowed block shifted by W/2), "around:C" (of C x C cells, counted from the top left
    corner, a token's own and the eight around it; every token counts as one position), "none" (no attention) or
    "uniform" (mean of v). With a `rotary_span`, neither W nor 3 C may be larger than it.
    """

    architecture: str = "nalasr"
    scale: int = 4
    dim: int = 64
    heads: int = 2
    blocks: int = 12
    group: int = 4
    ffn_ratio: int = 2
    direction_map: str = "cosine"  # or "relu_split"
    lambda_: float = 3.0
    tau: float = 0.5
    alpha: float = 20.0
    rotary_base: float = 10000.0
    rotary_span: int = 0  # longest side that it has seen in training: longer ones count in fractions of a token
    rotary: str = "axial"  # or "none" (docs/decisions/0007)
    scopes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        scopes = tuple(self.scopes) or ("global",) * self.blocks
        object.__setattr__(self, "scopes", scopes)
        if len(scopes) != self.blocks:
            raise ValueError(f"{len(scopes)} scopes for {self.blocks} blocks")
        if self.dim % self.heads or (self.dim // self.heads) % 4:
            raise ValueError("dim / heads must be a multiple of 4 (rotary pairs for y and x)")
        if self.direction_map not in ("cosine", "relu_split"):
            raise ValueError(f"unknown direction map {self.direction_map!r}")
        if self.rotary not in ("axial", "none"):
            raise ValueError(f"unknown rotary {self.rotary!r}")
        for scope in scopes:
            kind, _, side = scope.partition(":")
            if kind in REACH and int(side) < 1:
                raise ValueError(f"scope {scope!r} holds no token")
            if kind in REACH and 0 < self.rotary_span < REACH[kind] * int(side):
                raise ValueError("a scope reaches further than rotary_span")
            if kind not in REACH and scope not in ("global", "none", "uniform"):
                raise ValueError(f"unknown scope {scope!r}")

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads

    @property
    def groups(self) -> int:
        return -(-self.blocks // self.group)

    def window(self, block: int) -> tuple[int, int]:
        """(W, shift) of a windowed block; shift is W/2 in every other windowed block."""
        width = int(self.scopes[block].split(":")[1])
        earlier = sum(scope.startswith("window:") for scope in self.scopes[:block])
        return width, width // 2 if earlier % 2 else 0

    def cell(self, block: int) -> int:
        """C of an "around:C" block, 0 of any other."""
        kind, _, side = self.scopes[block].partition(":")
        return int(side) if kind == "around" else 0

    def to_dict(self) -> dict:
        values = asdict(self)
        values["scopes"] = list(self.scopes)
        if self.rotary == "axial":
            del values["rotary"]  # the default is not written: readers that know no other form need not know the word
        if not self.rotary_span:
            del values["rotary_span"]
        return {"lambda" if key == "lambda_" else key: value for key, value in values.items()}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), separators=(",", ":"))

    @staticmethod
    def from_dict(values: dict) -> "ModelSpec":
        renamed = {"lambda_" if key == "lambda" else key: value for key, value in values.items()}
        renamed["scopes"] = tuple(renamed.get("scopes", ()))
        return ModelSpec(**renamed)

    @staticmethod
    def from_json(text: str) -> "ModelSpec":
        return ModelSpec.from_dict(json.loads(text))
