"""Fused Triton kernels of the training step, forward and backward.

Every module holds the kernels and thin launchers; maps are [P, C] row-major (P = B*H*W pixels), bfloat16 or float32;
arithmetic is float32. Weight gradients come as partial sums, one row per program, summed in a fixed order, so a
step is repeatable. `nalatrain.fused` strings the launchers together; `nalatrain.selfcheck` compares every one of
them with float64.
"""
