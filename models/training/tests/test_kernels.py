"""Fused kernels against float64, in the interpreter (float32) or on the GPU (bfloat16)."""

import json

import pytest
import torch

from nalatrain.attention import rotary_table
from nalatrain.fused import KINDS
from nalatrain.kernels import config, nala
from nalatrain.network import attention
from nalatrain.selfcheck import by_kind, choose_plain, compare, error
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
def test_every_scope_runs_through_the_fused_step():
    scopes = ("window:4", "none", "uniform", "around:2")
    spec = ModelSpec(dim=32, heads=1, blocks=4, group=4, scale=2, scopes=scopes, rotary="none")
    shape = (1, 3, 5)
    plain = by_kind(compare(spec, shape, torch.float32, frozenset(KINDS), "cpu"))
    fused = by_kind(compare(spec, shape, torch.float32, frozenset(), "cpu"))
    assert {name: e for name, e in fused.items() if e > 2 * plain[name] + 2e-6} == {}


@interpreted
@pytest.mark.parametrize("window, shift, size", [(6, 0, (9, 7)), (6, 3, (5, 8)), (0, 0, (5, 7))])
def test_attention_over_windows(window, shift, size):
    """o, dq, dk, dv of the kernels against the plain form in float64; windows hang over every edge."""
    before = () if shift == 0 else (f"window:{window}",)
    scopes = before + (f"window:{window}" if window else "global",)
    spec = ModelSpec(dim=32, heads=1, blocks=len(scopes), scopes=scopes)
    torch.manual_seed(window + shift)
    qkv = torch.randn(2, *size, 96, requires_grad=True, dtype=torch.float64)
    do = torch.randn(2, *size, 32, dtype=torch.float64)
    wanted = attention(qkv, spec, len(scopes) - 1)
    (slope,) = torch.autograd.grad(wanted, qkv, do)
    q, k, v = qkv.detach().float().flatten(0, 2).chunk(3, -1)
    unit = (window, window) if window else size
    tables = [t.contiguous() for t in rotary_table(*unit, 32, spec.rotary_base, torch.empty(0))]
    shape = nala.Shape(2, size, 1, 32, *tables, window=window, shift=shift)
    state = nala.state(k, v, shape)
    got = torch.full((len(q), 96), float("nan"))
    dq, dk, dv = got.chunk(3, -1)
    dv.zero_()  # the kernel adds
    dstate = nala.apply_backward(q, state, do.float().flatten(0, 2), dq, shape)
    nala.state_backward(k, v, dstate, dk, dv, shape)
    assert error(nala.apply(q, state, shape), wanted.detach().flatten(0, 2)) < 2e-6
    assert error(got, slope.flatten(0, 2)) < 4e-6


@interpreted
@pytest.mark.parametrize("rotary", ["axial", "none"])
def test_states_of_cells(rotary):
    """The states that tokens of each cell use, and their gradient, against the plain form; cells hang over two edges."""
    spec = ModelSpec(dim=64, heads=2, blocks=1, scopes=("around:4",), rotary=rotary, rotary_span=12)
    errors = compare(spec, (2, 13, 18), torch.float32, frozenset(KINDS) - {"attend"}, "cpu")
    plain = compare(spec, (2, 13, 18), torch.float32, frozenset(KINDS), "cpu")
    assert {name: e for name, e in errors.items() if e > 2 * plain[name] + 2e-6} == {}


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
