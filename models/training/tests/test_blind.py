"""The blind protocol, validation, tiles, and the blind training step."""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nalatrain import protocol
from nalatrain.ablate import pick, record, remaining, train_options
from nalatrain.data import STRUCTURED, Store, load
from nalatrain.colour import FLAT, shift
from nalatrain.evaluate import blind, by_program, evaluate, upscale
from nalatrain.export import metrics
from nalatrain.metrics import psnr
from nalatrain.network import Network, randomise
from nalatrain.spec import ModelSpec
from nalatrain.steps import State, Step
from nalatrain.validation import Validation, mirrored, tiled
from nalatrain.validation import psnr as psnr_on_device

device = "cuda" if torch.cuda.is_available() else "cpu"
SHARED_TOOL = Path(__file__).parents[4] / "shared/tools/degrade.py"


def pixels(height: int, width: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    plane = 120 + 60 * np.sin(x / 5) * np.cos(y / 7)
    return (plane[..., None] + rng.normal(0, 9, (height, width, 3))).clip(0, 255).astype(np.uint8)


def small(**values) -> Network:
    spec = ModelSpec(**{"dim": 16, "heads": 1, "blocks": 2, "group": 2, "scale": 4} | values)
    return randomise(Network(spec), 1, gain=0.2).eval()


@pytest.mark.skipif(not SHARED_TOOL.exists(), reason="the shared folder is not here")
def test_the_protocol_is_the_shared_tools():
    spec = importlib.util.spec_from_file_location("shared_degrade", SHARED_TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    hr = pixels(64, 48)
    assert list(protocol.SETTINGS.values()) == tool.SETTINGS
    for name, (sigma, noise, quality) in protocol.SETTINGS.items():
        assert np.array_equal(protocol.lower(hr, 4, name), tool.degrade(hr, 4, sigma, noise, quality)), name


def test_psnr_on_the_device_is_that_of_metrics():
    a, b = pixels(40, 44, 1), pixels(40, 44, 2)
    put = lambda x: torch.from_numpy(x).permute(2, 0, 1)[None].float() / 255
    assert abs(psnr_on_device(put(a), put(b), 4).item() - psnr(a, b, 4)) < 1e-6


def test_tiles_join_and_equal_the_whole_where_nothing_is_global():
    network = small(blocks=1, group=1, scopes=("none",), scale=2)
    x = torch.rand(1, 3, 37, 25)
    with torch.no_grad():
        torch.testing.assert_close(tiled(network, x, 16), network(x), atol=1e-5, rtol=0)


def test_mirrored_copies():
    x = torch.rand(1, 1, 3, 4)
    large = mirrored(x, 3)
    assert large.shape == (1, 1, 9, 12)
    assert torch.equal(large[..., 3:6, 4:8], x) and torch.equal(large[..., 2, 4:8], x[..., 0, :])


def test_validation_says_where_size_matters():
    kept = [(name, None, pixels(80, 80)) for name in ("a.png", *STRUCTURED)][:3]
    store = Store(None, np.zeros((0, 4), np.int64), 4, kept, [])
    validation = Validation(store, "cpu")
    values = validation.summary(small(), tile=8, copies=3)
    assert {"blind", "blind_structured", "blind_natural", "bicubic", "blind_whole_minus_tiles"} <= set(values)
    assert abs(values["blind"] - np.mean([values[name] for name in protocol.SETTINGS])) < 2e-4
    local = validation.summary(small(blocks=1, group=1, scopes=("none",)), tile=0, copies=3)
    assert abs(local["bicubic_large_minus_small"]) < 1e-3
    assert "blind_whole_minus_tiles" not in local


def test_evaluation_of_a_folder(tmp_path):
    Image.fromarray(pixels(50, 61)).save(tmp_path / "one.png")
    network = small()
    result = blind(lambda *place: evaluate(network, *place), tmp_path)
    assert set(result) == {*protocol.NAMES, "blind"}
    assert result["bicubic"]["pictures"][0]["psnr_y"] > 5
    lr = pixels(20, 31)
    assert upscale(network, lr, 8).shape == (80, 124, 3)


def test_evaluation_by_a_program_reads_its_rows(tmp_path):
    (tmp_path / "hr").mkdir()
    for name in ("one.png", "two.png"):
        Image.fromarray(pixels(52, 61)).save(tmp_path / "hr" / name)
    program = tmp_path / "program"  # prints what it was given, and a mean, which is not a row
    program.write_text(
        "#!/bin/sh\nfor f in $(ls $4); do echo '{\"file\":\"'$f'\",\"psnr_y\":1,\"ssim_y\":0.5}'; done\n"
        "echo '{\"mean_of\":2,\"psnr_y\":1,\"ssim_y\":0.5}'\n"
    )
    program.chmod(0o755)
    rows = by_program([str(program)], tmp_path / "hr", 4, "b0.5_n0")
    assert [row["file"] for row in rows] == ["one.png", "two.png"]


def test_a_network_of_zeros_keeps_colours():
    network = small()
    with torch.no_grad():
        network.tail.weight.zero_()
        network.tail.bias.zero_()
    assert all(shift(network, np.full((8, 8, 3), rgb, np.uint8)) == [0, 0, 0] for rgb in FLAT.values())
    assert max(map(abs, shift(network, pixels(20, 30)))) < 0.5


def test_blind_store_and_step(tmp_path):
    for name in ("x1.png", "x2.png", "s3_0013.jpg"):
        Image.fromarray(pixels(128, 144)).save(tmp_path / name)
    store = load(tmp_path, 4, device, threads=2, blind=True)
    assert store.names == ["x1.png", "x2.png"] and len(store.validation) == 1
    assert store.pixels.numel() == 2 * 128 * 144 * 3  # no LR pictures
    spec = ModelSpec(dim=32, heads=1, blocks=1, scale=4)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    step = Step(State(spec, 1, device), store.pixels, 1, 16, 2, dtype, blind=True)
    step.refill(torch.from_numpy(store.draws(2, 1, 16 + 16, np.random.default_rng(1))))
    torch.manual_seed(4)
    step.fetch()
    assert step.lr.shape == (1, 3, 16, 16) and step.hr.shape == (1, 3, 64, 64) and int(step.cursor) == 1
    assert torch.isfinite(step.lr).all() and step.hr.max() <= 1
    assert (step.lr.mean() - step.hr.mean()).abs() < 0.1


def test_the_runner_remembers_and_picks(tmp_path):
    def row(name, blind, large=0.0, seed=1):
        figures = {"blind": blind, "bicubic_large_minus_small": large, "b1.6_n0_large_minus_small": 0.0}
        return dict(name=name, seed=seed, steps=1, batch=1, patch=16, device="CPU", ms_per_step=1.0, figures=figures)

    assert pick([]) == "mixed"
    rows = [row("mixed", 25.5), row("global", 25.6, -0.12), row("none", 25.3), row("windows", 25.52)]
    assert pick(rows) == "mixed"  # global loses on large pictures, windows are not enough better
    assert pick([*rows, row("global-norotary", 25.6)]) == "global-norotary"
    assert train_options("global-norotary") == "--scopes global --rotary none"
    record(tmp_path, rows[0])
    record(tmp_path, {"name": "none", "seed": 1, "error": "out of memory"})
    table = (tmp_path / "ablation.md").read_text()
    assert "| mixed | 1 |" in table and "Failed: none" in table
    left = remaining(argparse.Namespace(out=tmp_path, only="", seeds="1,2"))
    assert ("mixed", 1) not in left and ("none", 1) not in left and ("mixed", 2) in left


def test_manifest_rows_of_both_protocols():
    values = {"mean": {"psnr_y": 25.12345, "ssim_y": 0.71239}}
    rows = metrics({"Set14": {name: values for name in (*protocol.NAMES, "blind")}, "Set5": values})
    assert [r["degradation"] for r in rows if r["dataset"] == "Set14"] == [*protocol.NAMES, "blind"]
    assert rows[-1] == {"dataset": "Set5", "degradation": "bicubic", "psnr_y": 25.123, "ssim_y": 0.7124}
