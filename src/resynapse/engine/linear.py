"""Exact propagation of a linear system with constant inputs between nodes: x' = A x + r.

Rates r are kept as further states whose own rate is 0, so one matrix exponential per step size does all.
Never an eigen-decomposition: near-equal rates would lose digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .grid import TICK_H, Grid

Array = NDArray[np.float64]
DEGREE = 16  # Taylor polynomial, by Paterson and Stockmeyer in blocks of four
NORM = 0.5  # largest norm it is used at: its remainder there is below 1e-19
AT_ONCE = 2**17  # multiplications in one product at most: far from where a library would share it between threads


@dataclass(frozen=True)
class Jump:
    """At a node, add `amount` (batch shape) to a state, or to its rate."""

    node: int
    state: int
    amount: Array
    rate: bool


class Grown(NamedTuple):
    """exp(A) as two: whole, (..., m, m), and its diagonal less 1, (..., m). Beside 1 the last digits of a slow rate
    over a short step are lost, and each doubling would double that loss; so they are kept apart while small."""

    whole: Array
    own: Array

    def doubled(self) -> Grown:
        """exp(2 A)."""
        others = self.whole * (1 - np.eye(self.whole.shape[-1]))
        back = np.multiply(others, others.swapaxes(-1, -2), order="C").sum(axis=-1)
        return _grown(self.whole @ self.whole, (2 + self.own) * self.own + back)

    def where(self, mask: Array, other: Grown) -> Grown:
        """This where the mask is true, the other elsewhere; mask: (...,)."""
        picked = (
            np.where(mask[..., None, None], self.whole, other.whole),
            np.where(mask[..., None], self.own, other.own),
        )
        return Grown(*picked)


def _grown(whole: Array, own: Array) -> Grown:
    """A diagonal from what it is less 1 where that is small, and the reverse."""
    diagonal = np.diagonal(whole, axis1=-2, axis2=-1)
    small = np.abs(own) < 0.5
    own, at = np.where(small, own, diagonal - 1), np.arange(whole.shape[-1])
    whole[..., at, at] = np.where(small, 1 + own, diagonal)
    return Grown(whole, own)


def expm(a: Array) -> Array:
    """Matrix exponential of (..., m, m), each matrix on its own."""
    return grown(a).whole


def grown(a: Array) -> Grown:
    """The same, to be doubled further."""
    norm = np.abs(a).sum(axis=-1).max(axis=-1)
    squarings = np.maximum(0, np.ceil(np.log2(np.maximum(norm, 1e-300) / NORM))).astype(int)
    moved = _taylor(a / (2.0**squarings)[..., None, None])
    out = _grown(moved + np.eye(a.shape[-1]), np.diagonal(moved, axis1=-2, axis2=-1))
    for done in range(int(squarings.max(initial=0))):
        out = out.doubled().where(squarings > done, out)
    return out


def _taylor(a: Array) -> Array:
    """The polynomial of exp(a), without its first term."""
    eye = np.eye(a.shape[-1])
    powers = [np.broadcast_to(eye, a.shape), a, a @ a]
    powers.append(powers[2] @ a)
    fourth = powers[3] @ a
    weights = np.cumprod([1.0, *(1.0 / k for k in range(1, DEGREE + 1))])
    total = np.broadcast_to(weights[DEGREE] * eye, a.shape)
    for start in range(DEGREE - 4, -1, -4):
        block = sum(weights[start + k] * powers[k] for k in range(0 if start else 1, 4))
        total = block + fourth @ total
    return np.asarray(total)


def tables(a: Array, sizes: Array) -> Array:
    """exp(A h) for each distinct step h: (sizes, ..., m, m). Doubled steps come from their halves, the others anew."""
    half = [np.flatnonzero(np.abs(sizes[:i] - h / 2) < 1e-12 * h) for i, h in enumerate(sizes)]
    new = [i for i, found in enumerate(half) if not len(found)]
    anew = grown(sizes[new].reshape(-1, *(1,) * a.ndim) * a)
    made: dict[int, Grown] = {i: Grown(anew.whole[k], anew.own[k]) for k, i in enumerate(new)}
    for i, found in enumerate(half):
        if len(found):
            made[i] = made[int(found[0])].doubled()
    return np.stack([made[i].whole for i in range(len(sizes))])


class Steps:
    """exp(A h) for the step sizes h of grids over one system, a: (*batch, m, m). Regular ones are made once and kept.

    Each is made in one way only, whatever was asked before: half a tick anew, its doubles by squaring, all others
    anew. So no bit of a run depends on the runs before it.
    """

    def __init__(self, a: Array) -> None:
        self.a = a
        self.kept: dict[float, Grown] = {}
        # how often a brief step is halved, system by system: nobody's arithmetic goes by another's rates
        norm = np.abs(a).sum(axis=-1).max(axis=-1) * TICK_H
        self.halved = np.maximum(0, np.ceil(np.log2(np.maximum(norm, 1e-300) / NORM))).astype(int)

    def regular(self, h: float) -> Array:
        """The matrix of half a tick or one of its doubles."""
        return self._grown(h).whole

    def _grown(self, h: float) -> Grown:
        if h not in self.kept:
            self.kept[h] = grown(self.a * h) if h < TICK_H else self._grown(h / 2).doubled()
        return self.kept[h]

    def of(self, sizes: list[float], halves: bool) -> dict[float, Array]:
        """The matrices of some sizes, and of their halves; not for what `along` takes."""
        whole = [h for h in sizes if not self.brief(h)]
        wanted = sorted({*whole, *(h / 2 for h in whole)} if halves else whole)
        new = [h for h in wanted if not _is_regular(h)]
        made = expm(np.multiply.outer(new, self.a)) if new else ()
        return dict(zip(new, made, strict=True)) | {h: self.regular(h) for h in wanted if _is_regular(h)}

    def brief(self, h: float) -> bool:
        """Whether a size is taken by `along`: such sizes come once or twice, and a matrix costs more."""
        return h < TICK_H and not _is_regular(h)

    def along(self, x: Array, h: float) -> tuple[Array, Array]:
        """States (*batch, m, 1) after half a step and after a whole one, by the same polynomial as `expm`."""
        mid, end = np.empty(x.shape), np.empty(x.shape)
        for halved in np.unique(self.halved).tolist():
            some = self.halved == halved
            mid[some], end[some] = _polynomial(self.a[some], x[some], h, halved)
        return mid, end


def _polynomial(a: Array, x: Array, h: float, halved: int) -> tuple[Array, Array]:
    """States after half of h and after h, in 2**halved steps."""
    count, mid = 2**halved, x
    for k in range(count):
        if 2 * k == count:
            mid = x
        term, half, end = x, x.copy(), x.copy()
        for j in range(1, DEGREE + 1):
            term = (a @ term) * (h / count / j)
            end += term
            if count == 1:
                half += term * 0.5**j
        mid, x = half if count == 1 else mid, end
    return mid, x


def _is_regular(h: float) -> bool:
    """Whether a size is half a tick doubled some times."""
    mantissa, exponent = math.frexp(h / TICK_H)
    return mantissa == 0.5 and exponent >= 0


@dataclass(frozen=True)
class States:
    """A system on a grid. right: (*batch, m, K + 1), limits from the right at all nodes; left: those from the left
    where they differ; middle: (*batch, rows, K), states in the middle of each step."""

    right: Array
    left: dict[int, Array]
    middle: Array
    rows: tuple[int, ...]

    def nodes(self, j: int) -> Array:
        """A state at the nodes, limits from the right: (K + 1, *batch)."""
        return np.moveaxis(self.right[..., j, :], -1, 0)

    def steps(self, j: int) -> Array:
        """A state at start, middle and end of each step: (3, K, *batch). The middle of one that is not among
        `rows` repeats the start."""
        nodes = np.ascontiguousarray(self.nodes(j))
        out = np.empty((3, len(nodes) - 1, *nodes.shape[1:]))
        out[0], out[2] = nodes[:-1], nodes[1:]
        for k, value in self.left.items():
            if k:
                out[2, k - 1] = value[..., j]
        out[1] = np.moveaxis(self.middle[..., self.rows.index(j), :], -1, 0) if j in self.rows else out[0]
        return out


def propagate(
    a: Array, grid: Grid, jumps: list[Jump], mids: tuple[int, ...], known: dict[tuple[int, ...], Steps] | None = None
) -> States:
    """The system x' = A x + r from rest, a: (*batch, m, m); jumps act at their node, before the step that starts there.

    mids: states whose middles are wanted. known: matrices of this system, kept for the next run.
    """
    fed = tuple(sorted({jump.state for jump in jumps if jump.rate}))
    known = {} if known is None else known
    if fed not in known:
        known[fed] = Steps(_with_rates(a, fed))
    steps = known[fed]
    due: dict[int, list[tuple[int, Array]]] = {}
    for jump in jumps:
        state = a.shape[-1] + fed.index(jump.state) if jump.rate else jump.state
        due.setdefault(jump.node, []).append((state, jump.amount))
    table = steps.of(grid.sizes.tolist(), bool(mids))
    right = np.zeros((*steps.a.shape[:-1], grid.steps + 1))
    middle = np.empty((*steps.a.shape[:-2], len(mids), grid.steps))
    left: dict[int, Array] = {}
    for first, last, h in _runs(grid, due):
        if first in due:
            left[first] = right[..., first].copy()
            for state, amount in due[first]:
                right[..., state, first] += amount
        if steps.brief(h):
            for k in range(first, last):
                half, right[..., k + 1 : k + 2] = steps.along(right[..., k : k + 1], h)
                middle[..., k] = half[..., mids, 0]
        else:
            _run(right[..., first : last + 1], table, h)
    if mids:
        for k, h in enumerate(grid.sizes.tolist()):
            if not steps.brief(h):
                at = np.flatnonzero(grid.size == k)
                rows = table[h / 2][..., mids, :]
                for part in np.array_split(at, -(-rows.shape[-2] * rows.shape[-1] * len(at) // AT_ONCE) or 1):
                    middle[..., part] = rows @ right[..., part]
    return States(right, left, middle, mids)


def _with_rates(a: Array, fed: tuple[int, ...]) -> Array:
    """The system with a state more for each that is fed at a rate: that rate, which stays as it is."""
    m = a.shape[-1]
    wide = np.zeros((*a.shape[:-2], m + len(fed), m + len(fed)))
    wide[..., :m, :m] = a
    for column, target in enumerate(fed):
        wide[..., target, m + column] = 1.0
    return wide


def _runs(grid: Grid, due: Iterable[int]) -> Iterator[tuple[int, int, float]]:
    """Steps in runs of one size without an event inside: first node, last node, size."""
    cuts = np.flatnonzero(np.diff(grid.size)) + 1
    nodes = sorted({0, grid.steps, *cuts.tolist(), *due})
    for first, last in pairwise(nodes):
        yield first, last, float(grid.sizes[grid.size[first]])


def _run(columns: Array, table: Mapping[float, Array], h: float) -> None:
    """Fill equal steps after the first: by one step, then by twice as many at once where there is a matrix for that."""
    done, count, at_once, step = 1, columns.shape[-1], 1, table[h]
    most = AT_ONCE // step.shape[-1] ** 2
    while done < count:
        if 2 * at_once <= min(done, most) and 2 * at_once * h in table:
            at_once *= 2
            step = table[at_once * h]
        n = min(at_once, count - done)
        np.matmul(step, columns[..., done - at_once : done - at_once + n], out=columns[..., done : done + n])
        done += n
