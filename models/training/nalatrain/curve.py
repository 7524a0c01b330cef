"""Draws a training's curve from its log:  python -m nalatrain.curve RUN/log.jsonl docs/models/light_x4_curve.png"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path


def held_out(row: dict) -> dict[str, float]:
    """PSNR-Y on held-out pictures by kind, and beside a discriminator the share of the original's detail."""
    if "validation_psnr_y" in row:
        return {"bicubic": row["validation_psnr_y"]}
    return {kind: value for kind, value in row.get("validation", {}).items() if kind in ("bicubic", "blind", "detail_blind")}


def draw(rows: list[dict], out: Path) -> None:
    """Training loss (means of about 10 s), learning rate and held-out PSNR-Y over the steps."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    # Behind a phase's beginning the log may have the loss of a single step: recording the CUDA graph takes longer than a row.
    alone = lambda before, row: before.get("event") == "phase" and row["step"] - before["step"] == 1
    losses = [row for before, row in pairwise(rows) if "loss" in row and not alone(before, row)]
    checks = [(row["step"] / 1000, values) for row in rows if "step" in row and (values := held_out(row))]
    phases = [row for row in rows if row.get("event") == "phase"]
    shape = lambda row: (row["batch"], row["patch"])
    phases = [row for i, row in enumerate(phases) if i == 0 or shape(row) != shape(phases[i - 1])]  # resumed: the same again
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 6), sharex=True, layout="constrained")
    steps = [row["step"] / 1000 for row in losses]
    values = [row["loss"] for row in losses]
    top.plot(steps, values, color="tab:blue", lw=1)
    late = sorted(values[len(values) // 10 :])  # the first steps would flatten all others
    top.set_ylim(0.98 * late[0], 1.02 * late[-1])
    top.set_ylabel("L1 loss (training patches)", color="tab:blue")
    right = top.twinx()
    right.plot(steps, [row["rate"] for row in losses], color="tab:gray", ls="--", lw=1)
    right.set_ylabel("learning rate", color="tab:gray")
    for kind, color in (("bicubic", "tab:green"), ("blind", "tab:purple")):
        points = [(step, values[kind]) for step, values in checks if kind in values]
        if points:
            bottom.plot(*zip(*points), "o-", color=color, label=kind)
    bottom.set_ylabel("held-out PSNR-Y of the average (dB)")
    details = [(step, values["detail_blind"]) for step, values in checks if "detail_blind" in values]
    if details:
        axis = bottom.twinx()
        axis.plot(*zip(*details), "s--", color="tab:orange")
        axis.set_ylabel("detail, of the original's (blind)", color="tab:orange")
    bottom.legend(loc="best")
    bottom.set_xlabel("steps (thousands)")
    for row in phases:
        for axis in (top, bottom):
            axis.axvline(row["step"] / 1000, color="tab:red", lw=0.8)
        bottom.text(
            row["step"] / 1000, bottom.get_ylim()[0], f" {row['batch']} × {row['patch']}²", color="tab:red", va="bottom"
        )
    figure.savefig(out, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("out", type=Path)
    a = parser.parse_args()
    a.out.parent.mkdir(parents=True, exist_ok=True)
    draw([json.loads(line) for line in a.log.read_text().splitlines()], a.out)


if __name__ == "__main__":
    main()
