import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from nalatrain import data, teach
from nalatrain.network import Network, randomise
from nalatrain.spec import ModelSpec

device = "cuda" if torch.cuda.is_available() else "cpu"


def test_kernels_that_disagree_are_not_used(monkeypatch):
    network = Network(ModelSpec(dim=32, heads=1, blocks=1, scale=2))
    like = torch.rand(1, 3, 16, 16, device=device)
    with torch.no_grad():
        assert isinstance(teach.quickest(network, like, frozenset()), teach.Teacher)
        monkeypatch.setattr(teach.Teacher, "__call__", lambda self, x: network(x) + 0.01)
        assert teach.quickest(network, like, frozenset()) is network


def test_targets_are_original_and_the_mean_over_mirror_images_of_the_teacher():
    network = randomise(Network(ModelSpec(dim=32, heads=1, blocks=2, scale=2)), 1, gain=0.3).eval()
    rng = np.random.default_rng(0)
    sizes, table, at = [(13, 9), (8, 11)], [], 0
    for height, width in sizes:
        table.append((at, at + 3 * height * width, height, width))
        at += 3 * height * width * 5
    pixels = torch.from_numpy(rng.integers(0, 256, at, dtype=np.uint8)).to(device)
    before = pixels.cpu().clone()
    store = data.Store(pixels, np.array(table), 2, [], [], alone=np.array([False, True]))
    teach.teach(store, network, 0.25)
    for (lr, hr, height, width), alone in zip(table, store.alone):
        low = before[lr:hr].view(height, width, 3).permute(2, 0, 1)[None] / 255
        low = F.pad(low, (0, 16 - width, 0, 16 - height), mode="replicate")
        with torch.no_grad():
            turned = [network(low.flip(axes)).flip(axes) for axes in ([], [2], [3], [2, 3])]
        guess = 255 * torch.stack(turned).mean(0).clamp(0, 1)[0, :, : 2 * height, : 2 * width].permute(1, 2, 0).reshape(-1)
        high = before[hr : hr + 4 * (hr - lr)]
        wanted = guess if alone else 0.75 * high + 0.25 * guess
        got = store.pixels.cpu()
        assert torch.equal(got[lr:hr], before[lr:hr])
        difference = (got[hr : hr + 4 * (hr - lr)] - wanted).abs()
        assert difference.max() < (2 if device == "cuda" else 0.51)  # the GPU's maps are of bfloat16


def test_a_picture_larger_than_a_tile_is_guessed_all_over(monkeypatch):
    monkeypatch.setattr(teach, "TILE", 16)
    monkeypatch.setattr(teach, "OVERLAP", 8)
    network = randomise(Network(ModelSpec(dim=32, heads=1, blocks=1, scale=2)), 1, gain=0.1).eval()
    with torch.no_grad():
        guess = teach.best_guess(network, torch.full((3, 20, 35), 0.8))
    assert guess.shape == (3, 40, 70) and 0 <= guess.min() and guess.max() <= 1
    assert (guess.mean((0, 2)) > 0.5).all() and (guess.mean((0, 1)) > 0.5).all()


def test_inputs_without_original_are_shrunk_pictures_and_drawn_by_their_share(tmp_path):
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (480, 640, 3), dtype=np.uint8)
    Image.fromarray(picture).save(tmp_path / "a.png")
    s = data.load(tmp_path, 2, inputs=(0.5, 0.1))  # a tenth would be too small
    assert s.alone.tolist() == [False, True] and s.table[1, 2:].tolist() == [240, 320]
    lr, hr = s.table[1, :2]
    assert torch.equal(s.pixels[lr:hr].view(240, 320, 3), torch.from_numpy(data.shrink(picture, 0.5, 1)))
    assert s.pixels.numel() == hr + 4 * (hr - lr)
    draws = s.draws(1000, 4, 32, np.random.default_rng(1)).reshape(-1, 5)
    assert abs((draws[:, 0] >= lr).mean() - data.ALONE) < 0.03
