"""Training with a discriminator: sharpen.py, critic.py, and what train.py and export.py make of them."""

import argparse
import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors import safe_open
from test_blind import pixels
from test_steps import store

from nalatrain import train, weights
from nalatrain.critic import Critic, judge
from nalatrain.export import entry
from nalatrain.fused import KINDS
from nalatrain.network import Network
from nalatrain.sharpen import FIGURES, SharpState, SharpStep, likeness
from nalatrain.spec import ModelSpec
from nalatrain.steps import State, Step
from nalatrain.validation import detail

device = "cuda" if torch.cuda.is_available() else "cpu"
SPEC = ModelSpec(dim=32, heads=1, blocks=1, scale=2)


def begin(push: float = 1.0, plain: frozenset = frozenset(KINDS), **options) -> SharpStep:
    """`plain` PyTorch is several times faster than Triton's interpreter."""
    state, s = SharpState(SPEC, 1, device, width=8), store(2, 40, 36)
    step = SharpStep(state, s.pixels, 1, 16, 8, torch.float32, plain, **options)
    step.refill(torch.from_numpy(s.draws(8, 1, 16, np.random.default_rng(3))))
    state.push.fill_(push)
    return step


def train_steps(step: SharpStep, count: int) -> None:
    for _ in range(count):
        step.state.advance(1e-3, 0.9)
        step.state.set_push(1.0, 0)
        step.run()


def test_gradients_reach_every_tensor_of_both_networks():
    step, plain = begin(plain=frozenset()), Step(State(SPEC, 1, device), store(2, 40, 36).pixels, 1, 16, 8, torch.float32)
    plain.draws.copy_(step.draws)
    step.gradients()
    plain.gradients()
    layout = step.state.layout
    got, l1 = (layout.unflatten(s.network.weights.grad) for s in (step, plain))
    for name in got:
        assert torch.isfinite(got[name]).all() and got[name].norm() > 0, name
        assert (got[name] - l1[name]).norm() > 1e-2 * l1[name].norm(), name
    *parts, last_bias = step.critic_grad.split(step.state.critic.sizes)
    assert torch.isfinite(last_bias).all()  # 0 while all logits are within the hinge: -1 of real and 1 of fake
    for i, part in enumerate(parts):
        assert torch.isfinite(part).all() and part.norm() > 0, i


def test_the_whole_gradient_is_that_of_the_formula():
    step = begin(push=0.7, match=1.5, keep=0.5, drift=0.3)
    network = Network(SPEC).to(device)
    network.load_state_dict(step.state.layout.unflatten(step.state.theta))
    left = step.state.critic.left.clone()
    step.gradients()
    step.state.critic.left.copy_(left)  # so that the power iteration takes the same step
    normalised = step.state.critic.normalised(step.state.critic.theta)
    output = network(step.lr)
    fake, fake_maps = judge(output, normalised, torch.float32)
    _, real_maps = judge(step.hr, normalised, torch.float32)
    asked = 1.5 * likeness(fake_maps, real_maps) - fake.mean()
    size = torch.autograd.grad(asked, output, retain_graph=True)[0].square().mean().sqrt() * output.numel()
    means = F.avg_pool2d(output - step.hr, 2).abs().mean()
    squares = F.avg_pool2d(output - step.hr, 32)
    drift = F.huber_loss(squares, torch.zeros_like(squares), delta=1 / 255) * 255
    loss = F.l1_loss(output, step.hr) + 0.3 * drift + 0.5 * means + 0.7 / size.item() * asked
    names, values = zip(*network.named_parameters())
    wanted = dict(zip(names, torch.autograd.grad(loss, values)))
    got = step.state.layout.unflatten(step.network.weights.grad)
    tolerance = 3e-2 if device == "cuda" else 1e-3
    for name, slope in wanted.items():
        assert (got[name] - slope).norm() <= tolerance * slope.norm(), name
    assert abs(step.state.size.item() / size.item() - 1) < 1e-3


def test_normalised_weights_have_norm_one_but_for_the_logits():
    critic = Critic(1, device, width=8)
    for _ in range(200):
        parts = critic.normalised(critic.theta)
    for weight, _ in parts[:-1]:
        assert abs(torch.linalg.matrix_norm(weight.flatten(1), 2).item() - 1) < 1e-2
    assert torch.equal(parts[-1][0].reshape(-1), critic.theta.split(critic.sizes)[-2])


def test_the_discriminator_learns_to_tell_blurred_from_sharp():
    step = begin(push=0.0)
    torch.manual_seed(5)
    for _ in range(30):
        sharp = torch.rand(2, 3, 32, 32, device=device)
        soft = F.avg_pool2d(F.pad(sharp, (1, 1, 1, 1), "reflect"), 3, 1).requires_grad_()
        step.hr = sharp
        step.opinions(soft)
        step.state.critic.advance(5e-3, 0.9)
        step.state.critic.descend(step.critic_grad)
    figures = step.state.read_figures(1)
    assert figures["real"] > figures["fake"]  # over the whole time
    parts = step.state.critic.normalised(step.state.critic.theta)
    real, fake = (judge(x.detach(), parts, torch.float32)[0] for x in (sharp, soft))
    assert real.mean() > 0.5 and fake.mean() < -0.5
    assert not step.state.figures.any()


def test_its_push_is_as_large_as_asked_and_has_no_colour():
    step = begin()
    step.fetch()
    output = (step.hr * 0.9).requires_grad_()
    push = step.opinions(output)
    assert torch.equal(push[:, 0], push[:, 1]) and torch.equal(push[:, 0], push[:, 2])
    scaled = push / step.state.size
    assert abs(scaled.square().mean().sqrt().item() * push.numel() - 1) < 1e-5


def test_colours_are_kept_and_detail_is_not_bound():
    step = begin()
    step.fetch()
    tinted = step.hr.clone()
    tinted[:, 2] += 0.02
    slope = step.colour(tinted)
    assert (slope[:, 2] > 0).all()
    torch.testing.assert_close(slope[:, 2], torch.full_like(slope[:, 2], 1 / tinted.numel()))
    chequered = torch.tensor([[0.25, -0.25], [-0.25, 0.25]], device=device).repeat(16, 16)
    step.hr = torch.full_like(step.hr, 0.5)
    assert not step.colour(step.hr + chequered).any()


def test_it_learns_alone_at_first():
    state = SharpState(SPEC, 1, device, width=8)
    pushes = []
    for state.step in (0, 100, 150, 200, 5000):
        state.set_push(0.8, 100)
        pushes.append(round(state.push.item(), 5))
    assert pushes == [0, 0, 0.4, 0.8, 0.8]


def test_going_on_from_a_checkpoint_is_the_same_training():
    straight, first, second = begin(), begin(), begin()
    train_steps(straight, 2)
    train_steps(first, 1)
    second.state.restore({name: value.clone() for name, value in first.state.tensors().items()}, first.state.step)
    second.cursor.copy_(first.cursor)
    train_steps(second, 1)
    assert straight.state.step == second.state.step == straight.state.critic.step == second.state.critic.step == 2
    ends = straight.state.tensors(), second.state.tensors()
    assert {"theta", "ema", "critic_theta", "critic_mean", "critic_left", "size"} <= set(ends[0])
    for name, value in ends[0].items():
        assert torch.equal(value, ends[1][name]), name
    assert not torch.equal(ends[0]["critic_theta"], begin().state.tensors()["critic_theta"])


@pytest.mark.skipif(device == "cpu", reason="graphs need a GPU")
def test_the_graph_is_the_eager_step():
    eager, graph = begin(), begin()
    graph.capture()
    train_steps(eager, 3)
    train_steps(graph, 3)
    for name, value in eager.state.tensors().items():
        torch.testing.assert_close(graph.state.tensors()[name], value, atol=2e-3, rtol=2e-2, msg=name)


def test_detail_is_the_energy_beyond_the_inputs_frequencies():
    hr = torch.from_numpy(pixels(96, 80)).permute(2, 0, 1)[None].float() / 255
    assert abs(detail(hr, hr, 4).item() - 1) < 1e-5
    soft = F.interpolate(F.avg_pool2d(hr, 4), scale_factor=4, mode="bicubic")
    assert detail(soft, hr, 4).item() < 0.1
    louder = 0.5 + (hr - hr.mean()) * 1.0 + 0.1 * torch.randn(hr.shape, generator=torch.Generator().manual_seed(1))
    assert detail(louder, hr, 4).item() > 1.5


def options(folder, **values) -> argparse.Namespace:
    line = f"--data {folder} --run {folder / 'run'} --blind --sharpen 1.5 --dim 32 --heads 1 --blocks 1 --phases 0:16x1"
    line += " --plain depthwise,attend,feed --validate-every 1e9"
    return train.parser().parse_args([*line.split(), *(f"--{key}={value}" for key, value in values.items())])


def test_a_training_resumes_and_ships(tmp_path):
    for name in ("x1.png", "x2.png", "s3_0013.jpg", "s3_0017.webp", "cid22_258947.jpg"):
        Image.fromarray(pixels(128, 128)).save(tmp_path / name)
    Image.fromarray(pixels(128, 128)).save(tmp_path / "photo31.png")  # held out by its hash, and not structured
    spec = ModelSpec(dim=32, heads=1, blocks=1, rotary_span=16)  # what a training with patches of 16 writes
    with pytest.raises(SystemExit):
        train.train(options(tmp_path))  # from nothing is a mistake
    weights.save(Network(spec).state_dict(), spec, tmp_path / "photo.safetensors")
    train.train(options(tmp_path, init=tmp_path / "photo.safetensors", steps=1, ahead=0))
    train.train(options(tmp_path, steps=2, ahead=0))
    log = [json.loads(line) for line in (tmp_path / "run/log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in log if row.get("event") in ("resume", "pause")] == [1, 1, 2]
    figures = [row["validation"] for row in log if "validation" in row and isinstance(row["validation"], dict)]
    assert len(figures) == 3 and {"blind", "detail_blind", "detail_bicubic"} <= set(figures[0])
    file = tmp_path / "run/ema.safetensors"
    with safe_open(str(file), "pt") as new, safe_open(str(tmp_path / "photo.safetensors"), "pt") as old:
        assert new.metadata() == old.metadata() and set(new.keys()) == set(old.keys())
        moved = [not torch.equal(new.get_tensor(name), old.get_tensor(name)) for name in old.keys()]
    assert any(moved)
    made = entry(file, "photo-sharp", [])
    assert made["sharpens"] == "photo" and made["scale"] == 4 and "random blur" in made["training_data"]
    assert "sharpens" not in entry(file, "photo", [])
    assert len(FIGURES) == 5
