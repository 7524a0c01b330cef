"""Renderings of our own for training: printed pages and slides, line art, stripes, weaves, facades.

    python3 -m nalatrain.renderings OUT [--count 80] [--seed 1]

Photographs hold little of what people also enlarge: text, drawings, regular structure. Everything is drawn at three
times the size and reduced, so edges are as an ideal camera would see them. The same seed and fonts (packages
fonts-dejavu, -liberation, -freefont-ttf, -lato, -comic-neue, -wqy-zenhei) give the same pictures.
"""

from __future__ import annotations

import argparse
import math
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 720)
OVER = 3  # drawn so much larger
FONTS = sorted(
    path
    for pattern in ("dejavu/*.ttf", "liberation*/*.ttf", "freefont/*.ttf", "lato/*.ttf", "comic-neue/*.[ot]tf")
    for root in ("/usr/share/fonts/truetype", "/usr/share/fonts/opentype")
    for path in Path(root).glob(pattern)
)
CHINESE = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
SYLLABLES = "an be co da el fi gra ho in jo ka lum ma nor o pra qui re sta tu un vi wex ya zo ing tion er ly".split()


def colour(rng: random.Random, low: int = 0, high: int = 255) -> tuple[int, int, int]:
    return tuple(rng.randint(low, high) for _ in range(3))


def contrasting(rng: random.Random, ground: tuple[int, int, int]) -> tuple[int, int, int]:
    return colour(rng, 0, 90) if sum(ground) > 380 else colour(rng, 170, 255)


def words(rng: random.Random, count: int) -> str:
    text = []
    for _ in range(count):
        word = "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 4)))
        word = rng.choice([word, word, word, word.capitalize(), word.upper(), str(rng.randint(0, 9999)), word + ","])
        text.append(word)
    return " ".join(text)


def font(rng: random.Random, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(rng.choice(FONTS)), size)


def write(draw: ImageDraw.ImageDraw, rng: random.Random, box: tuple[int, int, int, int], ink, size: int) -> None:
    """Lines of text until the box is full."""
    chinese = CHINESE.exists() and rng.random() < 0.15
    face = ImageFont.truetype(str(CHINESE), size) if chinese else font(rng, size)
    y = box[1]
    while y + size < box[3]:
        line = "".join(chr(rng.randint(0x4E00, 0x8FFF)) for _ in range(60)) if chinese else words(rng, 40)
        while line and draw.textlength(line, face) > box[2] - box[0]:
            line = line[: -max(1, len(line) // 20)]
        draw.text((box[0], y), line, fill=ink, font=face)
        y += int(size * rng.choice([1.15, 1.25, 1.4]))


def page(rng: random.Random) -> Image.Image:
    """A slide, a printed page or a screen: text of several sizes, tables, bars, frames."""
    width, height = (n * OVER for n in SIZE)
    ground = rng.choice([(255, 255, 255), (255, 255, 255), (250, 247, 238), colour(rng, 190), colour(rng, 0, 80)])
    picture = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(picture)
    ink = contrasting(rng, ground)
    y = 20 * OVER
    while y < height - 60 * OVER:
        tall = rng.randint(60, 220) * OVER
        across = rng.choice([1, 1, 2, 3])
        for i in range(across):
            left = int(width * (i + 0.04) / across)
            right = int(width * (i + 0.96) / across)
            box = (left, y, right, min(y + tall, height - 10 * OVER))
            kind = rng.random()
            if kind < 0.65:
                shade = contrasting(rng, ground) if rng.random() < 0.4 else ink
                write(draw, rng, box, shade, int(OVER * rng.choice([9, 10, 11, 12, 13, 14, 16, 18, 22, 28, 40, 60])))
            elif kind < 0.8:
                bars = rng.randint(4, 24)
                step = (right - left) / bars
                for b in range(bars):
                    top = box[3] - rng.random() * (box[3] - y)
                    draw.rectangle((left + b * step, top, left + (b + 0.8) * step, box[3]), fill=colour(rng))
            else:
                rows, columns = rng.randint(3, 8), rng.randint(2, 6)
                face = font(rng, max(8 * OVER, int((box[3] - y) / rows * 0.55)))
                for r in range(rows + 1):
                    at = y + (box[3] - y) * r / rows
                    draw.line((left, at, right, at), fill=ink, width=rng.choice([2, OVER, 2 * OVER]))
                    for c in range(columns):
                        if r < rows:
                            x = left + (right - left) * c / columns + 4 * OVER
                            draw.text((x, at + 2 * OVER), str(rng.randint(0, 99999)), fill=ink, font=face)
        y += tall + rng.randint(8, 30) * OVER
    return picture if rng.random() < 0.6 else turned(picture, rng.uniform(-20, 20))


def turned(picture: Image.Image, angle: float) -> Image.Image:
    """About its centre, enlarged so that no corner is empty."""
    width, height = picture.size
    grow = abs(math.cos(math.radians(angle))) + abs(math.sin(math.radians(angle))) * width / height
    big = picture.resize((int(width * grow), int(height * grow)), Image.BICUBIC).rotate(angle, Image.BICUBIC)
    left, top = (big.width - width) // 2, (big.height - height) // 2
    return big.crop((left, top, left + width, top + height))


def drawing(rng: random.Random) -> Image.Image:
    """Comics: flat and hatched areas, halftone, outlines of changing width, some lettering."""
    width, height = (n * OVER for n in SIZE)
    picture = Image.new("RGB", (width, height), colour(rng, 200))
    draw = ImageDraw.Draw(picture)
    for _ in range(rng.randint(40, 110)):
        x, y, r = rng.randint(0, width), rng.randint(0, height), rng.randint(10, 170) * OVER
        corners = rng.randint(3, 12)
        start = rng.random()
        points = []
        for i in range(corners):
            angle, far = 2 * math.pi * (i / corners + start), r * rng.uniform(0.4, 1)
            points.append((x + far * math.cos(angle), y + far * math.sin(angle)))
        fill = rng.random()
        draw.polygon(points, fill=colour(rng))
        if fill < 0.35:  # hatching or halftone inside the shape
            mask = Image.new("L", (width, height))
            ImageDraw.Draw(mask).polygon(points, fill=255)
            over = Image.new("RGB", (width, height), colour(rng))
            pen = ImageDraw.Draw(over)
            ink, step = colour(rng, 0, 100), rng.randint(4, 12) * OVER
            box = (max(0, x - r), max(0, y - r), min(width, x + r), min(height, y + r))
            if fill < 0.2:
                slope = rng.uniform(-1.5, 1.5)
                for at in range(-2 * r, 2 * r, step):
                    line = (x + at - r * slope, y - r, x + at + r * slope, y + r)
                    pen.line(line, fill=ink, width=max(2, step // rng.randint(2, 5)))
            else:
                dot = step * rng.uniform(0.2, 0.45)
                for v in range(box[1], box[3], step):
                    for u in range(box[0], box[2], step):
                        pen.ellipse((u - dot, v - dot, u + dot, v + dot), fill=ink)
            picture.paste(over.crop(box), box[:2], mask.crop(box))
        draw.line([*points, points[0], points[1]], fill=colour(rng, 0, 60), width=rng.randint(1, 5) * OVER, joint="curve")
    for _ in range(rng.randint(0, 6)):
        x, y = rng.randint(0, width * 3 // 4), rng.randint(0, height * 3 // 4)
        box = (x, y, x + width // 5, y + height // 8)
        draw.ellipse((box[0] - 90, box[1] - 60, box[2] + 90, box[3] + 60), fill=(255, 255, 255), outline=(0, 0, 0), width=5)
        write(draw, rng, box, (0, 0, 0), rng.randint(11, 18) * OVER)
    return picture


def smooth(rng: random.Random, cells: int) -> np.ndarray:
    """Soft random field of the enlarged size in about [-1, 1]."""
    generator = np.random.default_rng(rng.randrange(1 << 30))
    low = generator.normal(size=(cells * 3 // 4 + 2, cells + 2)).astype(np.float32)
    size = tuple(n * OVER for n in SIZE)
    return np.asarray(Image.fromarray(low, "F").resize(size, Image.BICUBIC)) / 2


def shaded(pattern: np.ndarray, rng: random.Random) -> Image.Image:
    """pattern [H, W] in [0, 1] between two colours, with soft light."""
    low, high = (np.array(colour(rng, *limits), np.float32) for limits in ((0, 110), (130, 255)))
    light = 1 + 0.25 * smooth(rng, rng.randint(2, 6))
    values = (low + (high - low) * pattern[..., None]) * light[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def coordinates(rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """x, y [H, W] in final pixels, turned, seen from the side, and a little bent."""
    width, height = (n * OVER for n in SIZE)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / OVER
    x, y = x - SIZE[0] / 2, y - SIZE[1] / 2
    angle, tilt = rng.uniform(0, math.pi), rng.uniform(-0.9, 0.9) / SIZE[0]
    x, y = x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
    depth = 1 + tilt * x
    bend = rng.choice([0, 4, 15])
    return x / depth + bend * smooth(rng, 6), y / depth + bend * smooth(rng, 6)


def stripes(rng: random.Random) -> Image.Image:
    """As on a zebra, or as rails and blinds: lines of changing width that bend and fork."""
    x, _ = coordinates(rng)
    period = rng.uniform(5, 40)
    phase = x / period + rng.choice([0, 1, 3]) * smooth(rng, rng.randint(3, 8))
    duty = rng.uniform(-0.6, 0.6) + 0.3 * smooth(rng, 8)
    return shaded((np.sin(2 * math.pi * phase) > duty).astype(np.float32), rng)


def weave(rng: random.Random) -> Image.Image:
    """Cloth: threads over and under each other, with checks."""
    x, y = coordinates(rng)
    period = rng.uniform(3, 14)
    u, v = x / period, y / period * rng.uniform(0.8, 1.2)
    twill = rng.choice([1, 2, 3])
    above = (np.floor(u) + twill * np.floor(v)) % (twill + 1) < 1
    thread = np.where(above, np.sin(math.pi * (u % 1)), np.sin(math.pi * (v % 1))) ** rng.uniform(0.4, 1.5)
    check = ((u // rng.randint(6, 30)) % 2 + (v // rng.randint(6, 30)) % 2) / 2
    ply = np.where(above, check, 1 - check)
    return shaded(thread * (0.45 + 0.55 * ply * rng.uniform(0.3, 1)), rng)


def facade(rng: random.Random) -> Image.Image:
    """Windows, bricks, balusters and tiles, seen from the side."""
    x, y = coordinates(rng)
    across, down = rng.uniform(18, 90), rng.uniform(18, 110)
    i, j, u, v = np.floor(x / across), np.floor(y / down), x / across % 1, y / down % 1
    edge = rng.uniform(0.08, 0.3)
    window = (u > edge) & (u < 1 - edge) & (v > edge) & (v < 1 - edge)
    panes = rng.randint(1, 4)
    bar = ((u - edge) / (1 - 2 * edge) * panes % 1 < 0.1) | ((v - edge) / (1 - 2 * edge) * panes % 1 < 0.1)
    glass = 0.15 + 0.3 * (np.sin(i * 12.9898 + j * 78.233) * 43758.5453 % 1)
    row = np.floor(y / rng.uniform(4, 12))
    brick_width = rng.uniform(10, 30)
    joint = ((x / brick_width + row % 2 / 2) % 1 < 0.08) | (y / 8 % 1 < 0.12)
    wall = np.where(joint, 0.85, 0.6) if rng.random() < 0.6 else np.full_like(x, 0.75)
    return shaded(np.where(window, np.where(bar, 0.95, glass), wall).astype(np.float32), rng)


KINDS = (page, page, drawing, stripes, weave, facade)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=80)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for i in range(arguments.count):
        kind = KINDS[i % len(KINDS)]
        picture = kind(random.Random(f"{arguments.seed} {i}")).reduce(OVER)
        picture.save(arguments.folder / f"rendering_{i:03}_{kind.__name__}.webp", lossless=True, method=4)


if __name__ == "__main__":
    main()
