"""Trains a network:  python -m nalatrain.train --data DIR --run DIR --seconds 1500 [--scale 4] [--phases ...]

The schedule runs by the clock: `--seconds` of training in all, counted over every run of the same `--run` folder, so
a training can be cut into pieces (`--stop-after`) and goes on where the last checkpoint ends. Learning rate: linear
warm-up, then a cosine to zero at the last second; with `--stable F` constant for that share of the time, then
1 - sqrt to zero: such a training can be taken up again from its shipped weights (`--init FILE`), with nothing else
kept. `RUN/seconds` (a text file), if present, overrides `--seconds` at any time. Writes RUN/state.pt (about 10 MB),
RUN/ema.safetensors (float16) and RUN/log.jsonl.

`--sharpen PUSH` trains on from `--init` with a discriminator (sharpen.py); `RUN/push` overrides PUSH at any time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch

from . import weights
from .data import Store, load
from .degrade import BORDER
from .evaluate import upscale
from .fused import KINDS
from .grow import grown, regrouped
from .metrics import psnr
from .selfcheck import choose_plain
from .sharpen import SharpState, SharpStep
from .spec import ModelSpec, repeated
from .steps import State, Step
from .validation import Validation

TABLE = 4096  # steps per table of draws
FLAT = 0.05  # share of `--colours` that is of one colour instead
NATURAL = 0.25  # what is left of `--colours` after `--natural`
PACE = 25  # the host is at most 2 * PACE steps ahead of the device


def parse_phases(text: str) -> list[tuple[float, int, int]]:
    """ "0:64x16,0.7:96x7" to [(start as a fraction of the time, patch, batch), ...]."""
    result = []
    for part in text.split(","):
        start, shape = part.split(":")
        patch, batch = shape.split("x")
        result.append((float(start), int(patch), int(batch)))
    if not result or result[0][0] != 0 or sorted(result) != result:
        raise ValueError("phases start at 0 and come in order")
    return result


def parse_copies(text: str) -> tuple[tuple[float, ...], tuple[tuple[float, float], ...]]:
    """ "0.7,0.5,0.6:20" to the factors (0.7, 0.5) and the factors with angles ((0.6, 20.0),)."""
    parts = [tuple(float(value) for value in part.split(":")) for part in text.split(",") if part]
    if any(len(part) > 2 for part in parts):
        raise ValueError("copies are factors or factor:angle")
    return tuple(part[0] for part in parts if len(part) == 1), tuple(part for part in parts if len(part) == 2)


def rate(step: int, progress: float, peak: float, warm_up: int, stable: float = 0.0) -> float:
    """Learning rate: linear over `warm_up` steps, then a cosine over the time or, with `stable` > 0, the peak for that
    share of the time and 1 - sqrt over the rest."""
    progress = min(1.0, progress)
    if stable:
        fall = 1 - math.sqrt(max(0.0, progress - stable) / (1 - stable))
    else:
        fall = 0.5 * (1 + math.cos(math.pi * progress))
    return peak * min(1.0, step / warm_up) * fall


class Validator:
    """Figures of the averaged weights on the held-out cuts: bicubic, or the blind protocol's settings."""

    def __init__(self, store: Store, device: str, blind: bool, sharp: bool):
        self.store, self.device, self.sharp = store, device, sharp
        self.blind = Validation(store, device) if blind else None

    def __call__(self, state: State, full: bool = False) -> dict:
        """`full`: every setting, whole against tiles, large against small pictures."""
        network = state.network(self.device)
        if self.blind:
            values = self.blind.summary(network) if full else self.blind.summary(network, tile=0, copies=0)
            if self.sharp:
                values |= self.blind.sharpness(network)
            return {"validation": values}
        figures: dict[str, list[float]] = {}
        for name, lr, hr in self.store.validation:
            figure = psnr(upscale(network, lr), hr, self.store.scale)
            figures.setdefault("validation_psnr_y" + "@".join(["", *name.split("@")[1:]]), []).append(figure)
        return {name: round(float(np.mean(values)), 4) for name, values in figures.items()}


class Run:
    """Files of one training."""

    def __init__(self, folder: Path, seconds: float):
        self.folder, self.default_seconds = folder, seconds
        folder.mkdir(parents=True, exist_ok=True)
        self.spent = 0.0  # seconds of training in earlier runs
        self.began = time.monotonic()

    def number(self, name: str, default: float) -> float:
        """What the text file `name` of the folder says, which may be written while the training runs."""
        try:
            return float((self.folder / name).read_text())
        except (OSError, ValueError):
            return default

    def total(self) -> float:
        return self.number("seconds", self.default_seconds)

    def elapsed(self) -> float:
        return self.spent + time.monotonic() - self.began

    def log(self, **values) -> None:
        with open(self.folder / "log.jsonl", "a") as file:
            file.write(json.dumps(values) + "\n")
        print(json.dumps(values), flush=True)

    def save(self, state: State, seed: int) -> None:
        data = {
            "vectors": state.tensors(),
            "step": state.step,
            "seconds": self.elapsed(),
            "seed": seed,
            "spec": state.spec.to_json(),
        }
        torch.save(data, self.folder / "state.tmp")
        os.replace(self.folder / "state.tmp", self.folder / "state.pt")
        average = state.layout.unflatten(state.ema.cpu())  # whatever ends the training, usable weights are there
        weights.save(average, state.spec, self.folder / "ema.tmp")
        os.replace(self.folder / "ema.tmp", self.folder / "ema.safetensors")

    def resume(self, state: State) -> bool:
        path = self.folder / "state.pt"
        if not path.exists():
            return False
        data = torch.load(path, weights_only=True)
        if data["spec"] != state.spec.to_json():
            raise ValueError("the checkpoint is of another network")
        state.restore(data["vectors"], data["step"])
        self.spent = data["seconds"]
        return True


def train(arguments: argparse.Namespace) -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = False  # the interpolated base stays exact
    torch.backends.cudnn.benchmark = True
    scopes = repeated(arguments.scopes, arguments.blocks)
    phases = parse_phases(arguments.phases)
    largest = max(patch for _, patch, _ in phases)
    spec = ModelSpec(
        scale=arguments.scale,
        dim=arguments.dim,
        heads=arguments.heads,
        blocks=arguments.blocks,
        group=arguments.group,
        direction_map=arguments.direction_map,
        rotary=arguments.rotary,
        rotary_span=largest if arguments.rotary == "axial" and "global" in scopes else 0,
        scopes=scopes,
    )
    run = Run(arguments.run, arguments.seconds)
    sharp = arguments.sharpen > 0
    if sharp and not (arguments.init or (run.folder / "state.pt").exists()):
        raise SystemExit("--sharpen goes on from weights: --init FILE")
    if arguments.blind and (arguments.mix or arguments.colours):
        raise SystemExit("--mix and --colours are not for --blind")
    plain = frozenset(kind for kind in arguments.plain.split(",") if kind in KINDS)
    if device == "cuda" and arguments.plain == "auto":
        plain, lines = choose_plain(rotary=arguments.rotary, scopes=scopes)
        run.log(checks=lines, device=torch.cuda.get_device_name())
    began = time.monotonic()
    copies, turned = parse_copies(arguments.copies)
    blind, power = arguments.blind, arguments.area_power
    store = load(arguments.data, spec.scale, device, blind=blind, copies=copies, turned=turned, area_power=power)
    validate = Validator(store, device, arguments.blind, sharp)
    run.log(
        pictures=len(store.names),
        renderings=sum(name.startswith("rendering_") for name in store.names),
        bytes=store.pixels.numel(),
        validation=len(store.validation),
        load_seconds=round(time.monotonic() - began, 1),
    )
    state = (SharpState if sharp else State)(spec, arguments.seed, device)
    state.set_weight_decay(arguments.weight_decay)
    resumed = run.resume(state)
    if arguments.init and not resumed:
        first = regrouped(grown(weights.load(arguments.init), spec.blocks), spec.group)
        run.log(init=str(arguments.init), not_taken=state.start_from(first))
    rng = np.random.default_rng([arguments.seed, state.step])
    torch.manual_seed(1_000_003 * arguments.seed + state.step)  # the blind pipeline's draws
    border = BORDER if arguments.blind else 0

    def begin(patch: int, batch: int, squares: bool, natural: bool) -> Step:
        dtype = torch.bfloat16 if device == "cuda" else torch.float32  # the interpreter knows no bfloat16
        options = dict(blind=arguments.blind, drift=arguments.drift, squares=squares, luma=arguments.decibels)
        colours = arguments.colours * (NATURAL if natural else 1)
        options |= dict(mix=0.0 if natural else arguments.mix, colours=colours, flat=FLAT * arguments.colours)
        if sharp:
            options |= dict(match=arguments.match, keep=arguments.keep)
        step = (SharpStep if sharp else Step)(state, store.pixels, batch, patch, TABLE, dtype, plain, **options)
        step.refill(torch.from_numpy(store.draws(TABLE, batch, patch + border, rng)))
        if device == "cuda" and not arguments.eager:
            step.capture()
        return step

    run.began = time.monotonic()
    current, step, used, events = None, None, 0, []
    last_save = last_log = last_check = time.monotonic()
    logged = state.step
    total, push = run.total(), run.number("push", arguments.sharpen)
    run.log(event="resume" if resumed else "start", step=state.step, seconds=round(run.elapsed(), 1), total=total)
    if arguments.init:
        run.log(step=state.step, **validate(state))  # what the start is like, to compare with
    while True:
        elapsed = run.elapsed()
        if elapsed >= total or time.monotonic() - run.began >= arguments.stop_after or state.step >= arguments.steps:
            break
        progress = elapsed / total
        now_on = (progress >= arguments.squares, progress >= arguments.natural)
        phase = (*max(p for p in phases if p[0] <= progress)[1:], *now_on)
        if phase != current:
            current, used = phase, 0
            step = None  # frees the old graph's memory
            step = begin(*phase)
            patch, batch, squares, natural = phase
            said = dict(patch=patch, batch=batch, squares=squares, natural=natural)
            run.log(event="phase", **said, step=state.step, seconds=round(elapsed, 1))
        if used == TABLE:
            step.refill(torch.from_numpy(store.draws(TABLE, batch, patch + border, rng)))
            used = 0
        now_rate = rate(state.step + 1, progress, arguments.peak, arguments.warm_up, arguments.stable)
        state.advance(now_rate, arguments.ema)
        if sharp:
            state.set_push(push, arguments.ahead)
        step.run()
        used += 1
        if device == "cuda" and state.step % PACE == 0:
            events.append(torch.cuda.Event())
            events[-1].record()
            if len(events) > 2:
                events.pop(0).synchronize()
        now = time.monotonic()
        if now - last_log > arguments.log_every:
            loss = float(state.loss) / (state.step - logged)
            state.loss.zero_()
            values = dict(
                step=state.step,
                seconds=round(run.elapsed(), 1),
                loss=round(loss, 6),
                rate=round(float(state.scalars[0]), 7),
                norm=round(float(state.clip[0]), 5),
                steps_per_second=round((state.step - logged) / (now - last_log), 2),
            )
            if sharp:
                values |= dict(push=round(float(state.push), 4), **state.read_figures(state.step - logged))
            if now - last_check > arguments.validate_every:
                values |= validate(state)
                last_check = now
            run.log(**values)
            logged, last_log = state.step, time.monotonic()
            total, push = run.total(), run.number("push", arguments.sharpen)
        if now - last_save > arguments.save_every:
            run.save(state, arguments.seed)
            last_save = time.monotonic()
    run.save(state, arguments.seed)
    finished = run.elapsed() >= total
    run.log(
        event="end" if finished else "pause",
        step=state.step,
        seconds=round(run.elapsed(), 1),
        **validate(state, full=finished),
    )


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of training pictures (searched below)")
    parser.add_argument("--run", type=Path, required=True, help="folder of this training's files")
    parser.add_argument("--seconds", type=float, default=1500, help="length of the whole training")
    parser.add_argument("--stop-after", type=float, default=float("inf"), help="seconds after which this run pauses")
    parser.add_argument("--steps", type=int, default=10**9, help="end after so many steps in all")
    parser.add_argument("--scale", type=int, default=4)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--heads", type=int, default=2)
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--group", type=int, default=4, help="blocks before each closing convolution")
    parser.add_argument("--direction-map", default="cosine", choices=["cosine", "relu_split"])
    parser.add_argument(
        "--scopes",
        default="global",
        help="global, window:W, around:C, none, uniform; a list by commas is repeated over the blocks",
    )
    parser.add_argument("--rotary", default="axial", choices=["axial", "none"])
    parser.add_argument("--blind", action="store_true", help="unknown blur, noise and JPEG (degrade.py), not bicubic")
    parser.add_argument("--phases", default="0:64x16,0.7:96x7", help="start:patchxbatch, ... (LR pixels)")
    parser.add_argument("--peak", type=float, default=1e-3, help="largest learning rate")
    parser.add_argument("--stable", type=float, default=0.0, help="share of the time at the peak; 0: a cosine")
    parser.add_argument("--init", type=Path, help="weight file to start from (also of another scale, or of fewer blocks)")
    parser.add_argument(
        "--copies",
        default="",
        help="factors below 1, by commas: every picture is there shrunk by each too, and difficult pictures come more "
        "often; FACTOR:DEGREES: turned first, and cut to what has no background",
    )
    parser.add_argument("--mix", type=float, default=0.0, help="share of patches blended with another one (augment.py)")
    parser.add_argument(
        "--colours",
        type=float,
        default=0.0,
        help="share of patches with channels exchanged, contrast reduced and, half of them, inverted (augment.py)",
    )
    parser.add_argument(
        "--natural",
        type=float,
        default=2.0,
        help="share of the time after which patches are as they are: none blended, few recoloured",
    )
    parser.add_argument(
        "--area-power",
        type=float,
        default=1.0,
        help="pictures and copies come in proportion to area^POWER: below 1, small (sharp) ones more often",
    )
    parser.add_argument("--weight-decay", type=float, default=0.0, help="of matrices and filters, decoupled as in AdamW")
    parser.add_argument(
        "--squares", type=float, default=1.0, help="share of the time after which the mean squared error takes L1's place"
    )
    parser.add_argument(
        "--decibels",
        type=float,
        metavar="LUMA",
        help="with squares: the mean of the patches' PSNR, with this share (0 to 1) of the error in luma (decibels.py)",
    )
    parser.add_argument("--drift", type=float, default=0.0, help="weight of the mean error of squares, against L1's bias")
    parser.add_argument(
        "--sharpen", type=float, default=0.0, help="push of a discriminator, in units of L1's slope; 0: none (sharpen.py)"
    )
    parser.add_argument("--match", type=float, default=2.0, help="weight of likeness in the discriminator's layers")
    parser.add_argument("--keep", type=float, default=1.0, help="weight of the L1 of LR pixels' means, beside --sharpen")
    parser.add_argument("--ahead", type=int, default=500, help="steps in which the discriminator learns alone")
    parser.add_argument("--eager", action="store_true", help="no CUDA graph: slower, where capturing fails")
    parser.add_argument("--warm-up", type=int, default=500, help="steps")
    parser.add_argument("--ema", type=float, default=0.9995)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--plain",
        default="auto",
        help="stages by plain PyTorch: auto = those that fail their check, " "none, or a list of depthwise,attend,feed",
    )
    parser.add_argument("--log-every", type=float, default=10)
    parser.add_argument("--validate-every", type=float, default=60)
    parser.add_argument("--save-every", type=float, default=30)
    return parser


def main() -> None:
    train(parser().parse_args())


if __name__ == "__main__":
    main()
