"""Dead leaves for training (Lee, Mumford, Huang 2001): things of all sizes in front of each other, which have a photograph's
statistics of edges and brightness, and never repeat.

    python3 -m nalatrain.leaves OUT [--count 60] [--seed 1] [--jobs CORES]

The same seed gives the same pictures, 960 x 720, drawn at three times the size and reduced. For a training they go beside
the photographs: OUT = DATA/train/leaves. Not yet trained with (gpu_session.md).
"""

from __future__ import annotations

import argparse
import math
import os
import random
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from .renderings import OVER, SIZE, colour

TEXTURE = (1440, 1080)


def grain(rng: random.Random, size: tuple[int, int]) -> np.ndarray:
    """A texture with nature's spectrum (amplitude by a power of the frequency), stretched in some direction: 0.5 to 1.5."""
    down, across = np.fft.fftfreq(size[1])[:, None], np.fft.rfftfreq(size[0])[None]
    turn, stretch = rng.uniform(0, math.pi), rng.choice([1, 1, 3, 8])
    u = across * math.cos(turn) + down * math.sin(turn)
    v = (down * math.cos(turn) - across * math.sin(turn)) * stretch
    amplitude = np.maximum(np.hypot(u, v), 1 / max(size)) ** -rng.uniform(0.9, 1.6)
    phases = np.exp(2j * math.pi * np.random.default_rng(rng.getrandbits(32)).random(amplitude.shape))
    noise = np.fft.irfft2(amplitude * phases, s=(size[1], size[0]))
    return np.clip(1 + rng.uniform(0.05, 0.25) * noise / noise.std(), 0.5, 1.5).astype(np.float32)


def leaf(draw: ImageDraw.ImageDraw, rng: random.Random, x: float, y: float, radius: float) -> None:
    """A disc, or a polygon of some corners."""
    if rng.random() < 0.4:
        flat = rng.uniform(0.5, 1)
        draw.ellipse([x - radius, y - radius * flat, x + radius, y + radius * flat], fill=255)
        return
    corners, begin, flat = rng.randint(3, 9), rng.uniform(0, 2 * math.pi), rng.uniform(0.2, 1)
    turn = rng.uniform(0, math.pi)
    points = []
    for i in range(corners):
        angle = begin + 2 * math.pi * (i + rng.uniform(-0.3, 0.3)) / corners
        u, v = radius * math.cos(angle), radius * flat * math.sin(angle)
        points.append((x + u * math.cos(turn) - v * math.sin(turn), y + u * math.sin(turn) + v * math.cos(turn)))
    draw.polygon(points, fill=255)


def muted(rng: random.Random) -> tuple[int, int, int]:
    """A colour, most of them with little of it."""
    middle, share = rng.randint(25, 230), rng.uniform(0, 1) ** 2
    return tuple(int(middle + share * (c - middle)) for c in colour(rng))


def leaves(rng: random.Random) -> Image.Image:
    """Large ones until nothing is bare, then radii by r^-3; colours of a few families, textures of `grain`."""
    width, height = (side * OVER for side in SIZE)
    families = [(muted(rng), rng.randint(5, 60)) for _ in range(rng.randint(2, 6))]
    textures = [grain(rng, TEXTURE) for _ in range(4)]
    smallest, largest = rng.uniform(8, 40), rng.uniform(400, 1200)
    law = lambda share: (smallest**-2 + share * (largest**-2 - smallest**-2)) ** -0.5
    radii = [rng.uniform(400, 1200) for _ in range(150)] + [law(rng.random()) for _ in range(rng.randint(1000, 6000))]
    picture = Image.new("RGB", (width, height), muted(rng))
    for radius in radii:
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        left, top = max(0, int(x - radius)), max(0, int(y - radius))
        right, bottom = min(width, int(x + radius) + 1), min(height, int(y + radius) + 1)
        mask = Image.new("L", (right - left, bottom - top))
        leaf(ImageDraw.Draw(mask), rng, x - left, y - top, radius)
        middle, spread = rng.choice(families)
        shade = np.float32(middle) + rng.randint(-spread, spread)
        i, j = rng.randrange(TEXTURE[1]), rng.randrange(TEXTURE[0])
        rows, columns = range(i, i + bottom - top), range(j, j + right - left)
        piece = rng.choice(textures).take(rows, 0, mode="wrap").take(columns, 1, mode="wrap")
        body = np.clip(piece[:, :, None] * shade, 0, 255).astype(np.uint8)
        picture.paste(Image.fromarray(body), (left, top), mask)
    return picture


def render(folder: Path, seed: int, number: int) -> None:
    picture = leaves(random.Random(f"{seed} leaves {number}")).reduce(OVER)
    picture.save(folder / f"rendering_leaves_{number:03}.webp", lossless=True, method=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(arguments.jobs) as pool:
        list(pool.map(partial(render, arguments.folder, arguments.seed), range(arguments.count)))


if __name__ == "__main__":
    main()
