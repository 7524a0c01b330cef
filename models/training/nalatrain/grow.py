"""Larger networks that compute what a trained smaller one does, as the start of their training."""

from __future__ import annotations

from dataclasses import replace

import torch

from .network import Network


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
        for i, convolution in enumerate(result.groups):
            if (i + 1) % times:
                for value in convolution.parameters():
                    value.zero_()
            else:
                convolution.load_state_dict(network.groups[i // times].state_dict())
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
    with torch.no_grad():
        for i, convolution in enumerate(result.groups):
            end = min((i + 1) * group, old.blocks)
            if end % old.group and end != old.blocks:
                for value in convolution.parameters():
                    value.zero_()
            else:
                convolution.load_state_dict(network.groups[(end - 1) // old.group].state_dict())
    return result
