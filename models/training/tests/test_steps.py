import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from nalatrain.data import Store, load
from nalatrain.decibels import FLOOR, LUMA, decibels
from nalatrain.grow import grown, regrouped
from nalatrain.kernels import step as kernel
from nalatrain.network import Network, randomise
from nalatrain.resize import interpolate, matrix
from nalatrain.spec import ModelSpec
from nalatrain.steps import State, Step, autograd_gradients
from nalatrain.train import parse_phases, rate

device = "cuda" if torch.cuda.is_available() else "cpu"


def store(scale: int, height: int = 20, width: int = 17) -> Store:
    rng = np.random.default_rng(0)
    size = 3 * height * width
    table = np.array([(0, size, height, width)], np.int64)
    pixels = torch.from_numpy(rng.integers(0, 256, size * (1 + scale**2), dtype=np.uint8)).to(device)
    return Store(pixels, table, scale, [], [])


def test_patches_are_cut_where_the_draw_says_in_all_orientations():
    s, scale, n = store(2), 2, 5
    draws = s.draws(1, 8, n, np.random.default_rng(1))
    draws[0, :, 4] = range(8)
    hr = s.pixels.cpu()[20 * 17 * 3 :].view(40, 34, 3)
    patches = torch.empty(8, 3, n * scale, n * scale, device=device)
    counter = torch.zeros(1, dtype=torch.int64, device=device)
    kernel.cut(s.pixels, torch.from_numpy(draws).to(device), counter, patches, 2)
    for (_, _, offset, stride, turn), patch in zip(draws[0], patches.cpu()):
        y, x = divmod((offset - 20 * 17 * 3) // 3, 34)
        expected = hr[y : y + n * scale, x : x + n * scale].permute(2, 0, 1) / 255
        if turn & 2:
            expected = expected.flip(1)
        if turn & 4:
            expected = expected.flip(2)
        if turn & 1:
            expected = expected.transpose(1, 2)
        torch.testing.assert_close(patch, expected)
        assert stride == 34 * 3


def test_draws_cover_the_picture_and_stay_inside():
    s = store(2)
    draws = s.draws(400, 8, 16, np.random.default_rng(2)).reshape(-1, 5)
    y, x = np.divmod(draws[:, 0] // 3, 17)
    assert set(y) == set(range(5)) and set(x) == {0, 1} and set(draws[:, 4]) == set(range(8))


@pytest.mark.parametrize("power, expected", [(1.0, 16 / 17), (0.5, 4 / 5)])
def test_pictures_come_by_their_area_or_less(power, expected):
    table = np.array([(0, 0, 16, 16), (10**6, 0, 64, 64), (10**7, 0, 8, 99)], np.int64)  # the last is too low
    s = Store(torch.empty(0, dtype=torch.uint8), table, 4, [], [], area_power=power)
    offsets = s.draws(1000, 8, 12, np.random.default_rng(5))[..., 0]
    assert (offsets < 10**7).all() and abs((offsets >= 10**6).mean() - expected) < 0.02


def test_one_step_is_plain_training():
    spec = ModelSpec(dim=32, heads=1, blocks=1, scale=2)
    state, s = State(spec, 1, device), store(2)
    step = Step(state, s.pixels, 2, 8, 4, torch.float32)
    step.refill(torch.from_numpy(s.draws(4, 2, 8, np.random.default_rng(3))))
    network = Network(spec).to(device)
    network.load_state_dict(state.layout.unflatten(state.theta))
    before = state.theta.clone()
    state.advance(1e-3, 0.9)
    step.run()
    expected = autograd_gradients(network.double(), step.lr.double(), step.hr.double())
    got = state.layout.unflatten(step.network.weights.grad)
    tolerance = 2e-2 if device == "cuda" else 1e-4  # the device's products of float32 are tf32
    for name, slope in expected.items():
        if name != "loss":
            assert (got[name].double() - slope).norm() <= tolerance * slope.norm(), name
    assert abs(float(state.loss) - float(expected["loss"])) < 1e-5
    moved = (before - state.theta).abs()  # Adam's first step has the length of the learning rate
    assert moved.max() < 1.01e-3 and moved.median() > 0.9e-3
    torch.testing.assert_close(state.ema, before + (state.theta - before) * (1 - 2 / 11))
    assert int(step.cursor) == 1


def test_adam_equals_pytorch():
    torch.manual_seed(2)
    value = torch.randn(100, device=device)
    theta, ema, mean, square = (
        value.clone(),
        value.clone(),
        torch.zeros(100, device=device),
        torch.zeros(100, device=device),
    )
    expected = value.clone().requires_grad_()
    optimiser = torch.optim.Adam([expected], 1e-2, betas=(0.9, 0.99))
    clip = torch.tensor([1.0, 1.0], device=device)
    for t in range(1, 4):
        grad = torch.randn(100, device=device)
        expected.grad = grad.clone()
        optimiser.step()
        scalars = torch.tensor([1e-2, 1 - 0.9**t, 1 - 0.99**t, 0.5], device=device)
        kernel.adam(theta, grad, mean, square, ema, scalars, clip, (0.9, 0.99))
    torch.testing.assert_close(theta, expected.detach(), atol=1e-6, rtol=1e-5)


def test_clip_holds_back_outliers_and_drops_nan():
    state = torch.zeros(2, device=device)
    for norm, factor in ((1.0, 1.0), (8.0, 0.5), (float("nan"), 0.0), (1.0, 1.0)):
        kernel.clip(torch.tensor(norm, device=device), state)
        assert abs(float(state[1]) - factor) < 1e-5
    assert 1 <= float(state[0]) < 1.1


def test_loss_and_its_gradient():
    torch.manual_seed(3)
    tail = torch.randn(2, 4, 5, 12, device=device, requires_grad=True)
    base, target = torch.rand(2, 2, 3, 8, 10, device=device)
    loss, dtail = kernel.loss(tail.detach().flatten(0, 2), base, target, (4, 5), 2)
    expected = F.l1_loss(F.pixel_shuffle(tail.permute(0, 3, 1, 2), 2) + base, target)
    torch.testing.assert_close(loss, expected.detach())
    torch.testing.assert_close(dtail.view_as(tail), torch.autograd.grad(expected, tail)[0])


def test_drift_is_the_gradient_of_the_squares_mean_errors():
    torch.manual_seed(3)
    tail = torch.randn(2, 16, 32, 12, device=device, requires_grad=True)
    base, target = torch.rand(2, 2, 3, 32, 64, device=device)
    with torch.no_grad():
        base[1] += 0.02
    loss, dtail = kernel.loss(tail.detach().flatten(0, 2) * 0.01, base, target, (16, 32), 2, 0.5)
    out = F.pixel_shuffle(0.01 * tail.permute(0, 3, 1, 2), 2) + base
    pools = F.avg_pool2d(out - target, 32)
    expected = F.l1_loss(out, target)
    total = expected + 0.5 * F.huber_loss(pools, torch.zeros_like(pools), delta=1 / 255) * 255
    torch.testing.assert_close(loss, expected.detach())
    slope = torch.autograd.grad(total, tail)[0] / 0.01
    torch.testing.assert_close(dtail.view_as(tail), slope)
    assert (dtail.abs() > 1.1 / tail.numel()).any()


def test_squares_have_the_gradient_of_the_mean_squared_error():
    torch.manual_seed(3)
    tail = torch.randn(2, 4, 5, 12, device=device, requires_grad=True)
    base, target = torch.rand(2, 2, 3, 8, 10, device=device)
    loss, dtail = kernel.loss(tail.detach().flatten(0, 2), base, target, (4, 5), 2, 0.5, squares=True)
    out = F.pixel_shuffle(tail.permute(0, 3, 1, 2), 2) + base
    torch.testing.assert_close(loss, F.l1_loss(out, target).detach())
    torch.testing.assert_close(dtail.view_as(tail), torch.autograd.grad(F.mse_loss(out, target), tail)[0])


@pytest.mark.parametrize("luma", [0.0, 0.4])
def test_decibels_are_the_mean_of_the_patches_psnr(luma):
    torch.manual_seed(3)
    tail = torch.randn(2, 4, 5, 12, device=device, requires_grad=True)
    base, target = torch.rand(2, 2, 3, 8, 10, device=device)
    with torch.no_grad():
        tail[0] *= 0.01  # one patch is nearly right, as far as its tail goes
        base[0] = target[0] + 0.004 * torch.randn_like(target[0])
    _, gradient = kernel.loss(tail.detach().flatten(0, 2), base, target, (4, 5), 2, 0.5, squares=True)
    error = F.pixel_shuffle(tail.permute(0, 3, 1, 2), 2) + base - target
    grey = (error * torch.tensor(LUMA, device=device).view(3, 1, 1)).sum(1)
    squares = (1 - luma) * error.square().mean((1, 2, 3)) + luma * grey.square().mean((1, 2))
    expected = torch.autograd.grad((squares + FLOOR).log().mean(), tail)[0]
    torch.testing.assert_close(decibels(gradient, 2, luma).view_as(tail), expected, rtol=1e-4, atol=1e-5)
    assert squares[1] > 100 * squares[0]


def test_a_grown_network_computes_the_same_and_learns_everywhere():
    spec = ModelSpec(dim=32, heads=1, blocks=2, group=1, scale=2)
    small = randomise(Network(spec), 5).double()
    deep = grown(small, 6).double()
    x = torch.rand(1, 3, 9, 7, dtype=torch.float64)
    torch.testing.assert_close(deep(x), small(x))
    deep(x).square().mean().backward()
    for i in (1, 2, 4, 5):
        assert all(v.grad.abs().max() > 0 for v in (deep.blocks[i].gamma1, deep.blocks[i].gamma2, deep.groups[i].weight))
    with pytest.raises(ValueError):
        grown(small, 5)


def test_a_regrouped_network_computes_the_same_and_learns_everywhere():
    spec = ModelSpec(dim=32, heads=1, blocks=5, group=2, scale=2)
    coarse = randomise(Network(spec), 5).double()
    fine = regrouped(coarse, 1).double()
    x = torch.rand(1, 3, 9, 7, dtype=torch.float64)
    torch.testing.assert_close(fine(x), coarse(x))
    fine(x).square().mean().backward()
    assert [bool(c.weight.any()) for c in fine.groups] == [False, True, False, True, True]
    assert all(c.weight.grad.abs().max() > 0 for c in fine.groups)
    assert regrouped(coarse, 2) is coarse
    with pytest.raises(ValueError):
        regrouped(fine, 2)


def test_shrunk_copies_are_there_and_difficult_pictures_come_more_often(tmp_path):
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 256, (64, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "rough.png")
    Image.fromarray(np.full((64, 80, 3), 90, np.uint8)).save(tmp_path / "even.png")
    s = load(tmp_path, 4, copies=(0.5,))
    assert s.table[:, 2:].tolist() == [[16, 20], [8, 10], [16, 20], [8, 10]]
    assert s.favour[0] == s.favour[1] == 0 and s.favour[2] > s.favour[3] > 0
    offsets = s.draws(200, 4, 8, rng)[..., 0]
    assert (offsets >= s.table[2, 0]).all()  # of the flat picture there is nothing to learn
    assert (offsets >= s.table[3, 0]).any() and (offsets < s.table[3, 0]).any()


def test_weights_of_another_scale_are_a_start():
    spec = ModelSpec(dim=32, heads=1, blocks=1, scale=2)
    state, other = State(spec, 1, device), Network(ModelSpec(dim=32, heads=1, blocks=1, scale=4))
    assert state.start_from(other) == ["tail.weight", "tail.bias"]
    taken = state.network("cpu").state_dict()
    torch.testing.assert_close(taken["blocks.0.qkvg.weight"], other.state_dict()["blocks.0.qkvg.weight"])
    torch.testing.assert_close(state.theta, state.ema)


def test_interpolation_by_matrix():
    x = torch.rand(1, 3, 9, 9, dtype=torch.float64)
    m = matrix(9, 4)
    torch.testing.assert_close(m @ x @ m.T, interpolate(x, 4))
    torch.testing.assert_close(m.sum(1), torch.ones(36, dtype=torch.float64))


def test_schedule():
    assert parse_phases("0:64x16,0.6:96x7") == [(0.0, 64, 16), (0.6, 96, 7)]
    assert rate(250, 0.0, 1e-3, 500) == 5e-4
    assert rate(5000, 0.5, 1e-3, 500) == 5e-4
    assert rate(5000, 1.0, 1e-3, 500) < 1e-12
    assert [rate(5000, p, 1.0, 500, 0.6) for p in (0.0, 0.6, 0.7, 1.1)] == [1.0, 1.0, 0.5, 0.0]
