"""Exact propagation of a linear system with constant inputs between nodes: x' = A x + r.

Rates r are kept as further states whose own rate is 0, so one matrix exponential per step size does all.
Never an eigen-decomposition: near-equal rates would lose digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grid import Grid

Array = NDArray[np.float64]
DEGREE = 16  # Taylor polynomial, by Paterson and Stockmeyer in blocks of four
NORM = 0.5  # largest norm it is used at: its remainder there is below 1e-19


@dataclass(frozen=True)
class Jump:
    """At a node, add `amount` (batch shape) to a state, or to its rate."""

    node: int
    state: int
    amount: Array
    rate: bool


def expm(a: Array) -> Array:
    """Matrix exponential of (..., m, m), each matrix on its own."""
    norm = np.abs(a).sum(axis=-1).max(axis=-1)
    squarings = np.maximum(0, np.ceil(np.log2(np.maximum(norm, 1e-300) / NORM))).astype(int)
    out = _taylor(a / (2.0**squarings)[..., None, None])
    for done in range(int(squarings.max(initial=0))):
        out = np.where((squarings > done)[..., None, None], out @ out, out)
    return out


def _taylor(a: Array) -> Array:
    eye = np.eye(a.shape[-1])
    powers = [np.broadcast_to(eye, a.shape), a, a @ a]
    powers.append(powers[2] @ a)
    fourth = powers[3] @ a
    weights = np.cumprod([1.0, *(1.0 / k for k in range(1, DEGREE + 1))])
    total = np.broadcast_to(weights[DEGREE] * eye, a.shape)
    for start in range(DEGREE - 4, -1, -4):
        block = sum(weights[start + k] * powers[k] for k in range(4))
        total = block + fourth @ total
    return np.asarray(total)


def tables(a: Array, sizes: Array) -> Array:
    """exp(A h) for each distinct step h: (sizes, ..., m, m). Doubled steps are squared, the others made anew."""
    half = [np.flatnonzero(np.abs(sizes[:i] - h / 2) < 1e-12 * h) for i, h in enumerate(sizes)]
    new = [i for i, found in enumerate(half) if not len(found)]
    out = np.empty((len(sizes), *a.shape))
    out[new] = expm(sizes[new].reshape(-1, *(1,) * a.ndim) * a)
    for i, found in enumerate(half):
        if len(found):
            out[i] = out[found[0]] @ out[found[0]]
    return out


def propagate(a: Array, grid: Grid, jumps: list[Jump], read: list[int], mids: bool = True) -> Array:
    """States at start, middle and end of each step: (3, K, *batch, len(read)).

    a: (*batch, m, m). jumps act at their node, before the step that starts there. Without `mids` the middle
    repeats the start (nothing downstream reads it).
    """
    batch, m = a.shape[:-2], a.shape[-1]
    fed = sorted({jump.state for jump in jumps if jump.rate})
    wide = np.zeros((*batch, m + len(fed), m + len(fed)))
    wide[..., :m, :m] = a
    for column, target in enumerate(fed):
        wide[..., target, m + column] = 1.0
    sizes = np.unique(np.concatenate([grid.sizes, grid.sizes / 2])) if mids else grid.sizes
    table = tables(wide, sizes)
    whole = np.searchsorted(sizes, grid.sizes)[grid.size]
    half = np.searchsorted(sizes, grid.sizes / 2)[grid.size] if mids else whole
    due: dict[int, list[Jump]] = {}
    for jump in jumps:
        due.setdefault(jump.node, []).append(jump)
    # right limits at every node; the left ones differ where something is given
    state = np.zeros((grid.steps + 1, *batch, m + len(fed), 1))
    before: dict[int, Array] = {}
    steps = [table[j] for j in whole]
    for k, step in enumerate(steps):
        if k in due:
            before[k] = state[k][..., read, 0]
            for jump in due[k]:
                state[k][..., m + fed.index(jump.state) if jump.rate else jump.state, 0] += jump.amount
        np.matmul(step, state[k], out=state[k + 1])
    out = np.empty((3, grid.steps, *batch, len(read)))
    nodes = state[..., read, 0]
    out[0], out[2] = nodes[:-1], nodes[1:]
    for k, value in before.items():
        if k:
            out[2, k - 1] = value
    out[1] = _halfway(table, half, state[:-1], read) if mids else out[0]
    return out


def _halfway(table: Array, half: NDArray[np.intp], start: Array, read: list[int]) -> Array:
    """States in the middle of each step, all steps of one size at once: (K, *batch, len(read))."""
    out = np.empty((*start.shape[:-2], len(read)))
    for j in np.unique(half):
        at = half == j
        out[at] = (table[j][..., read, :] @ start[at])[..., 0]
    return out
