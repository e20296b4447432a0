"""A linear cascade with constant rates, y' = A y + B d(t), wanted at few nodes of its grid only.

Its drivers are known and run as a parabola through start, middle and end of each step. Each step's share in the
next wanted node is then one matrix, the same for all exposures: what lies between two wanted nodes is one product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from . import linear
from .grid import TICK_H, Grid

Array = NDArray[np.float64]
FINEST = 2.0**-20  # of a tick: steps whose sizes differ by less are one size
# start, middle and end of a parabola to its value, slope and bend at the start, in units of the step
PARABOLA = np.array([[1.0, 0.0, 0.0], [-3.0, 4.0, -1.0], [4.0, -8.0, 4.0]])


class Tail:
    """The cascade on one grid. a: (c, m, m); b: (c, m, p) for p drivers; nodes: those wanted, rising."""

    def __init__(self, a: Array, b: Array, grid: Grid, nodes: NDArray[np.intp]) -> None:
        self.first = np.concatenate([[0], nodes[:-1]])
        self.last = nodes
        self.start_share, self.share = _shares(*_tables(a, b, grid.sizes), grid, self.first, nodes)

    def run(self, driver: Array, start: Array, part: slice = slice(None)) -> Array:
        """States at the wanted nodes, (nodes, c, m, n), of some of the c.

        driver: (p, 2 K + 1, c, n), by half steps; start: (m,).
        """
        c, n = driver.shape[2:]
        out = np.empty((len(self.last), c, len(start), n))
        y: Array = np.broadcast_to(start[None, :, None], out.shape[1:])
        for i, (first, last) in enumerate(zip(self.first, self.last, strict=True)):
            y = _some(self.start_share[i], part) @ y
            if last > first:
                told = np.stack([driver[:, 2 * first + j : 2 * last + j : 2] for j in range(3)], axis=2)
                y += _some(self.share[i], part) @ told.transpose(3, 1, 0, 2, 4).reshape(c, -1, n)
            out[i] = y
        return out


def _some(values: Array, part: slice) -> Array:
    """Those of a part of the draws, or what serves all of them."""
    return values[part] if len(values) > 1 else values


def _shares(
    keep: list[Array], feed: list[Array], grid: Grid, first: NDArray[np.intp], last: NDArray[np.intp]
) -> tuple[list[Array], list[Array]]:
    """For each stretch between wanted nodes: the share of its start in its end, (c, m, m), and that of the drivers'
    values in its steps, (c, m, steps x p x 3). Steps with as much still to go after them share their matrices."""
    ticks = np.round(grid.sizes / (TICK_H * FINEST)).astype(int)
    left = {0: np.broadcast_to(np.eye(keep[0].shape[-1]), keep[0].shape)}  # by what is still to go
    known: dict[tuple[int, int], Array] = {}
    starts, steps = [], []
    for a, b in zip(first, last, strict=True):
        togo, parts = 0, []
        for size in map(int, grid.size[a:b][::-1]):
            if (togo, size) not in known:
                known[togo, size] = left[togo] @ feed[size]
            parts.append(known[togo, size])
            after = togo + int(ticks[size])
            if after not in left:
                left[after] = left[togo] @ keep[size]
            togo = after
        starts.append(left[togo])
        steps.append(np.concatenate(parts[::-1], axis=-1) if parts else np.empty((*keep[0].shape[:-1], 0)))
    return starts, steps


def _tables(a: Array, b: Array, sizes: Array) -> tuple[list[Array], list[Array]]:
    """For each step size: exp(A h), (c, m, m), and the weights of the drivers' three values, (c, m, 3 p)."""
    m, p = b.shape[-2:]
    wide = np.zeros((*a.shape[:-2], m + 3 * p, m + 3 * p))
    wide[..., :m, :m] = a
    for j in range(p):
        at = m + 3 * j
        wide[..., :m, at] = b[..., j]
        wide[..., at, at + 1] = wide[..., at + 1, at + 2] = 1.0
    table = linear.tables(wide, sizes)
    keep = [t[..., :m, :m] for t in table]
    feed = []
    for t, h in zip(table, sizes, strict=True):
        turn = PARABOLA / np.array([1.0, h, h * h])[:, None]
        feed.append(np.concatenate([t[..., :m, m + 3 * j : m + 3 * j + 3] @ turn for j in range(p)], axis=-1))
    return keep, feed
