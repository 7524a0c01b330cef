import math

import pytest
import torch

from nalatrain import weights
from nalatrain.attention import EPSILON, key_features, nala, query_features, rotary_table, rotate
from nalatrain.flat import Layout
from nalatrain.mean import mean
from nalatrain.network import Network, attention, randomise, unwindows, whole, windows
from nalatrain.spec import ModelSpec


def small(**values) -> ModelSpec:
    return ModelSpec(**{"dim": 32, "heads": 2, "blocks": 3, "group": 2, "scale": 2} | values)


def test_light_has_the_agreed_size():
    assert sum(p.numel() for p in Network(ModelSpec()).parameters()) == 645_616


@pytest.mark.parametrize("direction_map", ["cosine", "relu_split"])
def test_nala_equals_the_quadratic_form(direction_map):
    spec = small(direction_map=direction_map)
    torch.manual_seed(0)
    q, k, v = torch.randn(3, 2, 6 * 5, 16, dtype=torch.float64)
    cos, sin = rotary_table(6, 5, 16, spec.rotary_base, q)
    phi_q, phi_k = query_features(q, spec), key_features(k, spec)
    scores = rotate(phi_q, cos, sin) @ rotate(phi_k, cos, sin).transpose(-1, -2)
    weight = (phi_q @ phi_k.transpose(-1, -2)).mean(-1, keepdim=True) + EPSILON
    assert (phi_q @ phi_k.transpose(-1, -2)).min() >= 0
    torch.testing.assert_close(nala(q, k, v, 6, 5, spec), scores @ v / 30 / weight)


def test_rotation_keeps_length_and_sees_only_differences():
    spec = small()
    x, y = torch.randn(2, 1, 32, dtype=torch.float64)
    cos, sin = rotary_table(8, 8, 16, spec.rotary_base, x)
    turned = lambda t, at: rotate(t, cos[at : at + 1], sin[at : at + 1])
    torch.testing.assert_close(turned(x, 27).norm(), x.norm())
    there, moved = (turned(x, a) @ turned(y, b).T for a, b in ((9, 18), (27, 36)))  # both: one row and column on
    torch.testing.assert_close(there, moved)


def test_sides_beyond_the_span_count_in_fractions():
    like = torch.empty(0, dtype=torch.float64)
    for height, width in ((6, 20), (20, 6), (20, 30)):
        cos, sin = rotary_table(height, width, 16, 1e4, like, span=10)
        y, x = torch.meshgrid(torch.arange(height).double(), torch.arange(width).double(), indexing="ij")
        y, x = (t.flatten()[:, None] * min(1, 10 / n) for t, n in ((y, height), (x, width)))
        angle = 1e4 ** -torch.linspace(0, 1, 4, dtype=torch.float64)
        torch.testing.assert_close(cos, torch.cat([y * angle, x * angle], -1).cos())
        torch.testing.assert_close(sin, torch.cat([y * angle, x * angle], -1).sin())
    assert all(map(torch.equal, rotary_table(6, 10, 16, 1e4, like, span=10), rotary_table(6, 10, 16, 1e4, like)))
    spec = small(rotary_span=10)
    assert ModelSpec.from_json(spec.to_json()) == spec and "rotary_span" not in small().to_json()
    small(rotary_span=10, scopes=("window:10",) * small().blocks)
    small(rotary_span=12, scopes=("around:4", "global", "window:12"))
    for scope in ("window:11", "around:4"):
        with pytest.raises(ValueError, match="further than rotary_span"):
            small(rotary_span=10, scopes=(scope,) * small().blocks)


@pytest.mark.parametrize("direction_map", ["cosine", "relu_split"])
def test_degenerate_tokens_are_finite(direction_map):
    spec = small(direction_map=direction_map)
    q, k, v = torch.zeros(3, 1, 4, 16, requires_grad=True)
    o = nala(q, k + 1000 * torch.eye(4, 16), v + 1, 2, 2, spec)
    o.sum().backward()
    assert torch.isfinite(o).all()
    assert all(torch.isfinite(o).all() for o in (nala(*torch.randn(3, 1, n, 16), 1, n, spec) for n in (1, 3)))


def test_longer_queries_attend_more_sharply():
    spec = small()
    torch.manual_seed(1)
    q, k = torch.randn(16), torch.randn(200, 16)

    def entropy(length):
        row = query_features(q / q.norm() * length, spec) @ key_features(k, spec).T
        p = row / row.sum()
        return -(p * p.clamp_min(1e-30).log()).sum()

    values = [entropy(length) for length in (0.1, 0.5, 1.0, 2.0)]
    assert values == sorted(values, reverse=True)
    assert math.isfinite(values[-1])


@pytest.mark.parametrize("shift", [0, 4])
def test_windows_and_back(shift):
    x = torch.randn(2, 13, 10, 3)
    cut, shape = windows(x, 8, shift)
    assert cut.shape[1:] == (8, 8, 3)
    assert torch.equal(unwindows(cut, 8, shift, shape), x)


def around_by_loops(qkv, spec, cell):
    """Each cell's tokens over those of its neighbourhood, gathered one by one."""
    b, h, w, _ = qkv.shape
    q, k, v = qkv.reshape(b, h * w, 3, spec.heads, -1).permute(2, 0, 3, 1, 4)
    cos, sin = rotary_table(h, w, spec.head_dim, spec.rotary_base, q, spec.rotary)
    phi_q, phi_k = query_features(q, spec), key_features(k, spec)
    turned_q, turned_k = rotate(phi_q, cos, sin), rotate(phi_k, cos, sin)
    places = [(n // w // cell, n % w // cell) for n in range(h * w)]
    out = [None] * (h * w)
    for row, column in sorted(set(places)):
        seen = [n for n, (y, x) in enumerate(places) if abs(y - row) <= 1 and abs(x - column) <= 1]
        state = sum(turned_k[..., n, :, None] * v[..., n, None, :] for n in seen) / len(seen)
        normaliser = sum(phi_k[..., n, :] for n in seen) / len(seen)
        for n in (n for n, place in enumerate(places) if place == (row, column)):
            weight = (phi_q[..., n, :] * normaliser).sum(-1, keepdim=True) + EPSILON
            out[n] = (turned_q[..., n, None, :] @ state)[..., 0, :] / weight
    return torch.stack(out, 2).transpose(1, 2).reshape(b, h, w, -1)


@pytest.mark.parametrize("values", [{}, {"direction_map": "relu_split"}, {"rotary": "none"}, {"rotary_span": 12}])
@pytest.mark.parametrize("height, width, cell", [(7, 13, 3), (7, 13, 4), (13, 8, 4), (1, 9, 2), (3, 2, 1)])
def test_around_is_nala_over_a_cell_and_its_neighbours(values, height, width, cell):
    spec = small(scopes=(f"around:{cell}",) * 3, **values)
    torch.manual_seed(7)
    qkv = torch.randn(2, height, width, 96, dtype=torch.float64, requires_grad=True)
    do = torch.randn(2, height, width, 32, dtype=torch.float64)
    got, wanted = attention(qkv, spec, 1), around_by_loops(qkv, spec, cell)
    assert got.dtype == torch.float64
    torch.testing.assert_close(got, wanted, rtol=1e-9, atol=1e-11)
    slopes = [torch.autograd.grad(o, qkv, do)[0] for o in (got, wanted)]
    torch.testing.assert_close(*slopes, rtol=1e-9, atol=1e-10)
    rounded = attention(qkv.detach().bfloat16(), spec, 1)
    torch.testing.assert_close(rounded, wanted.detach().bfloat16(), rtol=0.1, atol=0.2)


@pytest.mark.parametrize("cell", [7, 40])
def test_cells_that_see_the_whole_picture_are_the_global_form(cell):
    qkv = torch.randn(1, 7, 14, 96, dtype=torch.float64)
    qkv[0, 2, 3] = 0  # a token without directions
    around = small(scopes=(f"around:{cell}",) * 3)
    torch.testing.assert_close(attention(qkv, around, 2), whole(qkv, around), rtol=1e-10, atol=1e-12)


def test_cells_are_no_windows():
    spec = small(blocks=5, scopes=("window:8", "around:3", "global", "window:8", "around:4"))
    assert [spec.cell(block) for block in range(5)] == [0, 3, 0, 0, 4]
    assert spec.window(0) == (8, 0) and spec.window(3) == (8, 4)  # the second window, although the fourth block
    assert ModelSpec.from_json(spec.to_json()) == spec
    for scope in ("around", "around:", "around:x", "around:0", "around:-3", "round:3", "window:0"):
        with pytest.raises(ValueError):
            small(scopes=(scope,) * 3)


@pytest.mark.parametrize("scope", ["global", "window:8", "around:4", "none", "uniform"])
def test_every_scope_runs_and_a_closing_convolution_ends_each_group(scope):
    spec = small(scopes=(scope,) * 3)
    network = randomise(Network(spec), 3, gain=0.3)
    assert len(network.groups) == 2
    out = network(torch.rand(1, 3, 9, 11))
    assert out.shape == (1, 3, 18, 22) and torch.isfinite(out).all()


def test_a_window_as_large_as_the_picture_is_the_global_form():
    whole = randomise(Network(small(blocks=1)), 4, gain=0.3).double()
    window = Network(small(blocks=1, scopes=("window:8",))).double()
    window.load_state_dict(whole.state_dict())
    x = torch.rand(1, 3, 8, 8, dtype=torch.float64)
    torch.testing.assert_close(window(x), whole(x))


def test_weight_file_round_trip(tmp_path):
    network = randomise(Network(small(direction_map="relu_split")), 5, gain=0.3)
    weights.save(network.state_dict(), network.spec, tmp_path / "a.safetensors", torch.float32)
    again = weights.load(tmp_path / "a.safetensors")
    assert again.spec == network.spec
    assert all(torch.equal(a, b) for a, b in zip(network.state_dict().values(), again.state_dict().values()))
    broken = network.state_dict() | {"head.bias": torch.full((32,), 1e6)}
    with pytest.raises(ValueError):
        weights.save(broken, network.spec, tmp_path / "b.safetensors")


def test_a_mean_is_of_one_network(tmp_path):
    files = [tmp_path / name for name in "abc"]
    networks = [randomise(Network(spec), seed) for seed, spec in enumerate((small(), small(), small(scale=3)))]
    for file, network in zip(files, networks):
        weights.save(network.state_dict(), network.spec, file, torch.float32)
    mean(files[0], files[1], 0.25, tmp_path / "mean")
    a, b, got = (network.state_dict() for network in (*networks[:2], weights.load(tmp_path / "mean")))
    for name, value in got.items():
        torch.testing.assert_close(value, 0.75 * a[name] + 0.25 * b[name], rtol=1e-3, atol=1e-4)
    with pytest.raises(ValueError):
        mean(files[0], files[2], 0.25, tmp_path / "mean")


def test_flat_vector_round_trip():
    network = randomise(Network(small()), 6)
    layout = Layout(network.spec)
    back = layout.unflatten(layout.flatten(network.state_dict()))
    assert all(torch.equal(back[name], value) for name, value in network.state_dict().items())
