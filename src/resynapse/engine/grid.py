"""A time grid: fine after each event, coarser as time passes; its steps are few sizes, most of them powers of two.

Events and output times are nodes exactly, wherever they fall: between two of them steps are tick * 2**k, and
what is left below one tick becomes one odd step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TICK_H = 1.25 / 60 / 8  # smallest regular step: a bolus makes its glutamate surge within two minutes
SLOPE = 0.2  # a step may be this part of the time since the last event
CAP_H = 16.0  # and no longer than this
EARLY_H, EARLY_CAP_H = 72.0, 0.7  # nor than this while what an event set off still runs through fast effects
SHARP = 32  # how much finer the first steps after a sharp event are: a jump lifts powers of it from 0 at once
END_H = 8 * TICK_H  # lengths that differ from person to person are whole ones of these, of their doubles later
ENDS = 16, 5  # so many before the doubles begin and in each octave, and octaves: to 640 min, 3 in 100 apart or less
TOUCH_H = 1e-9  # times closer than this are one time


@dataclass(frozen=True)
class Grid:
    """time: (K + 1,) nodes in h; step: (K,) in h; size: (K,) index into `sizes`, the distinct steps."""

    time: Array
    step: Array
    size: NDArray[np.intp]
    sizes: Array

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.step)

    def at(self, times: Iterable[float]) -> NDArray[np.intp]:
        """Node of each time; raises KeyError for a time that is no node."""
        wanted = np.asarray(list(times), float)
        found = np.clip(np.searchsorted(self.time, wanted - TOUCH_H), 0, self.steps)
        off = np.abs(self.time[found] - wanted) > 2 * TOUCH_H
        if off.any():
            raise KeyError(f"{wanted[off][0]} h is no node of this grid")
        return found


@cache
def ends() -> Array:
    """Lengths that a person's own is taken to (h), rising: the same list for everybody, whoever is asked for."""
    many, octaves = ENDS
    first, doubled = np.arange(1, many + 1), np.arange(many + 1, 2 * many + 1)
    return END_H * np.concatenate([first, *(doubled * 2.0**k for k in range(octaves))])


def merge(times: Iterable[float]) -> Array:
    """Sorted times, those closer than TOUCH_H made one."""
    ordered = np.sort(np.asarray(list(times), float))
    keep = np.ones(len(ordered), bool)
    keep[1:] = np.diff(ordered) > TOUCH_H
    return ordered[keep]


@lru_cache(maxsize=20_000)
def _fill(length: float, since: float, tick: float, slope: float, caps: tuple[float, float]) -> tuple[Array, Array]:
    """Steps that fill a stretch of `length` h beginning `since` h after an event, and their sums."""
    ticks = int(np.floor(length / tick + 1e-7))
    odd = length - ticks * tick
    steps: list[float] = []
    while ticks:
        limit = caps[0] if since < EARLY_H else caps[1]
        largest = max(1.0, min(limit, tick + slope * since) / tick)
        k = int(np.log2(min(ticks, largest)))
        steps.append(tick * 2.0**k)
        since += steps[-1]
        ticks -= 2**k
    if odd > 1e-6 * tick or not steps:  # a stretch shorter than that is still one step
        steps.append(odd)
    filled = np.array(steps), np.cumsum(steps)
    for part in filled:
        part.setflags(write=False)
    return filled


def make(
    events: Iterable[float], outputs: Iterable[float], refine: int = 0, cap: float = CAP_H, sharp: Iterable[float] = ()
) -> Grid:
    """Grid over events and outputs (h).

    refine: how many times tick, slope and caps are halved. sharp: events at which a state jumps.
    """
    tick, slope = TICK_H / 2**refine, SLOPE / 2**refine
    caps = (min(cap, EARLY_CAP_H) / 2**refine, cap / 2**refine)
    events = merge(events)
    nodes, jumps = merge([*events, *outputs]), merge(sharp)
    before = np.searchsorted(events, nodes + TOUCH_H, side="right")
    since = (nodes - np.concatenate([[-np.inf], events])[before]).tolist()
    fine = np.full(len(nodes), tick)
    for jump in jumps:
        fine[np.abs(nodes - jump) < TOUCH_H] = tick / SHARP
    filled = [_fill(length, since[i], fine[i], slope, caps) for i, length in enumerate(np.diff(nodes).tolist())]
    steps = np.concatenate([step for step, _ in filled])
    time = np.concatenate([nodes[:1], *(a + sums for a, (_, sums) in zip(nodes, filled, strict=False))])
    time[np.cumsum([0, *(len(step) for step, _ in filled)])] = nodes
    # odd steps that differ by rounding are one size
    sizes, size = np.unique(np.round(steps / tick, 12), return_inverse=True)
    return Grid(time, steps, size, sizes * tick)


def plain(times: Iterable[float]) -> Grid:
    """The grid whose nodes are these times and no others: for states that are exact at any step."""
    time = merge(times)
    sizes, size = np.unique(np.round(np.diff(time) / TICK_H, 9), return_inverse=True)
    return Grid(time, np.diff(time), size, sizes * TICK_H)
