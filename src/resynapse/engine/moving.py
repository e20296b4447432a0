"""A grid whose nodes move with the events they stand on, so that a run has slopes in its times.

Between two events the nodes keep their place in parts of the stretch. Events of one time have a node each, with steps
of no length between them: each can then move by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .grid import Grid

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moving:
    """before, after: (K + 1,) the events that each node lies between; part: (K + 1,) how far from the first to the
    second; hard: (H,) the node of each event; grid: as it lies before anything moves."""

    grid: Grid
    hard: NDArray[np.intp]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    part: Array

    def times(self, events: Any) -> Any:
        """Times of the nodes, (K + 1,), where the events are at `events`, (H,) h, in the order they were given in."""
        return events[self.before] * (1 - self.part) + events[self.after] * self.part

    def moved(self, events: Array) -> Grid:
        """The grid where the events are elsewhere: every step a size of its own."""
        time = self.times(np.asarray(events, float))
        sizes, size = np.unique(np.diff(time), return_inverse=True)
        return Grid(time, np.diff(time), size, sizes)


def moving(grid: Grid, events: Sequence[float]) -> Moving:
    """A grid with its events and outputs, rising, each a node of it; the first and the last node are among them."""
    at = grid.at(events)
    copies = np.maximum(np.bincount(at, minlength=grid.steps + 1), 1)
    start = np.cumsum(copies) - copies  # of each node's copies among the new nodes
    hard = np.array([start[k] + (np.flatnonzero(at == k) == i).argmax() for i, k in enumerate(at)])
    old = np.repeat(np.arange(grid.steps + 1), copies)
    before = np.maximum(np.searchsorted(hard, np.arange(len(old)), side="right") - 1, 0)
    after = np.minimum(np.where(hard[before] == np.arange(len(old)), before, before + 1), len(hard) - 1)
    first, last = grid.time[at[before]], grid.time[at[after]]
    part = np.where(last > first, (grid.time[old] - first) / np.where(last > first, last - first, 1.0), 0.0)
    within = np.diff(old) == 0
    size = np.where(within, 0, grid.size[np.minimum(old[:-1], grid.steps - 1)] + 1)
    sizes = np.concatenate([[0.0], grid.sizes])
    return Moving(Grid(grid.time[old], np.diff(grid.time[old]), size, sizes), hard, before, after, part)
