import numpy as np

from nalatrain.data import is_held_out
from nalatrain.metrics import luma, psnr, ssim
from nalatrain.resize import reduce


def test_luma_of_black_and_white():
    ends = luma(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8))
    np.testing.assert_allclose(ends, [[16, 235]], atol=1e-9)


def test_psnr_of_a_known_difference():
    a = np.full((20, 20, 3), 100, np.uint8)
    difference = 10 * (65.481 + 128.553 + 24.966) / 255
    assert abs(psnr(a, a + 10, 4) - 20 * np.log10(255 / difference)) < 1e-9
    b = a.copy()
    b[:4] = 0  # in the border: not counted
    assert psnr(a, b, 4) == float("inf")


def test_ssim():
    a = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    assert abs(ssim(a, a, 4) - 1) < 1e-12
    assert ssim(a, 255 - a, 4) < 0.1


def test_reduction_keeps_flat_pictures_and_means():
    assert (reduce(np.full((16, 24, 3), 77, np.uint8), 4) == 77).all()
    a = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert reduce(a, 4).shape == (16, 16, 3)
    assert abs(reduce(a, 4).mean() - a.mean()) < 1


def test_held_out_pictures_are_few_and_fixed():
    names = [f"{i}.png" for i in range(4000)]
    assert 60 < sum(map(is_held_out, names)) < 140
    assert is_held_out("cid22_110472.jpg") and not is_held_out("cid22_1001682.jpg")
