"""NumPy reads the chain at a few times only: what the weeks ask for, from a pulse that is known.

Effects that end the cascade need not be followed through every step. Those that are linear in what they read and
in each other become one `Tail`; the others are taken at the nodes. A chain of another shape is run in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import effects
from ..engine.grid import Grid
from ..engine.maths import Maths
from ..engine.tail import Tail
from .declare import Chain, Node
from .read_numpy import derive, loses_steadily, run

Array = NDArray[np.float64]
AT_ONCE = 64  # steps that are followed together


class Few:
    """Names of a chain at `times`, for all draws, to be read in parts of them.

    numbers: floats or (draws, 1). known: names already computed, (3, K, 1 or draws, nodes).
    """

    def __init__(
        self, chain: Chain, want: Iterable[str], grid: Grid, times: Iterable[float], numbers: Mapping[str, Any],
        known: Mapping[str, Array],
    ) -> None:  # fmt: skip
        self.chain, self.want, self.grid, self.times = chain, list(want), grid, list(times)
        self.numbers, self.known, self.at = derive(chain, numbers), dict(known), grid.at(self.times)
        need = chain.upstream(self.want, known)
        self.nodes = [n for n in chain if n.name in need and n.name not in known and n.kind != "derived"]
        states = [n for n in self.nodes if n.kind == "effect"]
        self.tail = _linear_among(states, self.numbers)
        names = {n.name for n in self.tail}
        self.leaves = [n for n in states if n.name not in names]
        for node in self.leaves:
            loses_steadily(node)  # refuses what is curved in itself
        self.drivers = sorted({r for n in self.tail for r in n.reads} - names)
        reads = {r for n in states for r in n.reads if r != n.name} - names
        behind = chain.upstream(reads, known) | reads
        self.inner = [n for n in self.nodes if n.name in behind]
        self.fits = all(n.kind != "compartment" for n in self.nodes) and not any(
            n.kind == "effect" for n in self.inner
        ) and all(map(_flows, self.known.values()))  # fmt: skip
        if self.fits and self.tail:
            order = np.unique(self.at)
            self.place = np.searchsorted(order, self.at)
            self.weights = Tail(*_matrices(self.tail, self.drivers, self.numbers), grid, order)

    def read(self, part: slice, batch: tuple[int, int]) -> dict[str, Array]:
        """What is wanted of some of the draws: name to (times, *batch)."""
        numbers = {k: v[part] if np.ndim(v) == 2 else v for k, v in self.numbers.items()}
        known = {k: v[:, :, part] if v.shape[2] > 1 else v for k, v in self.known.items()}
        if not self.fits:
            out = run(self.chain, self.want, self.grid, numbers, {}, (), batch, known)
            return {name: np.broadcast_to(out.at(name, self.times), (len(self.times), *batch)) for name in self.want}
        seen, driver = self._follow(numbers, known, batch)
        if self.tail:
            states = self.weights.run(driver, np.array([n.start for n in self.tail]), part)[self.place]
            seen |= {node.name: states[:, :, i] for i, node in enumerate(self.tail)}
        for node in self.nodes:
            if node.name not in seen:
                seen[node.name] = _value(node, seen, numbers)
        return {name: np.broadcast_to(seen[name], (len(self.times), *batch)) for name in self.want}

    def _follow(
        self, numbers: dict[str, Any], known: Mapping[str, Array], batch: tuple[int, int]
    ) -> tuple[dict[str, Any], Array]:
        """Known names, read-outs and leaves at the wanted times, and the drivers of the tail by half steps.

        Some steps at a time, so that what is made on the way stays near the processor.
        """
        half, steps = {name: _halves(v) for name, v in known.items()}, self.grid.steps
        driver = np.empty((len(self.drivers), 2 * steps + 1, *batch))
        at_nodes = {node.name: np.empty((steps + 1, *batch)) for node in self.leaves}
        for node in self.leaves:
            at_nodes[node.name][0] = node.start
        seen: dict[str, Any] = {name: np.empty((len(self.times), *batch)) for name in (n.name for n in self.inner)}
        for first in range(0, steps, AT_ONCE):
            last = min(first + AT_ONCE, steps)
            values = {name: v[2 * first : 2 * last + 1] if len(v) > 1 else v for name, v in half.items()}
            for node in self.inner:
                values[node.name] = _value(node, values, numbers)
            shape = (2 * (last - first) + 1, *batch)
            for i, name in enumerate(self.drivers):
                driver[i, 2 * first : 2 * last + 1] = values[name]
            for node in self.leaves:
                a = np.asarray(node(Maths, {**values, node.name: 0.0}, numbers))
                b = a - node(Maths, {**values, node.name: 1.0}, numbers)
                y = at_nodes[node.name]
                y[first : last + 1] = effects.ends(
                    np.broadcast_to(a, shape), np.broadcast_to(b, shape), self.grid.step[first:last], y[first]
                )
            here = (self.at >= first) & (self.at <= last)
            for node in self.inner:
                value = values[node.name]
                rows = value[2 * (self.at[here] - first)] if np.ndim(value) == 3 and len(value) > 1 else value
                seen[node.name][here] = rows
        known_at = {name: v[2 * self.at] if len(v) > 1 else v for name, v in half.items()}
        return known_at | seen | {name: y[self.at] for name, y in at_nodes.items()}, driver


def _value(node: Node, values: dict[str, Any], numbers: dict[str, Any]) -> Any:
    return node(Maths, values, numbers) if node.kind == "readout" else node.usual(numbers)


def _flows(value: Array) -> bool:
    """Whether a known name has no jump: (3, K, ...) whose steps end where the next begins, or one value."""
    return value.shape[:2] == (1, 1) or (len(value) == 3 and np.array_equal(value[2, :-1], value[0, 1:]))


def _halves(value: Array) -> Array:
    """(2 K + 1, ...) by half steps, from (3, K, ...)."""
    if value.shape[:2] == (1, 1):
        return np.asarray(value[0])
    out = np.empty((2 * value.shape[1] + 1, *value.shape[2:]))
    out[:-1:2], out[1::2], out[-1] = value[0], value[1], value[2, -1]
    return out


def _rate(node: Node, numbers: Mapping[str, Any], **reads: float) -> Any:
    return node(Maths, {**dict.fromkeys(node.reads, 0.0), **reads}, dict(numbers))


def _coefficients(node: Node, numbers: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a unit of each name it reads adds to the rate of an effect; None where that is not all there is to it."""
    found = {name: _rate(node, numbers, **{name: 1.0}) for name in node.reads}
    by_draw = all(np.ndim(v) == 0 or (np.ndim(v) == 2 and np.shape(v)[1] == 1) for v in found.values())
    return found if by_draw and _is_linear(node) else None


@lru_cache(maxsize=1000)
def _is_linear(node: Node) -> bool:
    """Whether the rate of an effect is a sum of what it reads, each times a number; asked with any numbers."""
    rng = np.random.default_rng(0)
    numbers = {name: 0.5 + rng.random() for name in node.numbers}
    probe = {name: rng.random() for name in node.reads}
    whole = sum(_rate(node, numbers, **{name: 1.0}) * x for name, x in probe.items())
    return bool(np.isclose(_rate(node, numbers, **probe), whole, rtol=1e-9, atol=0))


def _linear_among(states: list[Node], numbers: Mapping[str, Any]) -> list[Node]:
    """Effects that end the cascade, linear with constant rates; none of the others reads them."""
    tail: list[Node] = []
    for node in reversed(states):
        later = {n.name for n in tail}
        read_by = [n for n in states if n is not node and node.name in n.reads]
        if all(n.name in later for n in read_by) and _coefficients(node, numbers) is not None:
            tail.insert(0, node)
    return tail


def _matrices(tail: list[Node], drivers: list[str], numbers: Mapping[str, Any]) -> tuple[Array, Array]:
    """A (draws, m, m) and B (draws, m, p) of y' = A y + B d."""
    found = [_coefficients(node, numbers) or {} for node in tail]
    draws = max((len(np.atleast_1d(v)) for row in found for v in row.values()), default=1)

    def columns(names: list[str]) -> Array:
        out = np.zeros((draws, len(tail), len(names)))
        for i, row in enumerate(found):
            for j, name in enumerate(names):
                out[:, i, j] = np.ravel(row.get(name, 0.0))
        return out

    return columns([n.name for n in tail]), columns(drivers)
