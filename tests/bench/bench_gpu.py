"""Our network on this GPU beside eager PyTorch and FlashAttention, in one run. Prints one JSON object.

    PYTHONPATH=models/training python3 tests/bench/bench_gpu.py [--build build/gpu] [--quick] > gpu.json

`ours` is tests/bench/bench_gpu.cpp, built by scripts/test-gpu. `eager` is the training package's own network in bf16.
`layer` compares one attention layer at 70,752 tokens (LN, projections, attention, LePE, gate, output projection,
residual) and the bare FlashAttention kernel in it. Times are medians by CUDA events; memory is what was allocated at the
peak, weights, input and output included.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from nalatrain.attention import nala
from nalatrain.network import convolve
from nalatrain.weights import load
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

ROOT = Path(__file__).resolve().parents[2]
LAYER = (264, 268)  # 70,752 tokens
LADDER = ["264x268", "512x512", "1024x1024", "1920x1080", "3840x2160", "7680x4320"]
MIB = 1 << 20


def median_ms(run, repeats: int) -> float:
    for _ in range(2):
        run()
    times = []
    for _ in range(repeats):
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        run()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


def timed(run, repeats: int) -> dict:
    """`run` must keep nothing: its peak is what it allocates, its own inputs and weights included."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    ms = median_ms(run, repeats)
    return {"ms": ms, "peak_mib": torch.cuda.max_memory_allocated() / MIB}


@torch.inference_mode()
def eager(model: Path, width: int, height: int, repeats: int) -> dict:
    network = load(model, torch.bfloat16).cuda().eval()
    picture = torch.randint(0, 256, (1, 3, height, width), dtype=torch.uint8, device="cuda")

    def run() -> Tensor:
        out = network(picture.to(torch.bfloat16) / 255)
        return (out.clamp(0, 1) * 255 + 0.5).to(torch.uint8)

    return {"size": f"{width}x{height}", **timed(run, repeats)}


@torch.inference_mode()
def layer(model: Path, repeats: int) -> dict:
    """The attention half of a block, with NaLa, and with softmax through FlashAttention."""
    network = load(model, torch.bfloat16).cuda().eval()
    spec, block, (h, w) = network.spec, network.blocks[0], LAYER
    x = torch.randn(1, h, w, spec.dim, dtype=torch.bfloat16, device="cuda")

    def flash(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
            return F.scaled_dot_product_attention(q, k, v)

    def half(attend) -> Tensor:
        y = x + convolve(block.cpe1, x)
        qkv, g = block.qkvg(block.norm1(y)).split([3 * spec.dim, spec.dim], -1)
        q, k, v = qkv.reshape(1, h * w, 3, spec.heads, -1).permute(2, 0, 3, 1, 4)
        o = attend(q, k, v).transpose(1, 2).reshape(1, h, w, -1).to(qkv.dtype)
        o = o + convolve(block.lepe, qkv[..., 2 * spec.dim :])
        return y + block.gamma1 * block.out(block.norm_out(o) * F.silu(g))

    q = torch.randn(1, spec.heads, h * w, spec.dim // spec.heads, dtype=torch.bfloat16, device="cuda")
    return {
        "tokens": h * w,
        "eager_nala": timed(lambda: half(lambda q, k, v: nala(q, k, v, h, w, spec)), repeats),
        "eager_flash": timed(lambda: half(flash), repeats),
        "flash_kernel_alone": timed(lambda: flash(q, q, q), repeats),
    }


def ours(build: Path, model: Path, sizes: list[str], *options: str) -> dict:
    command = [str(build / "tests" / "bench_gpu"), "--model", str(model), *options]
    for size in sizes:
        command += ["--size", size]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.strip() or done.stdout.strip()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "build/gpu")
    parser.add_argument("--model", type=Path, default=ROOT / "models/light_x4.safetensors")
    parser.add_argument("--quick", action="store_true", help="1920x1080 and the layer only")
    a = parser.parse_args()
    few = ("--repeat", "3")
    report = {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "full_hd": ours(a.build, a.model, ["1920x1080"], "--repeat", "10"),
        "layer_ours": ours(a.build, a.model, [f"{LAYER[1]}x{LAYER[0]}"], "--layer", "--repeat", "30"),
        "layer_torch": layer(a.model, 10),
        "eager": eager(a.model, 1920, 1080, 5),
    }
    torch.cuda.empty_cache()  # what follows needs the card to itself
    if not a.quick:
        report |= {
            "full_hd_to_host": ours(a.build, a.model, ["1920x1080"], "--to-host", "--repeat", "10"),
            "full_hd_256_mib": ours(a.build, a.model, ["1920x1080"], "--to-host", "--budget", "256", *few),
            "ladder": ours(a.build, a.model, LADDER, "--to-host", *few),
            "8k_16_gib": ours(a.build, a.model, ["7680x4320"], "--to-host", "--budget", "16384", "--repeat", "1"),
            "8k_4_gib": ours(a.build, a.model, ["7680x4320"], "--to-host", "--budget", "4096", "--repeat", "1"),
        }
    json.dump(report, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
