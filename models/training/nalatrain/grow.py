"""Larger networks that compute what a trained smaller one does, as the start of their training."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from .network import Network


@torch.no_grad()
def close(network: Network, convolutions: list[nn.Conv2d | None]) -> None:
    """Gives every group its closing convolution; None: zeros."""
    for mine, convolution in zip(network.groups, convolutions):
        if convolution is None:
            for value in mine.parameters():
                value.zero_()
        else:
            mine.load_state_dict(convolution.state_dict())


def grown(network: Network, blocks: int) -> Network:
    """`network` with each of its blocks followed by new ones, `blocks` in all (a multiple of what there are).

    A new block is a copy of the one before it whose residual branches are 0 (gammas, position encodings), and so are new
    group convolutions: the output is unchanged, and every gamma has a gradient from the first step.
    """
    old = network.spec
    if blocks == old.blocks:
        return network
    times = blocks // old.blocks
    if blocks % old.blocks or old.blocks % old.group:
        raise ValueError(f"{old.blocks} blocks in groups of {old.group} do not grow to {blocks}")
    result = Network(replace(old, blocks=blocks, scopes=tuple(s for s in old.scopes for _ in range(times))))
    result.head.load_state_dict(network.head.state_dict())
    result.tail.load_state_dict(network.tail.state_dict())
    with torch.no_grad():
        for i, block in enumerate(result.blocks):
            block.load_state_dict(network.blocks[i // times].state_dict())
            if i % times:
                for value in (block.gamma1, block.gamma2, *block.cpe1.parameters(), *block.cpe2.parameters()):
                    value.zero_()
    close(result, [None if (i + 1) % times else network.groups[i // times] for i in range(len(result.groups))])
    return result


def regrouped(network: Network, group: int) -> Network:
    """`network` with a convolution after every `group` blocks (a divisor of what there is); new ones are 0, so the output
    is unchanged."""
    old = network.spec
    if group == old.group:
        return network
    if old.group % group:
        raise ValueError(f"groups of {old.group} blocks do not become groups of {group}")
    result = Network(replace(old, group=group))
    kept = {name: value for name, value in network.state_dict().items() if not name.startswith("groups.")}
    result.load_state_dict(kept, strict=False)
    ends = [min((i + 1) * group, old.blocks) for i in range(len(result.groups))]
    taken = lambda end: end % old.group == 0 or end == old.blocks
    close(result, [network.groups[(end - 1) // old.group] if taken(end) else None for end in ends])
    return result
