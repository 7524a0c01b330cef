"""Draws a training's curve from its log:  python -m nalatrain.curve RUN/log.jsonl docs/models/light_x4_curve.png"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def draw(rows: list[dict], out: Path) -> None:
    """Training loss (means of about 10 s), learning rate and held-out PSNR-Y over the steps."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    losses = [row for row in rows if "loss" in row]
    checks = [row for row in rows if "validation_psnr_y" in row]
    phases = [row for row in rows if row.get("event") == "phase"]
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(8, 6), sharex=True, layout="constrained")
    steps = [row["step"] / 1000 for row in losses]
    top.plot(steps, [row["loss"] for row in losses], color="tab:blue", lw=1)
    top.set_ylim(0.0155, 0.0205)
    top.set_ylabel("L1 loss (training patches)", color="tab:blue")
    right = top.twinx()
    right.plot(steps, [row["rate"] for row in losses], color="tab:gray", ls="--", lw=1)
    right.set_ylabel("learning rate", color="tab:gray")
    bottom.plot(
        [row["step"] / 1000 for row in checks], [row["validation_psnr_y"] for row in checks], "o-", color="tab:green"
    )
    bottom.set_ylabel("held-out PSNR-Y of the average (dB)")
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
