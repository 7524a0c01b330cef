from itertools import permutations

import numpy as np
import pytest
import torch
from PIL import Image

from nalatrain import data
from nalatrain.augment import Augment
from nalatrain.kernels import step as kernel
from nalatrain.resize import reduce
from nalatrain.spec import ModelSpec
from nalatrain.steps import State, Step
from nalatrain.train import parse_copies

device = "cuda" if torch.cuda.is_available() else "cpu"


def batch(count: int = 24, side: int = 32, scale: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    """LR and HR of smooth and rough pictures, in [0, 1]."""
    rng = np.random.default_rng(5)
    hr = rng.integers(0, 256, (count, side, side, 3), dtype=np.uint8)
    hr[::2] = np.repeat(np.repeat(hr[::2, ::8, ::8], 8, 1), 8, 2)
    lr = np.stack([reduce(x, scale) for x in hr])
    return tuple(torch.from_numpy(x).permute(0, 3, 1, 2).contiguous().to(device) / 255 for x in (lr, hr))


def reduced(hr: torch.Tensor, scale: int) -> np.ndarray:
    """Float [B, 3, H/s, W/s], as `reduce` but neither rounded nor cut to 0..1."""
    size = (hr.shape[3] // scale, hr.shape[2] // scale)
    planes = hr.cpu().numpy().reshape(-1, *hr.shape[2:])
    small = [np.asarray(Image.fromarray(plane, "F").resize(size, Image.BICUBIC)) for plane in planes]
    return np.stack(small).reshape(*hr.shape[:2], *size[::-1])


@pytest.mark.parametrize("mix, colours", [(1.0, 0.0), (0.0, 1.0), (0.7, 0.7)])
def test_lr_stays_the_reduction_of_hr(mix, colours):
    torch.manual_seed(1)
    _, hr = batch()
    hr = 0.25 + 0.5 * hr  # bicubic's overshoot stays within 0..1, so that nothing is cut
    lr = ((torch.from_numpy(reduced(hr, 4)) * 255).round() / 255).to(device)
    low, high = Augment(mix, colours, 0.0, device)(lr, hr)
    assert low.shape == lr.shape and high.shape == hr.shape and low.is_contiguous() and high.is_contiguous()
    assert np.abs(reduced(high, 4) - low.cpu().numpy()).max() < 1.01 / 255
    torch.testing.assert_close(low * 255, (low * 255).round(), atol=1e-4, rtol=0)
    changed = (high - hr).abs().amax((1, 2, 3)) > 1e-3
    assert changed.all() if max(mix, colours) == 1 else changed.any() and not changed.all()


def test_values_stay_in_range():
    torch.manual_seed(2)
    low, high = Augment(0.5, 0.8, 0.0, device)(*batch())
    assert low.min() >= 0 and low.max() <= 1 and high.min() > -1e-6 and high.max() < 1 + 1e-6
    assert low.dtype == high.dtype == torch.float32


def test_share_zero_changes_nothing_and_small_shares_few():
    lr, hr = batch()
    low, high = Augment(0.0, 0.0, 0.0, device)(lr, hr)
    assert torch.equal(high, hr) and torch.equal(low, lr)
    low, high = Augment(1e-9, 1e-9, 0.0, device)(lr, hr)  # through all of the formulas
    assert torch.equal(high, hr) and torch.equal(low, lr)


def test_blends_weigh_the_patch_itself_more():
    torch.manual_seed(3)
    lr, hr = batch()
    _, high = Augment(1.0, 0.0, 0.0, device)(lr, hr)
    towards = hr.roll(1, 0) - hr
    part = ((high - hr) * towards).sum((1, 2, 3)) / towards.square().sum((1, 2, 3))
    assert (part > 0).all() and (part <= 0.5 + 1e-6).all() and part.std() > 0.05
    torch.testing.assert_close(high, hr + part[:, None, None, None] * towards)


def test_flat_alone_leaves_the_other_patches():
    torch.manual_seed(6)
    lr, hr = batch(96)
    low, high = Augment(0.0, 0.0, 0.25, device)(lr, hr)
    flat = high.std((2, 3)).amax(1) < 1e-6
    assert 10 < flat.sum() < 40 and torch.equal(high[~flat], hr[~flat]) and torch.equal(low[~flat], lr[~flat])


def test_colours_are_permutations_slopes_and_levels():
    torch.manual_seed(4)
    lr, hr = batch(96)
    low, high = Augment(0.0, 1.0, 0.05, device)(lr, hr)
    orders, slopes, flat_ones = [], [], 0
    for x, small, y in zip(hr.double(), low.double(), high.double()):
        if y.std((1, 2)).max() < 1e-6:  # one colour, in LR as well
            assert (small.mean((1, 2)) - y.mean((1, 2))).abs().max() < 1e-6 and small.std((1, 2)).max() < 1e-6
            flat_ones += 1
            continue
        best = None
        for order in permutations(range(3)):
            flat, target = x[list(order)].flatten(), y.flatten()
            slope = ((flat - flat.mean()) * (target - target.mean())).sum() / (flat - flat.mean()).square().sum()
            error = (target - target.mean() - slope * (flat - flat.mean())).abs().max()
            if best is None or error < best[0]:
                best = (float(error), order, float(slope))
        assert best[0] < 1e-5
        orders.append(best[1])
        slopes.append(best[2])
    assert 0 < flat_ones < 20
    slopes = np.array(slopes)
    assert set(orders) == set(permutations(range(3)))
    assert (np.abs(slopes) > 0.6 - 1e-4).all() and (np.abs(slopes) < 1 + 1e-4).all()
    assert 0.3 < (slopes < 0).mean() < 0.7


def test_a_step_fetches_augmented_patches():
    lr, hr = batch(1, 96)
    pixels = torch.cat([(x * 255).round().byte().permute(0, 2, 3, 1).flatten() for x in (lr, hr)])
    store = data.Store(pixels, np.array([(0, lr.numel(), 24, 24)], np.int64), 4, [], [])
    fetched = []
    for options in ({}, dict(mix=0.0, colours=0.0), dict(mix=1.0, colours=1.0)):
        step = Step(State(ModelSpec(dim=32, heads=1, blocks=1), 1, device), pixels, 4, 8, 2, torch.float32, **options)
        step.refill(torch.from_numpy(store.draws(2, 4, 8, np.random.default_rng(1))))
        places = step.lr.data_ptr(), step.hr.data_ptr()
        step.fetch()
        assert places == (step.lr.data_ptr(), step.hr.data_ptr())  # in place: a graph reads them
        fetched.append((step.lr.clone(), step.hr.clone()))
    assert torch.equal(fetched[0][0], fetched[1][0]) and torch.equal(fetched[0][1], fetched[1][1])
    assert ((fetched[0][1] - fetched[2][1]).abs().amax((1, 2, 3)) > 0.01).all()


@pytest.mark.skipif(device == "cpu", reason="CUDA graphs")
def test_a_captured_augmentation_draws_anew_at_every_replay():
    lr, hr = batch()
    augment = Augment(0.5, 0.5, 0.0, device)
    augment(lr, hr)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        _, high = augment(lr, hr)
    graph.replay()
    first = high.clone()
    graph.replay()
    assert not torch.equal(first, high)


def test_turned_copies_have_no_background():
    for height, width in ((400, 600), (600, 400), (500, 500), (401, 1003)):
        for angle in (0, 5, 20, 45, 60, 90, -20, 135):
            turned = data.turn(np.full((height, width, 3), 200, np.uint8), angle)
            assert (turned == 200).all() and turned.shape[:2] == data.inside(height, width, angle)
    assert data.inside(400, 600, 0) == (396, 596) and data.inside(400, 600, 90) == (596, 396)
    assert abs(data.inside(400, 600, 45)[0] - (200 * 2**0.5 - 4)) <= 1  # two corners touch the long sides


def test_the_rectangle_is_the_largest():
    for height, width, angle in ((400, 600, 10.0), (600, 400, 20.0), (300, 900, 35.0)):
        a = np.radians(angle)
        best = 0.0
        for wide in np.arange(1.0, 1000, 0.5):  # the greatest height at each width, from the corners' places
            high = min((height - wide * np.sin(a)) / np.cos(a), (width - wide * np.cos(a)) / np.sin(a))
            best = max(best, wide * high)
        rows, columns = data.inside(height, width, angle)
        assert 0.99 * best < (rows + 5) * (columns + 5) and (rows + 4) * (columns + 4) <= best * 1.001


def test_turning_turns():
    y, x = np.mgrid[:300, :300] - 149.5
    ramp = np.repeat((128 + 0.5 * x)[..., None], 3, 2).round().clip(0, 255).astype(np.uint8)
    turned = data.turn(ramp, 30.0)[..., 0].astype(float)
    slopes = [np.gradient(turned, axis=axis).mean() for axis in (0, 1)]
    assert np.allclose(np.abs(slopes), [0.25, 0.5 * 3**0.5 / 2], atol=0.01)
    assert abs(turned.mean() - 128) < 0.5


def test_turned_copies_are_loaded_where_they_are_large_enough(tmp_path, monkeypatch):
    rng = np.random.default_rng(4)
    for name, shape in (("large.png", (900, 1000, 3)), ("small.png", (500, 480, 3)), ("x1.png", (900, 1000, 3))):
        Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(tmp_path / name)
    monkeypatch.setattr(data, "is_held_out", lambda name: name == "x1.png")
    copies, turned = parse_copies("0.5,0.7:20")
    assert copies == (0.5,) and turned == ((0.7, 20.0),)
    s = data.load(tmp_path, 4, copies=copies, turned=turned)
    sizes = s.table[:, 2:].tolist()
    rows, columns = (round(n * 0.7) // 4 for n in data.inside(900, 1000, 20.0))
    assert sizes == [[225, 250], [112, 125], [rows, columns], [125, 120], [62, 60]] and rows >= 96
    assert [name for name, _, _ in s.validation] == ["x1.png", "x1.png@0.5"]
    assert len(s.favour) == 5 and s.pixels.numel() == sum(3 * 17 * h * w for h, w in sizes)
    for low, high, h, w in s.table:  # the pairs belong together
        lr = s.pixels[low : low + 3 * h * w].view(h, w, 3).numpy()
        hr = s.pixels[high : high + 48 * h * w].view(4 * h, 4 * w, 3).numpy()
        assert (reduce(hr, 4) == lr).all()
    only = data.load(tmp_path, 4, turned=turned)
    assert len(only.table) == 3 and len(only.favour) == 3 and len(only.validation) == 1
    assert parse_copies("") == ((), ())


def test_decoupled_decay_equals_pytorch():
    torch.manual_seed(2)
    theta = torch.randn(100, device=device)
    mean, square, ema = torch.zeros_like(theta), torch.zeros_like(theta), theta.clone()
    halves = [theta[:50].clone().requires_grad_(), theta[50:].clone().requires_grad_()]
    groups = [{"params": [halves[0]], "weight_decay": 0.1}, {"params": [halves[1]], "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, 1e-2, betas=(0.9, 0.99))
    decays = torch.cat([torch.full((50,), 0.1), torch.zeros(50)]).to(device)
    clip = torch.tensor([1.0, 1.0], device=device)
    for t in range(1, 4):
        grad = torch.randn(100, device=device)
        halves[0].grad, halves[1].grad = grad[:50].clone(), grad[50:].clone()
        optimiser.step()
        scalars = torch.tensor([1e-2, 1 - 0.9**t, 1 - 0.99**t, 0.5], device=device)
        kernel.adam(theta, grad, mean, square, ema, scalars, clip, (0.9, 0.99), decays=decays)
    torch.testing.assert_close(theta, torch.cat(halves).detach(), atol=1e-6, rtol=1e-5)


def test_matrices_decay_and_biases_do_not():
    state = State(ModelSpec(dim=32, heads=1, blocks=1), 1, device)
    state.set_weight_decay(0.02)
    decays = state.layout.unflatten(state.decays)
    assert all((v == (0.02 if k.endswith("weight") and "norm" not in k else 0.0)).all() for k, v in decays.items())
    state.set_weight_decay(0.0)
    assert state.decays is None
