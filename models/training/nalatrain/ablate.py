"""Compares forms of the attention under one budget of steps, on blind batches:

    python -m nalatrain.ablate --data DIR --out FOLDER [--steps 5000] [--deadline 540] [--only names] [--seeds 1]

A supervisor starts one worker that loads the data once and trains the configurations one after another; each appends
a line to FOLDER/ablation.jsonl and rewrites FOLDER/ablation.md. An exception or lack of memory costs that
configuration alone; should the worker itself die or hang, its configuration is marked as failed and a fresh worker
goes on. Configurations with a line in ablation.jsonl are skipped, so the same command resumes. No configuration is
started that would not end before the deadline (by the time that the slowest one took, or --predict at first).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

from .data import Store, load
from .degrade import BORDER
from .selfcheck import choose_plain
from .spec import ModelSpec
from .steps import State, Step
from .train import PACE, rate
from .validation import Validation

WINDOW = "window:32"
CONFIGURATIONS: dict[str, dict] = {  # name: fields of the spec; the order is that of their worth to the decision
    "mixed": {"scopes": (WINDOW, WINDOW, WINDOW, "global")},
    "global": {"scopes": ("global",)},
    "global-norotary": {"scopes": ("global",), "rotary": "none"},
    "none": {"scopes": ("none",)},
    "windows": {"scopes": (WINDOW,)},
    "mixed-norotary": {"scopes": (WINDOW, WINDOW, WINDOW, "global"), "rotary": "none"},
    "uniform": {"scopes": ("uniform",)},
    "mixed-relu": {"scopes": (WINDOW, WINDOW, WINDOW, "global"), "direction_map": "relu_split"},
}
COLUMNS = {  # of the table: key of the figures, heading
    "blind": "six settings",
    "blind_structured": "structured",
    "blind_natural": "natural",
    "b2.7_n0": "blur 2.7",
    "bicubic": "bicubic",
    "blind_whole_minus_tiles": "whole − 64-px tiles",
    "bicubic_large_minus_small": "49 × larger, bicubic",
    "b1.6_n0_large_minus_small": "49 × larger, blur 1.6",
}


def make_spec(fields: dict, scale: int, size: dict) -> ModelSpec:
    spec = ModelSpec(scale=scale, **size)
    scopes = tuple(fields["scopes"][i % len(fields["scopes"])] for i in range(spec.blocks))
    return ModelSpec(scale=scale, **size, **{**fields, "scopes": scopes})


def train_one(spec: ModelSpec, store: Store, a: argparse.Namespace, seed: int, plain: frozenset) -> tuple[State, float]:
    """(state after a.steps, ms per step without set-up). Warm-up 200 steps, cosine to zero."""
    device, table = store.pixels.device.type, min(a.steps, 2048)
    state = State(spec, seed, device)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)  # every configuration sees the same patches
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    step = Step(state, store.pixels, a.batch, a.patch, table, dtype, plain, blind=True)
    refill = lambda: step.refill(torch.from_numpy(store.draws(table, a.batch, a.patch + BORDER, rng)))
    refill()
    if device == "cuda":
        step.capture()
        torch.cuda.synchronize()
        torch.manual_seed(seed + 1)
    began, events = time.monotonic(), []
    for i in range(a.steps):
        if i and i % table == 0:
            refill()
        state.advance(rate(i + 1, i / a.steps, a.peak, 200), 0.998)
        step.run()
        if device == "cuda" and i % PACE == 0:
            events.append(torch.cuda.Event())
            events[-1].record()
            if len(events) > 2:
                events.pop(0).synchronize()
    loss = float(state.loss) / a.steps  # waits for the device
    if loss != loss:
        raise FloatingPointError("the loss is not a number")
    return state, 1e3 * (time.monotonic() - began) / a.steps


def table(rows: list[dict]) -> str:
    """The results as Markdown; failures at the end."""
    good = [r for r in rows if "figures" in r]
    lines = ["| attention | seed | ms/step | " + " | ".join(COLUMNS.values()) + " |", "|---" * (3 + len(COLUMNS)) + "|"]
    for r in good:
        values = [f"{r['figures'].get(key, float('nan')):.3f}" for key in COLUMNS]
        lines.append(f"| {r['name']} | {r['seed']} | {r['ms_per_step']:.2f} | " + " | ".join(values) + " |")
    if good:
        r = good[0]
        about = f"PSNR-Y in dB after {r['steps']} steps of {r['batch']} x {r['patch']}²; {r['device']}."
        lines = [about, "", *lines]
    failed = [f"Failed: {r['name']}, seed {r['seed']}: {r['error']}" for r in rows if "error" in r]
    return "\n".join([*lines, "", *failed])


def pick(rows: list[dict], fallback: str = "mixed") -> str:
    """The configuration to train on: the best mean of the six settings among the forms that lose at most 0.03 dB on
    large pictures; a form without rotary must be 0.05 dB better, relu_split and forms with more
    global blocks 0.03 dB (the spread between seeds is larger than that). Seeds are averaged."""
    value: dict[str, list[float]] = {}
    for row in rows:
        if row["name"] in CONFIGURATIONS and "figures" in row:
            figures, fields = row["figures"], CONFIGURATIONS[row["name"]]
            lost = min(0.0, *(figures.get(f"{name}_large_minus_small", 0.0) for name in ("bicubic", "b1.6_n0")))
            handicap = 0.05 * ("rotary" in fields) + 0.03 * (row["name"] != fallback)
            handicap += 10.0 * (lost < -0.03)  # only where every form has the defect
            value.setdefault(row["name"], []).append(figures["blind"] - handicap + lost)
    return max(value, key=lambda name: float(np.mean(value[name]))) if value else fallback


def train_options(name: str) -> str:
    """The configuration as options of nalatrain.train."""
    fields = CONFIGURATIONS[name]
    scopes, rest = ",".join(fields["scopes"]), {k: v for k, v in fields.items() if k != "scopes"}
    return " ".join([f"--scopes {scopes}", *(f"--{key.replace('_', '-')} {value}" for key, value in rest.items())])


def read(out: Path) -> list[dict]:
    file = out / "ablation.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def record(out: Path, row: dict) -> None:
    with open(out / "ablation.jsonl", "a") as file:
        file.write(json.dumps(row) + "\n")
    (out / "ablation.md").write_text(table(read(out)) + "\n")
    print(json.dumps(row), flush=True)


def remaining(a: argparse.Namespace) -> list[tuple[str, int]]:
    done = {(r["name"], r["seed"]) for r in read(a.out)}
    names = a.only.split(",") if a.only else list(CONFIGURATIONS)
    jobs = [(name, int(seed)) for seed in a.seeds.split(",") for name in names]
    return [job for job in jobs if job not in done]


def work(a: argparse.Namespace) -> None:
    """The worker: all remaining configurations until the deadline."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    size = json.loads(a.size)
    began = time.monotonic()
    plain, lines = choose_plain() if device == "cuda" else (frozenset(), [])
    print(*lines, sep="\n")
    store = load(a.data, a.scale, device, blind=True)
    validation = Validation(store, device)
    print(json.dumps({"pictures": len(store.names), "load_seconds": round(time.monotonic() - began, 1)}), flush=True)
    longest = a.predict
    for name, seed in remaining(a):
        began = time.time()
        if began + longest > a.until:
            print(f"{name}: not started, {a.until - began:.0f} s are left", flush=True)
            continue
        (a.out / "current").write_text(json.dumps([name, seed, began]))
        row = {"name": name, "seed": seed, "steps": a.steps, "batch": a.batch, "patch": a.patch}
        row["device"] = torch.cuda.get_device_name() if device == "cuda" else "CPU"
        try:
            spec = make_spec(CONFIGURATIONS[name], a.scale, size)
            state, row["ms_per_step"] = train_one(spec, store, a, seed, plain)
            row["figures"] = validation.summary(state.network(device), copies=a.copies)
            torch.save({"ema": state.ema.half().cpu(), "spec": spec.to_json()}, a.out / f"{name}_{seed}.pt")
        except Exception as problem:
            row = {"name": name, "seed": seed, "error": repr(problem)[:500]}
        row["seconds"] = round(time.time() - began, 1)
        state = None
        record(a.out, row)
        longest = max(longest if "figures" not in row else 0, row["seconds"] + 2)
        if device == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.synchronize()  # a broken context ends this worker; the supervisor starts another
    (a.out / "current").unlink(missing_ok=True)


def supervise(a: argparse.Namespace, arguments: list[str]) -> None:
    """Restarts the worker until it ends well, nothing remains, or the deadline comes."""
    until = time.time() + a.deadline
    for _ in range(len(CONFIGURATIONS) + 2):
        (a.out / "current").unlink(missing_ok=True)
        command = [sys.executable, "-m", "nalatrain.ablate", *arguments, "--worker", "--until", str(until)]
        worker = subprocess.Popen(command, env=os.environ)
        try:
            code = worker.wait(timeout=max(1.0, until - time.time()))
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            print("the deadline came", flush=True)
            break
        if code == 0 or not remaining(a):
            break
        current = a.out / "current"
        if not current.exists():
            print(f"the worker ended with {code} before its first configuration", flush=True)
            break
        name, seed, began = json.loads(current.read_text())
        if (name, seed) in remaining(a):
            record(a.out, {"name": name, "seed": seed, "error": f"the worker ended with {code}"})
    print(table(read(a.out)), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pick", action="store_true", help="only print the chosen form as options of nalatrain.train")
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--deadline", type=float, default=540, help="seconds for everything")
    parser.add_argument("--predict", type=float, default=60, help="seconds that the first configuration may need")
    parser.add_argument("--only", default="", help=f"of {', '.join(CONFIGURATIONS)}")
    parser.add_argument("--seeds", default="1", help="by commas; the first seed of all comes before the second")
    parser.add_argument("--scale", type=int, default=4)
    parser.add_argument("--patch", type=int, default=64)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--peak", type=float, default=1e-3)
    parser.add_argument("--copies", type=int, default=7, help="of the size test, in each direction (odd; 0: no test)")
    parser.add_argument("--size", default="{}", help="JSON, other fields of the spec, for example a smaller network")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--until", type=float, default=0, help=argparse.SUPPRESS)
    a = parser.parse_args()
    if a.pick:
        print(train_options(pick(read(a.out))))
        return
    a.out.mkdir(parents=True, exist_ok=True)
    if a.worker:
        work(a)
    else:
        supervise(a, sys.argv[1:])


if __name__ == "__main__":
    main()
