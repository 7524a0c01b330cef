"""Blind batches on the GPU: low-resolution patches as people's pictures are, from clean high-resolution ones.

    blur -> [shrink a part, noise, JPEG, slight blur] -> shrink -> noise -> 8 bits -> JPEG

The bracket is the second-order pipeline of Real-ESRGAN (arXiv 2107.10833) and happens to a share of the pictures. Every
strength is drawn once per picture, so the whole picture tells about it. Pixels are 0..255 here, all float32, shapes are
static and nothing is read back: the pipeline lies inside the step's CUDA graph. WebP is left out (its lossy transform
resembles JPEG's; the prediction and the loop filter do not), and Poisson noise is Gaussian with a variance
proportional to the signal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .jpeg import Jpeg
from .kernels.blur import blur
from .resize import keys

BORDER = 16  # LR pixels more than the patch in each direction: room for a random phase of JPEG's blocks
RADIUS = 10  # HR pixels, of the first blur; of the second, pixels of the intermediate picture: SMALL_RADIUS
SMALL_RADIUS = 3
NONE, GAUSSIAN, SKEW, MOTION, DISC = range(5)
BICUBIC, BILINEAR, AREA, LANCZOS = range(4)


@dataclass(frozen=True)
class Ranges:
    """The distribution. Blur widths are in HR pixels at x4 and shrink with the scale; noise is in 8-bit units."""

    flat: float = 0.02  # share of pictures of one colour: white is to stay white, whatever noise or JPEG did to it
    clean: float = 0.2  # share of plain bicubic pictures: good inputs are not to be smoothed
    twice: float = 0.25  # share of the others that go through two passes
    blurs: tuple[float, ...] = (0.08, 0.47, 0.22, 0.1, 0.13)  # none, Gaussian, skew Gaussian, motion, defocus
    sigma: tuple[float, float] = (0.2, 3.4)
    skew: tuple[float, float] = (0.3, 3.6)
    motion: tuple[float, float] = (1.0, 8.0)  # half the length
    disc: tuple[float, float] = (0.7, 5.0)
    shrinks: tuple[float, ...] = (0.55, 0.15, 0.15, 0.15)  # bicubic, bilinear, area, Lanczos 3 (all antialiased)
    no_noise: float = 0.35
    poisson: float = 0.3  # share of the noisy
    grey: float = 0.35  # share of the noisy
    noise: tuple[float, float] = (0.5, 15.0)  # Poisson: at a brightness of 128
    no_jpeg: float = 0.35
    quality: tuple[int, int] = (30, 95)
    halved: float = 0.5  # share of JPEGs with 4:2:0
    first_noise: tuple[float, float] = (0.0, 10.0)  # in the earlier of two passes
    first_quality: tuple[int, int] = (50, 95)
    second_sigma: tuple[float, float] = (0.1, 1.0)  # intermediate pixels


def between(u: Tensor, limits: tuple[float, float]) -> Tensor:
    return limits[0] + (limits[1] - limits[0]) * u


def pick(u: Tensor, shares: tuple[float, ...]) -> Tensor:
    """Index 0..n-1 with the given probabilities."""
    ends = torch.tensor(shares).cumsum(0)[:-1].tolist()
    return sum((u >= end).long() for end in ends)


def draw(batch: int, scale: int, ranges: Ranges, device: str | torch.device) -> dict[str, Tensor]:
    """Parameters of a batch, each [batch]; see `Ranges`. Clean pictures: no blur, bicubic, no noise, no JPEG, once."""
    u = torch.rand(30, batch, device=device).unbind()
    dirty = u[0] >= ranges.clean
    width = scale / 4
    kind = pick(u[1], ranges.blurs) * dirty
    disc = between(u[2], ranges.disc) * width
    along = torch.where(kind == SKEW, between(u[3], ranges.skew), between(u[3], ranges.sigma)) * width
    across = torch.where(kind == SKEW, between(u[4], ranges.skew) * width, along)
    length = between(u[5], ranges.motion) * width
    noisy = dirty & (u[6] >= ranges.no_noise)
    shot = u[7] < ranges.poisson
    level = between(u[8], ranges.noise) * noisy
    twice = dirty & (u[9] < ranges.twice)
    first = between(u[10], ranges.first_noise)
    return {
        "kind": kind,
        "along": torch.where(kind == MOTION, length, torch.where(kind == DISC, disc, along)),
        "across": across,
        "angle": math.pi * u[11],
        "shrink": pick(u[12], ranges.shrinks) * dirty,
        "noise": torch.where(shot, 0.0, level),
        "shot": torch.where(shot, level, 0.0),
        "grey": u[13] < ranges.grey,
        "jpeg": dirty & (u[14] >= ranges.no_jpeg),
        "quality": torch.floor(between(u[15], (ranges.quality[0], ranges.quality[1] + 1))),
        "halved": u[16] < ranges.halved,
        "twice": twice,
        "first_noise": torch.where(u[17] < ranges.poisson, 0.0, first),
        "first_shot": torch.where(u[17] < ranges.poisson, first, 0.0),
        "first_grey": u[18] < ranges.grey,
        "first_jpeg": u[19] >= ranges.no_jpeg,
        "first_quality": torch.floor(between(u[20], (ranges.first_quality[0], ranges.first_quality[1] + 1))),
        "first_halved": u[21] < ranges.halved,
        "second_shrink": pick(u[22], ranges.shrinks),
        "second_sigma": between(u[23], ranges.second_sigma),
        "flat": u[26] < ranges.flat,
        **{f"colour{c}": (255 * between(u[27 + c], (-0.25, 1.25)).clamp(0, 1)).round() for c in range(3)},
        "row": torch.floor(u[24] * (BORDER + 1)).long().clamp(max=BORDER),
        "column": torch.floor(u[25] * (BORDER + 1)).long().clamp(max=BORDER),
    }


FLAGS = ("flat", "grey", "jpeg", "halved", "twice", "first_grey", "first_jpeg", "first_halved")
INDICES = ("kind", "shrink", "second_shrink", "row", "column")


def draw_table(steps: int, batch: int, scale: int, ranges: Ranges, device: str | torch.device) -> Tensor:
    """Parameters of many batches in one tensor [steps, parameters, batch] (names in alphabetical order)."""
    p = draw(steps * batch, scale, ranges, device)
    return torch.stack([p[name].float().view(steps, batch) for name in sorted(p)], 1)


def table_row(table: Tensor, cursor: Tensor, names: list[str]) -> dict[str, Tensor]:
    """The parameters of batch `cursor` [1] of a table, as `draw` gives them."""
    p = dict(zip(names, table.index_select(0, cursor)[0].unbind()))
    return p | {name: p[name] > 0.5 for name in FLAGS} | {name: p[name].long() for name in INDICES}


def blur_kernels(kind: Tensor, along: Tensor, across: Tensor, angle: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """Kernels [B, 2 radius + 1, 2 radius + 1] with sum 1, and the radius [B] int32 beyond which each is 0.

    along, across: Gaussian sigmas; for MOTION `along` is half the length, for DISC the radius.
    """
    t = torch.arange(-radius, radius + 1, dtype=torch.float32, device=kind.device)
    shape = lambda value: value[:, None, None]
    cos, sin = shape(angle.cos()), shape(angle.sin())
    u, v = cos * t + sin * t[:, None], cos * t[:, None] - sin * t
    kind_, a, b = shape(kind), shape(along), shape(across)
    gaussian = torch.exp(-0.5 * ((u / a) ** 2 + (v / b) ** 2))
    motion = torch.exp(-0.5 * (v / 0.6) ** 2) * (a + 0.5 - u.abs()).clamp(0, 1)
    disc = (a + 0.5 - (t**2 + t[:, None] ** 2).sqrt()).clamp(0, 1)
    value = torch.where(kind_ == MOTION, motion, torch.where(kind_ == DISC, disc, gaussian))
    extent = torch.where(kind == DISC, along + 0.5, 3.3 * torch.maximum(along, across))
    extent = torch.where(kind == MOTION, along + 1.5, extent)
    extent = torch.where(kind == NONE, 0.0, extent).ceil().clamp(max=radius)
    far = torch.maximum(t.abs(), t[:, None].abs())
    value = torch.where(far <= shape(extent), value, 0.0)
    return value / value.sum((1, 2), keepdim=True), extent.to(torch.int32)


def shrink_matrices(size: int, factor: int) -> Tensor:
    """[4, size / factor, size] float64: antialiased bicubic (a = -0.5), bilinear, area, Lanczos 3, rows with sum 1.

    The kernel is stretched by the factor and cut at the borders with its weights renormalised, as Pillow does.
    """
    centre = (torch.arange(size // factor, dtype=torch.float64) + 0.5) * factor
    t = (torch.arange(size, dtype=torch.float64) + 0.5 - centre[:, None]) / factor
    lanczos = torch.sinc(t) * torch.sinc(t / 3) * (t.abs() < 3)
    bank = torch.stack([keys(t), (1 - t.abs()).clamp_min(0), (t.abs() < 0.5).double(), lanczos])
    return bank / bank.sum(-1, keepdim=True)


def add_noise(x: Tensor, sigma: Tensor, shot: Tensor, grey: Tensor) -> Tensor:
    """Gaussian noise sigma [B], or signal-dependent noise that has the deviation `shot` [B] at 128; to 8 bits."""
    shape = lambda value: value[:, None, None, None]
    white = torch.randn_like(x)
    white = torch.where(shape(grey), white[:, :1], white)
    x = x.clamp(0, 255)
    deviation = (shape(sigma) ** 2 + shape(shot) ** 2 * x / 128).sqrt()
    return (x + white * deviation).round().clamp(0, 255)


class Degrader:
    """Makes (LR [B, 3, n, n], HR [B, 3, s n, s n]) in [0, 1] from HR patches of s (n + BORDER) pixels in [0, 1]."""

    def __init__(self, batch: int, patch: int, scale: int, device: str | torch.device, ranges: Ranges = Ranges()):
        self.batch, self.patch, self.scale, self.ranges = batch, patch, scale, ranges
        self.device = device
        if patch % 16:
            raise ValueError("blind patches are multiples of 16 (JPEG's blocks at 4:2:0)")
        side = scale * (patch + BORDER)
        self.early = {2: 1, 3: 1, 4: 2}[scale]  # shrinking in the first of two passes
        put = lambda size, factor: shrink_matrices(size, factor).to(device, torch.float32)
        self.whole, self.first = put(side, scale), put(side, self.early)
        self.second = put(side // self.early, scale // self.early)
        self.jpeg = Jpeg(device)
        self.names = sorted(draw(1, scale, ranges, "cpu"))
        self.table: Tensor | None = None

    def shrink(self, x: Tensor, bank: Tensor, which: Tensor) -> Tensor:
        a = bank[which][:, None]
        return a @ x @ a.transpose(-1, -2)

    def low(self, hr: Tensor, p: dict[str, Tensor]) -> Tensor:
        """HR [B, 3, s m, s m] to LR [B, 3, m, m], both 0..255, by the parameters p."""
        shape = lambda value: value[:, None, None, None]
        soft = blur(hr, *blur_kernels(p["kind"], p["along"], p["across"], p["angle"], RADIUS))
        once = self.shrink(soft, self.whole, p["shrink"])
        x = self.shrink(soft, self.first, p["shrink"]) if self.early > 1 else soft
        x = add_noise(x, p["first_noise"], p["first_shot"], p["first_grey"])
        x = torch.where(shape(p["first_jpeg"]), self.jpeg(x, p["first_quality"], p["first_halved"]), x)
        kind = torch.full_like(p["kind"], GAUSSIAN)
        x = blur(x, *blur_kernels(kind, p["second_sigma"], p["second_sigma"], p["angle"], SMALL_RADIUS))
        x = torch.where(shape(p["twice"]), self.shrink(x, self.second, p["second_shrink"]), once)
        x = add_noise(x, p["noise"], p["shot"], p["grey"])
        return torch.where(shape(p["jpeg"]), self.jpeg(x, p["quality"], p["halved"]), x)

    def crop(self, x: Tensor, row: Tensor, column: Tensor, size: int) -> Tensor:
        """[B, 3, size, size] with its corner at (row, column) [B]."""
        t = torch.arange(size, device=x.device)
        b = torch.arange(len(x), device=x.device)[:, None, None]
        planes = x.permute(0, 2, 3, 1)[b, (row[:, None] + t)[:, :, None], (column[:, None] + t)[:, None, :]]
        return planes.permute(0, 3, 1, 2)

    def refill(self, steps: int) -> None:
        """Draws the parameters of the next `steps` batches (not to be captured)."""
        fresh = draw_table(steps, self.batch, self.scale, self.ranges, self.device)
        if self.table is None:
            self.table = fresh
        else:
            self.table.copy_(fresh)  # in place: a captured graph reads it

    def __call__(self, hr: Tensor, cursor: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Batch number `cursor` [1] of the table; without one, the parameters are drawn at once."""
        if cursor is None:
            p = draw(self.batch, self.scale, self.ranges, self.device)
        else:
            p = table_row(self.table, cursor, self.names)
        colour = torch.stack([p[f"colour{c}"] for c in range(3)], 1)[:, :, None, None] / 255
        hr = torch.where(p["flat"][:, None, None, None], colour, hr)
        low = self.low(hr * 255, p)
        s, n = self.scale, self.patch
        return self.crop(low, p["row"], p["column"], n) / 255, self.crop(hr, s * p["row"], s * p["column"], s * n)
