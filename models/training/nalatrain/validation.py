"""Blind validation during training and ablations: held-out centre crops, six settings and bicubic, whole and tiled.

Figures are PSNR-Y in dB (8-bit output, border = scale), computed on the device; pictures of one size go as a batch.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from . import protocol
from .data import FLAT, STRUCTURED, Store

LUMA = (65.481, 128.553, 24.966)


def tiled(network, x: Tensor, tile: int, overlap: int = 8) -> Tensor:
    """The network over tiles of `tile` LR pixels with `overlap` more on each side, as `nalasr evaluate --tile`."""
    s, (h, w) = network.spec.scale, x.shape[-2:]
    y = x.new_empty(*x.shape[:2], s * h, s * w)
    for top in range(0, h, tile):
        for left in range(0, w, tile):
            y0, x0 = max(0, top - overlap), max(0, left - overlap)
            part = network(x[..., y0 : top + tile + overlap, x0 : left + tile + overlap])
            rows, columns = min(tile, h - top), min(tile, w - left)
            at = (s * (top - y0), s * (left - x0))
            y[..., s * top : s * (top + rows), s * left : s * (left + columns)] = part[
                ..., at[0] : at[0] + s * rows, at[1] : at[1] + s * columns
            ]
    return y


def psnr(y: Tensor, hr: Tensor, border: int) -> Tensor:
    """[B] dB. y [B, 3, H, W] in [0, 1], not yet rounded; hr likewise, of 8-bit pictures."""
    weight = torch.tensor(LUMA, dtype=torch.float64, device=y.device)[:, None, None]
    error = ((y.clamp(0, 1) * 255).round().double() - (hr * 255).round().double()) / 255
    error = (error * weight).sum(1)[:, border:-border, border:-border]
    return 10 * torch.log10(255**2 / error.square().mean((1, 2)).clamp_min(1e-12))


def detail(y: Tensor, hr: Tensor, scale: int) -> Tensor:
    """[B]: energy of the output's luma in the frequencies that the input cannot hold (beyond 1 / (2 scale) cycles a pixel
    along either axis), relative to the original's. 1: as crisp as the original; it does not say that the detail is true,
    and noise counts too. y, hr as in `psnr`."""
    weight = torch.tensor(LUMA, device=y.device)[:, None, None] / 255
    height, width = hr.shape[-2:]
    window = torch.hann_window(height, device=y.device)[:, None] * torch.hann_window(width, device=y.device)
    rows, columns = torch.fft.fftfreq(height, device=y.device).abs(), torch.fft.rfftfreq(width, device=y.device)
    beyond = torch.maximum(rows[:, None], columns) > 0.5 / scale

    def energy(picture: Tensor) -> Tensor:
        luma = ((picture.clamp(0, 1) * 255).round() * weight).sum(1)
        luma = luma - luma.mean((1, 2), keepdim=True)  # else the window would spread it
        return (torch.fft.rfft2(luma * window).abs().square() * beyond).sum((1, 2))

    return energy(y) / energy(hr).clamp_min(1e-12)


def mirrored(x: Tensor, copies: int) -> Tensor:
    """[B, C, H, W] continued by mirror images to copies * (H, W), the picture itself in the middle (copies odd)."""
    odd, even = x, x.flip(-1)
    middle = copies // 2
    row = torch.cat([odd if (i - middle) % 2 == 0 else even for i in range(copies)], -1)
    return torch.cat([row if (i - middle) % 2 == 0 else row.flip(-2) for i in range(copies)], -2)


class Validation:
    """LR and HR crops on the device, made once."""

    def __init__(self, store: Store, device: str, threads: int = 16):
        kept = [(name, hr) for name, _, hr in store.validation if name not in FLAT]
        self.names = [name for name, _ in kept]
        self.scale = store.scale
        put = lambda arrays: torch.from_numpy(np.stack(arrays)).to(device).permute(0, 3, 1, 2).float() / 255
        self.hr = put([hr for _, hr in kept])
        with ThreadPoolExecutor(threads) as pool:
            make = lambda setting: put([protocol.lower(hr, store.scale, setting) for _, hr in kept])
            self.lr = dict(zip(protocol.NAMES, pool.map(make, protocol.NAMES)))
        self.structured = torch.tensor([name in STRUCTURED for name in self.names])

    def measure(
        self, network, settings: tuple[str, ...] = protocol.NAMES, tile: int = 0, batch: int = 6, figure=psnr
    ) -> dict:
        """{setting: [figure per picture]}; `figure(output, original, scale)`: dB, or `detail`."""
        result = {}
        with torch.no_grad():
            for setting in settings:
                parts = []
                for x, hr in zip(self.lr[setting].split(batch), self.hr.split(batch)):
                    y = tiled(network, x, tile) if tile else network(x)
                    parts.append(figure(y, hr, self.scale))
                result[setting] = torch.cat(parts).tolist()
        return result

    def summary(self, network, tile: int = 64, copies: int = 7) -> dict:
        """Means: per setting, over the six (blind) of structured, natural and all; gains of whole over tiles."""
        whole = self.measure(network)
        blind = np.array([whole[s] for s in protocol.SETTINGS])
        mask = self.structured.numpy()
        values = {name: float(np.mean(rows)) for name, rows in whole.items()}
        values["blind"] = float(blind.mean())
        values["blind_structured"], values["blind_natural"] = (float(blind[:, m].mean()) for m in (mask, ~mask))
        if tile:
            cut = self.measure(network, tile=tile)
            for name, settings in (("blind", tuple(protocol.SETTINGS)), ("bicubic", (protocol.BICUBIC,))):
                values[f"{name}_whole_minus_tiles"] = float(np.mean([np.subtract(whole[s], cut[s]) for s in settings]))
        if copies:
            values["bicubic_large_minus_small"] = self.size_effect(network, protocol.BICUBIC, copies)
            values["b1.6_n0_large_minus_small"] = self.size_effect(network, "b1.6_n0", copies)
        return {name: round(value, 4) for name, value in values.items()}

    def sharpness(self, network) -> dict:
        """Means of `detail`: over the six settings, and of bicubic."""
        rows = self.measure(network, figure=detail)
        blind = float(np.mean([rows[s] for s in protocol.SETTINGS]))
        return {"detail_blind": round(blind, 4), "detail_bicubic": round(float(np.mean(rows[protocol.BICUBIC])), 4)}

    def size_effect(self, network, setting: str, copies: int, pictures: int = 3) -> float:
        """dB gained in the same pixels when the picture is mirrored to copies^2 times its size: content and its
        statistics stay, so a form whose sums keep their meaning gives about 0 and any loss is the form's defect."""
        total = []
        h, w = self.lr[setting].shape[-2:]
        s, at, border = self.scale, copies // 2, 8 * self.scale  # the small picture's edges have no surroundings
        with torch.no_grad():
            for x, hr in zip(self.lr[setting][:pictures, None], self.hr[:pictures, None]):
                small = network(x)
                large = network(mirrored(x, copies))[..., s * at * h : s * (at + 1) * h, s * at * w : s * (at + 1) * w]
                total.append((psnr(large, hr, border) - psnr(small, hr, border)).item())
        return float(np.mean(total))
