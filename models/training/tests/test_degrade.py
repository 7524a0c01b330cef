"""The blind pipeline: against Pillow and NumPy, by statistics, and by its parameters' ranges."""

import io

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from nalatrain import degrade
from nalatrain.degrade import Degrader, Ranges
from nalatrain.jpeg import Jpeg
from nalatrain.kernels.blur import blur
from nalatrain.resize import reduce

device = "cuda" if torch.cuda.is_available() else "cpu"


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth colours, edges and some texture, uint8."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = [127 + 90 * np.sin(x / (7 + 9 * c) + y / (11 - 3 * c)) for c in range(3)]
    waves = np.stack(waves, -1) + rng.normal(0, 6, (height, width, 3))
    waves[height // 3 : height // 2, width // 4 : width // 2] = (220, 40, 90)
    return waves.clip(0, 255).astype(np.uint8)


def tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float().to(device)


def clean(batch: int, **changes) -> dict:
    """Parameters that do nothing but shrink, except for the changes (one value for all pictures)."""
    p = degrade.draw(batch, 4, Ranges(clean=1.0), device)
    for name, value in changes.items():
        p[name] = torch.full_like(p[name], value)
    return p


@pytest.mark.parametrize("halved", [False, True])
def test_jpeg_is_pillows(halved):
    """Close to libjpeg's decoded picture; its integer DCT rounds some coefficients near ties the other way, which shows
    most where the steps are small. The loss as such is the same."""
    qualities = [30, 50, 60, 75, 95]
    pictures = [picture(64, 80, seed) for seed in range(len(qualities))]
    expected = []
    for pixels, quality in zip(pictures, qualities):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=2 if halved else 0)
        expected.append(np.asarray(Image.open(file)))
    flags = torch.full((len(qualities),), halved, device=device)
    got = Jpeg(device)(tensor(pictures), torch.tensor(qualities, device=device, dtype=torch.float32), flags)
    difference = (got - tensor(expected)).abs().mean((1, 2, 3))
    change = (tensor(pictures) - tensor(expected)).abs().mean((1, 2, 3))
    ours = (tensor(pictures) - got).abs().mean((1, 2, 3))
    print(f"halved {halved}:", [f"{d:.2f} of {c:.2f}" for d, c in zip(difference.tolist(), change.tolist())])
    assert (difference[:4] < 0.06 * change[:4]).all() and difference[4] < 0.3 * change[4]
    assert ((ours - change).abs() < 0.01 * change).all()


def test_blur_is_a_correlation_with_replicated_borders():
    torch.manual_seed(0)
    x = torch.rand(2, 3, 13, 17, device=device)
    kinds = torch.tensor([degrade.SKEW, degrade.NONE], device=device)
    ones = torch.ones(2, device=device)
    kernels, radius = degrade.blur_kernels(kinds, 1.2 * ones, 0.5 * ones, 0.7 * ones, 10)
    assert radius.tolist() == [4, 0]
    padded = F.pad(x, (10, 10, 10, 10), mode="replicate")
    wanted = torch.stack([F.conv2d(padded[i, :, None], kernels[i, None, None])[:, 0] for i in range(2)])
    torch.testing.assert_close(blur(x, kernels, radius), wanted)
    torch.testing.assert_close(wanted[1], x[1])


def test_kernels_have_their_shape():
    kinds = torch.tensor([degrade.GAUSSIAN, degrade.SKEW, degrade.MOTION, degrade.DISC])
    along, across = torch.tensor([1.6, 3.0, 6.0, 4.0]), torch.tensor([1.6, 1.0, 1.0, 1.0])
    kernels, radius = degrade.blur_kernels(kinds, along, across, torch.zeros(4), 10)
    torch.testing.assert_close(kernels.sum((1, 2)), torch.ones(4))
    t = torch.arange(-10, 11.0)
    spread_x = (kernels.sum(1) * t**2).sum(1).sqrt()
    spread_y = (kernels.sum(2) * t**2).sum(1).sqrt()
    torch.testing.assert_close(spread_x[:2], torch.tensor([1.6, 3.0]), rtol=0.03, atol=0)
    torch.testing.assert_close(spread_y[:2], torch.tensor([1.6, 1.0]), rtol=0.03, atol=0)
    assert abs(spread_x[2] - 2 * 6.5 / 12**0.5) < 0.3 and spread_y[2] < 0.8  # a line of 13 pixels
    assert abs(spread_x[3] - 4 / 2) < 0.3 and abs(spread_y[3] - spread_x[3]) < 1e-3  # a disc: R / 2


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_clean_pictures_are_the_bicubic_ones(scale):
    n = 16
    maker = Degrader(2, n, scale, device)
    pictures = [picture(scale * (n + 16), scale * (n + 16), i) for i in range(2)]
    p = degrade.draw(2, scale, Ranges(clean=1.0), device)
    low = maker.low(tensor(pictures), p)
    wanted = tensor([reduce(pixels, scale) for pixels in pictures])
    assert (low - wanted).abs().max() <= 1 and (low != wanted).float().mean() < 1e-3


@pytest.mark.parametrize("which, filter_", [(1, Image.BILINEAR), (2, Image.BOX), (3, Image.LANCZOS)])
def test_other_shrinking_kernels_are_pillows(which, filter_):
    plane = picture(96, 96)[..., 0].astype(np.float32)
    wanted = np.asarray(Image.fromarray(plane, "F").resize((24, 24), filter_))
    a = degrade.shrink_matrices(96, 4)[which]
    got = a @ torch.from_numpy(plane).double() @ a.T
    assert np.abs(got.numpy() - wanted).max() < 1e-3


def test_noise_has_the_strength_that_was_drawn():
    torch.manual_seed(1)
    flat = torch.full((4, 3, 128, 128), 128.0, device=device)
    flat[3] = 32.0
    put = lambda values: torch.tensor(values, device=device)
    sigma, shot, grey = put([8.0, 8.0, 0.0, 0.0]), put([0.0, 0.0, 6.0, 6.0]), put([False, True, False, False])
    noisy = degrade.add_noise(flat, sigma, shot, grey)
    deviation = (noisy - flat).std((1, 2, 3)).cpu()
    torch.testing.assert_close(deviation, torch.tensor([8.0, 8.0, 6.0, 3.0]), rtol=0.03, atol=0)
    assert (noisy[1, 0] == noisy[1, 1]).all() and (noisy[0, 0] != noisy[0, 1]).float().mean() > 0.9
    assert torch.equal(degrade.add_noise(flat, *put([[0.0] * 4] * 2), put([False] * 4)), flat)


def test_parameters_keep_their_ranges_and_shares():
    torch.manual_seed(2)
    n, r = 20000, Ranges()
    p = degrade.draw(n, 4, r, "cpu")
    plain = p["kind"] == degrade.NONE
    untouched = plain & ~p["jpeg"] & ~p["twice"] & (p["noise"] + p["shot"] == 0) & (p["shrink"] == degrade.BICUBIC)
    assert abs(untouched.float().mean() - r.clean - 0.003) < 0.01
    gaussian = p["along"][p["kind"] == degrade.GAUSSIAN]
    assert r.sigma[0] <= gaussian.min() < 0.3 and 3.3 < gaussian.max() <= r.sigma[1]
    assert (gaussian < 0.5).float().mean() > 0.05 and (gaussian > 2.7).float().mean() > 0.15  # the protocol lies inside
    quality = p["quality"][p["jpeg"]]
    assert quality.min() == 30 and quality.max() == 95 and (quality == quality.floor()).all()
    assert 0.5 < p["jpeg"].float().mean() < 0.55 and 0.18 < p["twice"].float().mean() < 0.22
    assert p["noise"].max() <= 15 and 0.1 < (p["noise"] > 8).float().mean() < 0.3
    for kind, share in enumerate(r.blurs[1:], 1):
        assert abs((p["kind"] == kind).float().mean() - (1 - r.clean) * share) < 0.02
    assert set(p["row"].tolist()) == set(range(17)) and p["along"][p["kind"] == degrade.MOTION].min() >= 1


def test_two_passes_end_where_one_would():
    """Strengths near zero: shrinking twice is close to shrinking once, and nothing is displaced."""
    maker = Degrader(1, 16, 4, device)
    hr = tensor([picture(128, 128)])
    once = maker.low(hr, clean(1))
    quiet = dict(first_noise=0.0, first_shot=0.0, first_jpeg=False, second_sigma=0.1, second_shrink=0)
    twice = maker.low(hr, clean(1, twice=True, **quiet))
    shifted = once.roll(1, -1)
    assert (once - twice).abs().mean() < 0.2 * (shifted - twice).abs().mean()


def test_same_seed_same_batch_and_the_crop_fits():
    hr = tensor([picture(128, 128, i) for i in range(2)]) / 255
    maker = Degrader(2, 16, 4, device)
    batches = []
    for seed in (5, 5, 6):
        torch.manual_seed(seed)
        batches.append(maker(hr))
    assert all(torch.equal(a, b) for a, b in zip(*batches[:2]))
    assert not torch.equal(batches[0][0], batches[2][0])
    low, high = batches[0]
    assert low.shape == (2, 3, 16, 16) and high.shape == (2, 3, 64, 64)
    assert 0 <= low.min() and low.max() <= 1
    means = lambda x: x.mean((2, 3))
    assert (means(low) - means(high)).abs().max() < 0.03  # the same piece of the picture


def test_crop_is_aligned():
    maker = Degrader(2, 16, 4, device, Ranges(clean=1.0))
    hr = tensor([picture(128, 128, i) for i in range(2)]) / 255
    torch.manual_seed(3)
    low, high = maker(hr)
    again = tensor([reduce((h.permute(1, 2, 0) * 255).round().byte().cpu().numpy(), 4) for h in high]) / 255
    inner = (slice(None), slice(None), slice(2, -2), slice(2, -2))  # the edges differ: the crop has no surroundings
    assert (low[inner] - again[inner]).abs().max() < 1.6 / 255


def test_a_table_holds_what_draw_gives():
    torch.manual_seed(4)
    table = degrade.draw_table(5, 7, 4, Ranges(), device)
    torch.manual_seed(4)
    p = degrade.draw(35, 4, Ranges(), device)
    row = degrade.table_row(table, torch.tensor([3], device=device), sorted(p))
    for name, value in p.items():
        assert torch.equal(row[name], value[21:28]) and row[name].dtype == value.dtype, name
