"""Ships a training's weights:  python -m nalatrain.export --run RUN --name light --models models --benchmark DIR

Copies RUN/ema.safetensors (float16) to MODELS/<name>_x<scale>.safetensors (--scopes: with other scopes), measures that very file on Set5, Set14 and
BSD100 below --benchmark (`photo`: on Set14 and BSD100 in the blind protocol; or takes the figures of `evaluate --json`
from --evaluation) and writes the manifest entry.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import torch

from . import weights
from .evaluate import blind, evaluate, mean
from .protocol import BICUBIC
from .spec import repeated

TITLES = {
    "light": (
        "Light ×{scale}",
        "Small network for clean pictures that were reduced by bicubic interpolation.",
    ),
    "base": (
        "Base ×{scale}",
        "light with twice its blocks, for clean pictures too: as good as light, within 0.05 dB, in twice the time and the same memory.",
    ),
    "photo": (
        "Photo ×{scale}",
        "For pictures as people have them: unknown blur, noise and JPEG compression, and clean ones too.",
    ),
    "photo-sharp": (
        "Photo, sharper ×{scale}",
        "photo with crisper, partly invented detail, trained with a discriminator of its own.",
    ),
}
SHARPENS = {"photo-sharp": "photo"}  # whose weights it was trained on from: `nalasr upscale --sharpness` blends the two
TRAINING_DATA = (
    "505 pictures (photographs, facades, roofs, paving, rails and other structure) under CC0 or public domain, CC BY, "
    "CC BY-SA and the Unsplash licence, each listed with its source and licence in the training data's SOURCES.csv; "
    "no benchmark picture is among them. Low-resolution input by antialiased bicubic interpolation (a = -0.5)."
)
BLIND_DATA = TRAINING_DATA.replace("505", "501").partition(" Low-resolution")[0] + (
    " Low-resolution input by random blur, shrinking, noise and JPEG, once or twice, with a fifth plain bicubic."
)


def is_blind(name: str) -> bool:
    return name.startswith("photo")


def metrics(result: dict) -> list[dict]:
    """Manifest rows from {dataset: {"mean": {"psnr_y", "ssim_y"}}}, or {dataset: {setting: {"mean": ...}}} (blind)."""
    return [
        {
            "dataset": name,
            "degradation": setting,
            "psnr_y": round(values["mean"]["psnr_y"], 3),
            "ssim_y": round(values["mean"]["ssim_y"], 4),
        }
        for name, part in result.items()
        for setting, values in ({BICUBIC: part} if "mean" in part else part).items()
    ]


def renderings_of(log: Path) -> int:
    """How many pictures of the training were renderings (renderings.py), by its log."""
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return max((line.get("renderings", 0) for line in lines), default=0)


def data_of(name: str, renderings: int) -> str:
    text = BLIND_DATA if is_blind(name) else TRAINING_DATA
    mine = f"; {renderings} renderings of pages, drawings, stripes, weaves and facades of our own; no benchmark"
    return text.replace("; no benchmark", mine) if renderings else text


def entry(path: Path, name: str, rows: list[dict], note: str = "", renderings: int = 0) -> dict:
    network = weights.load(path)
    title, description = TITLES[name]
    scale = network.spec.scale
    return {
        "name": name,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "scale": scale,
        "parameters": sum(p.numel() for p in network.parameters()),
        "spec": network.spec.to_dict(),
        "title": title.format(scale=scale),
        "description": f"{description} {note}".rstrip(),
        "licence": "MIT",
        "training_data": data_of(name, renderings),
        "metrics": rows,
    } | ({"sharpens": SHARPENS[name]} if name in SHARPENS else {})


def write_manifest(folder: Path, new: dict) -> None:
    """Adds the entry to manifest.json, in place of an older one of the same name and scale."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text()) if path.exists() else {"format": 1, "models": []}
    models = manifest["models"]
    at = [i for i, m in enumerate(models) if (m["name"], m["scale"]) == (new["name"], new["scale"])] or [len(models)]
    models[at[0] : at[0] + 1] = [new]
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--name", default="light", choices=sorted(TITLES))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--benchmark", type=Path, default=Path("../shared/data/benchmark"))
    parser.add_argument("--evaluation", type=Path, help="figures of these very weights, already measured")
    parser.add_argument("--note", default="", help="sentences to end the description with, as what was cut short")
    parser.add_argument("--scopes", help="as of nalatrain.train: the same weights with attention in these scopes")
    parser.add_argument("--renderings", type=int, help="how many were trained on, where the log does not tell")
    a = parser.parse_args()
    source = a.run / "ema.safetensors"
    given = weights.load(source)
    scale = given.spec.scale
    path = a.models / f"{a.name}_x{scale}.safetensors"
    if a.scopes:
        spec = replace(given.spec, scopes=repeated(a.scopes, given.spec.blocks))
        weights.save(given.state_dict(), spec, path)
    else:
        shutil.copyfile(source, path)
    if a.evaluation:
        result = json.loads(a.evaluation.read_text())
    else:
        network = weights.load(path).eval()
        if torch.cuda.is_available():
            network = network.cuda()
        if is_blind(a.name):
            result = {name: blind(lambda *place: evaluate(network, *place), a.benchmark / name) for name in ("Set14", "BSD100")}
        else:
            sets = ("Set5", "Set14", "BSD100")
            result = {name: {"mean": mean(evaluate(network, a.benchmark / name))} for name in sets}
        (a.run / "evaluation.json").write_text(json.dumps(result, indent=1) + "\n")
    renderings = renderings_of(a.run / "log.jsonl") if a.renderings is None else a.renderings
    write_manifest(a.models, entry(path, a.name, metrics(result), a.note, renderings))
    print(json.dumps(metrics(result), indent=1))


if __name__ == "__main__":
    main()
