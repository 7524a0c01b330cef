"""Fused kernels against float64, in the interpreter (float32) or on the GPU (bfloat16)."""

import json

import pytest
import torch

from nalatrain.fused import KINDS
from nalatrain.kernels import config
from nalatrain.selfcheck import by_kind, choose_plain, compare
from nalatrain.spec import ModelSpec

gpu = torch.cuda.is_available()
interpreted = pytest.mark.skipif(gpu, reason="float32 forms are checked in the interpreter")


@interpreted
@pytest.mark.parametrize("direction_map", ["cosine", "relu_split"])
def test_gradients_of_the_fused_step(direction_map):
    spec = ModelSpec(dim=32, heads=1, blocks=2, group=2, direction_map=direction_map, scale=2)
    plain = by_kind(compare(spec, (2, 5, 7), torch.float32, frozenset(KINDS), "cpu"))
    fused = by_kind(compare(spec, (2, 5, 7), torch.float32, frozenset(), "cpu"))
    assert {name: e for name, e in fused.items() if e > 2 * plain[name] + 1e-6} == {}


@interpreted
def test_scopes_without_a_kernel_run_inside_the_fused_step():
    spec = ModelSpec(dim=32, heads=1, blocks=4, group=2, scale=2, scopes=("window:4", "global", "none", "uniform"))
    errors = compare(spec, (1, 6, 5), torch.float32, frozenset(), "cpu")
    assert max(errors.values()) < 5e-6


@interpreted
def test_other_tile_sizes(tmp_path, monkeypatch):
    sizes = {
        "depthwise_backward_32_5": {"block": 16, "warps": 4, "chunk": 32, "split": 1},
        "depthwise_backward_32_3": {"block": 8, "warps": 4, "chunk": 8, "split": 0},
        "nala_apply_backward_32": {"tile": 16, "warps": 4, "chunk": 16},
        "norm_linear_backward_64": {"rows": 16, "warps": 4, "programs": 3},
    }
    (tmp_path / "tuned.json").write_text(json.dumps(sizes))
    monkeypatch.setenv("NALATRAIN_TUNED", str(tmp_path / "tuned.json"))
    config.tuned.cache_clear()
    try:
        errors = compare(ModelSpec(dim=32, heads=1, blocks=1, scale=2), (1, 9, 6), torch.float32, frozenset(), "cpu")
    finally:
        config.tuned.cache_clear()
    assert max(errors.values()) < 5e-6


@pytest.mark.skipif(not gpu, reason="needs a GPU")
def test_no_kernel_falls_back_on_this_gpu():
    failed, lines = choose_plain()
    assert not failed, lines
