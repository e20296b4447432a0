"""NumPy reads the chain: derived numbers, linear blocks, effects in cascade order, read-outs.

Every name has the shape (3, K, *batch): start, middle and end of each step, so a bolus or a changed input
needs no special case and each equation is called once for the whole run.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import effects, linear
from ..engine.grid import Grid
from ..engine.maths import Maths
from .declare import Chain, Miswired, Node

Array = NDArray[np.float64]
START, END = 0, 2


@dataclass(frozen=True)
class Input:
    """A dose as the linear part sees it: amount into a compartment at once, or a change of its rate.

    amount: mg or mg/h of the compartment, scalar or batch-shaped; rate: True for a change of rate.
    """

    time: float
    into: str
    amount: Any
    rate: bool = False


@dataclass(frozen=True)
class Run:
    """What was computed. values: name to array (3, K, *batch); numbers: with the derived ones.

    ends: what was wanted at the nodes only, name to (K + 1, *batch).
    """

    grid: Grid
    values: dict[str, Array]
    numbers: dict[str, Any]
    ends: dict[str, Array] = field(default_factory=dict)

    def full(self, name: str) -> Array:
        """A name over all steps, (3, K, *batch), whatever it depends on."""
        value = self.values[name]
        return np.broadcast_to(value, np.broadcast_shapes(value.shape, (3, self.grid.steps, *(1,) * (value.ndim - 2))))

    def at(self, name: str, times: Iterable[float], left: bool = False) -> Array:
        """Values at nodes, (times, *batch): the right limit, or the left one."""
        node, value = self.grid.at(times), self.full(name)
        last = self.grid.steps - 1
        right = value[START, np.minimum(node, last)]
        before = value[END, np.maximum(node - 1, 0)]
        use_left = (node > last) | (left & (node > 0))
        return np.asarray(np.where(use_left.reshape(-1, *(1,) * (value.ndim - 2)), before, right))

    def nodes(self, name: str) -> Array:
        """Values at all nodes, right limits: (K + 1, *batch)."""
        if name in self.ends:
            return self.ends[name]
        value = self.full(name)
        return np.concatenate([value[START], value[END, -1:]])

    def integral(self, name: str) -> Array:
        """Integral over the whole grid by the parabola of each step: batch-shaped."""
        value = self.full(name)
        weight = (self.grid.step / 6).reshape(-1, *(1,) * (value.ndim - 2))
        return np.asarray((weight * (value[0] + 4 * value[1] + value[2])).sum(axis=0))


def derive(chain: Chain, numbers: Mapping[str, Any], need: Container[str] | None = None) -> dict[str, Any]:
    """Numbers with the chain's own derived ones, all or those in need, and its fixed ones: a derived number that is
    fixed stays as it is fixed."""
    fixed = dict(chain.fixed)
    out = {**numbers, **fixed}
    for node in chain:
        made = node.kind == "derived" and node.name not in fixed and (need is None or node.name in need)
        if made and all(n in out for n in node.numbers):
            out[node.name] = node(Maths, {}, out)
    return out


def blocks_of(chain: Chain, wanted: set[str]) -> list[list[Node]]:
    """Connected components of the compartments, in chain order."""
    group: dict[str, int] = {}
    nodes = [n for n in chain if n.kind == "compartment" and n.name in wanted]
    for i, node in enumerate(nodes):
        touched = {group[r] for r in node.reads if r in group} | {group.get(node.name, i)}
        for name in [*(n for n, g in group.items() if g in touched), node.name, *node.reads]:
            group[name] = min(touched)
    return [[n for n in nodes if group[n.name] == g] for g in sorted({group[n.name] for n in nodes})]


def matrix(block: list[Node], numbers: Mapping[str, Any], batch: tuple[int, ...]) -> Array:
    """Rate matrix (*own batch, m, m) of a block: column j is the rates for one unit in state j."""
    names = [n.name for n in block]
    shape = np.broadcast_shapes((1,) * len(batch), *(np.shape(numbers[k]) for n in block for k in n.numbers))
    out = np.zeros((*shape, len(block), len(block)))
    around = {read: 0.0 for n in block for read in n.reads}  # a compartment left out stays 0
    for j, source in enumerate(names):
        unit = around | {name: float(name == source) for name in names}
        for i, node in enumerate(block):
            if source in node.reads:
                out[..., i, j] = node(Maths, unit, dict(numbers))
    return out


def _linear(
    block: list[Node], numbers: Mapping[str, Any], grid: Grid, inputs: list[Input], batch: tuple[int, ...],
    read: list[str], mids: set[str], ends: set[str], known: dict[Any, Any] | None,
) -> tuple[dict[str, Array], dict[str, Array]]:  # fmt: skip
    """A block of compartments: (3, K, *batch) of those read, (K + 1, *batch) of `ends`. What no dose reaches is 0."""
    fed = [i for i in inputs if i.into in {n.name for n in block}]
    reached = reached_by({i.into for i in fed}, block)
    live, still = [n for n in block if n.name in reached], np.zeros((1, 1, *(1,) * len(batch)))
    left_out = [n.name for n in block if n.name not in reached]
    names = [n.name for n in live]
    values = {name: still for name in left_out if name in read}
    nodes = {name: np.broadcast_to(still[0], (grid.steps + 1, *still.shape[2:])) for name in left_out if name in ends}
    if not live:
        return values, nodes
    a = matrix(live, numbers, batch)
    shape = np.broadcast_shapes(a.shape[:-2], *(np.shape(i.amount) for i in fed))
    a = np.broadcast_to(a, (*shape, *a.shape[-2:]))
    jumps = [
        linear.Jump(int(node), names.index(i.into), np.asarray(i.amount, float), i.rate)
        for node, i in zip(grid.at([i.time for i in fed]), fed, strict=True)
        if node < grid.steps
    ]
    middle = tuple(j for j, name in enumerate(names) if name in mids)
    states = linear.propagate(a, grid, jumps, middle, None if known is None else known.setdefault(tuple(names), {}))
    values |= {name: states.steps(j) for j, name in enumerate(names) if name in read}
    nodes |= {name: states.nodes(j) for j, name in enumerate(names) if name in ends}
    return values, nodes


def reached_by(fed: set[str], block: Sequence[Node]) -> set[str]:
    """Compartments that what is fed can come to."""
    reached, before = set(fed), -1
    while len(reached) > before:
        before = len(reached)
        reached |= {n.name for n in block if reached.intersection(n.reads)}
    return reached


def steady_loss(node: Node, numbers: Mapping[str, Any], maths: Any = Maths) -> Any | None:
    """The loss of an effect where it does not change with what is upstream, 1/h, else None.

    maths: the reader's own.
    """
    if not loses_steadily(node):
        return None
    rest = dict.fromkeys(node.reads, 0.0)
    at = [node(maths, {**rest, node.name: y}, dict(numbers)) for y in (0.0, 1.0)]
    return at[0] - at[1]


@lru_cache(maxsize=1000)
def loses_steadily(node: Node) -> bool:
    """Whether the loss of an effect does not change with what is upstream: asked of the equation with any numbers, so
    that it holds for everybody. Miswired where the effect is curved in itself."""
    rng, losses = np.random.default_rng(0), []
    numbers = {name: 0.5 + rng.random() for name in node.numbers}
    for _ in range(2):
        probe = {name: rng.random() for name in node.reads}
        values = [node(Maths, {**probe, node.name: y}, numbers) for y in (0.0, 1.0, 2.0)]
        losses.append(values[0] - values[1])
        if not _alike(values[1] - values[2], losses[-1]):
            raise Miswired(f"{node.name} is curved in itself: only effects affine in themselves are built")
    return _alike(*losses)


def _alike(a: float, b: float) -> bool:
    return bool(abs(a - b) <= 1e-9 * abs(b))


class Uncut(Maths):
    """The same vocabulary, where the positive part of a value is the value itself."""

    @staticmethod
    def positive(a: Any) -> Any:
        return a


@lru_cache(maxsize=1000)
def is_positive_part(node: Node) -> bool:
    """Whether a read-out is the positive part of something, and so has a corner: asked of the equation."""
    cuts: list[Any] = []

    class Spy(Maths):
        @staticmethod
        def positive(a: Any) -> Any:
            cuts.append(np.maximum(a, 0.0))
            return cuts[-1]

    rng = np.random.default_rng(0)
    reads, numbers = ({name: 0.5 + rng.random(1) for name in names} for names in (node.reads, node.numbers))
    out = node(Spy, reads, numbers)
    return any(out is cut for cut in cuts)


def cornered(chain: Chain, node: Node, known: Container[str]) -> Node | None:
    """The read-out with a corner that alone drives an effect, where what it is made of is at hand."""
    drives = [chain[r] for r in node.reads if r != node.name]
    if len(drives) != 1 or drives[0].kind != "readout" or drives[0].name in known:
        return None
    return drives[0] if is_positive_part(drives[0]) and _follows(node, drives[0].name) else None


@lru_cache(maxsize=1000)
def _follows(node: Node, drive: str) -> bool:
    """Whether an effect's forcing is what drives it, times a positive number: asked with any numbers."""
    rng = np.random.default_rng(0)
    numbers = {name: 0.5 + rng.random() for name in node.numbers}
    at = {g: node(Maths, {drive: g, node.name: 0.0}, numbers) for g in (-1.0, 0.0, 1.0, 2.0)}
    return bool(
        at[0.0] == 0 and at[1.0] > 0 and at[-1.0] == -at[1.0] and at[2.0] == 2 * at[1.0] and loses_steadily(node)
    )


def _effect(
    node: Node, values: dict[str, Array], numbers: Mapping[str, Any], grid: Grid, nd: int, corner: Node | None
) -> Array:
    forcing = np.asarray(node(Maths, {**values, node.name: 0.0}, dict(numbers)))
    full = np.broadcast_shapes((3, grid.steps, *(1,) * nd), forcing.shape)
    a = np.broadcast_to(forcing, full)
    loss = steady_loss(node, numbers)
    if loss is not None:
        rate = np.asarray(loss, float).reshape((1,) * (nd - np.ndim(loss)) + np.shape(loss))
        return effects.steady(a, rate, grid.step, node.start, _uncut(node, corner, values, numbers, a))
    slope = a - np.asarray(node(Maths, {**values, node.name: 1.0}, dict(numbers)))
    return effects.varying(a, np.broadcast_to(slope, np.broadcast_shapes(full, slope.shape)), grid.step, node.start)


def _uncut(
    node: Node, corner: Node | None, values: dict[str, Array], numbers: Mapping[str, Any], a: Array
) -> Array | None:
    """The forcing of an effect as it would be if what drives it were not cut at 0."""
    if corner is None:
        return None
    drive = {**values, corner.name: corner(Uncut, values, dict(numbers)), node.name: 0.0}
    return np.broadcast_to(np.asarray(node(Maths, drive, dict(numbers))), a.shape)


def run(
    chain: Chain, want: Iterable[str], grid: Grid, numbers: Mapping[str, Any], given: Mapping[str, Any] | None = None,
    inputs: Iterable[Input] = (), batch: tuple[int, ...] = (), known: Mapping[str, Array] | None = None,
    ends: Iterable[str] = (), tables: dict[Any, Any] | None = None,
) -> Run:  # fmt: skip
    """Compute what is wanted and all it depends on.

    numbers: evidence names to floats or arrays that broadcast with `batch`. given: inputs and variates,
    constant (batch-shaped) or stepwise (K, then batch, told by an extra dimension). known: names already
    computed, (3, K, *batch). Names with no value of their own take their default (0 for variates).
    ends: compartments wanted at the nodes only. tables: steps of the compartments, kept for the next run of the
    same chain, numbers and batch.
    """
    given, nd, known = dict(given or {}), len(batch), dict(known or {})
    numbers = derive(chain, numbers)
    want = list(want)
    need = chain.upstream(want, known)
    values: dict[str, Any] = dict(known)
    nodes = [n for n in chain if n.name in need and n.name not in known]
    downstream = {r for n in nodes if n.kind != "compartment" for r in n.reads}
    ends = {name for name in ends if name in want and name not in downstream}
    read = (downstream | set(want)) - ends
    mids = read if any(n.kind == "effect" for n in nodes) else set()
    at_nodes: dict[str, Array] = {}
    for block in blocks_of(chain, {n.name for n in nodes}):
        whole, few = _linear(block, numbers, grid, list(inputs), batch, sorted(read), mids, ends, tables)
        values |= whole
        at_nodes |= few
    for node in nodes:
        if node.kind in ("given", "vary"):
            values[node.name] = _lay(given.get(node.name, node.usual(numbers)), nd)
        elif node.kind == "effect":
            values[node.name] = _effect(node, values, numbers, grid, nd, cornered(chain, node, known))
        elif node.kind == "readout":
            values[node.name] = _deep(np.asarray(node(Maths, values, numbers)), nd)
    return Run(grid, values, numbers, at_nodes)


def _deep(value: Array, nd: int) -> Array:
    """A value with its time and batch axes, where it depends on none of them."""
    return value.reshape((1,) * (nd + 2 - value.ndim) + value.shape) if value.ndim < nd + 2 else value


def _lay(value: Any, nd: int) -> Array:
    """A given as (1 or 3, 1 or K, *batch)."""
    a = np.asarray(value, float)
    if a.ndim > nd:
        return a[None]
    return a.reshape((1, 1) + (1,) * (nd - a.ndim) + a.shape)


def evaluate(
    chain: Chain, want: Iterable[str], known: Mapping[str, Any], numbers: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """Read-outs from names already known, all arrays broadcasting together; nothing is integrated."""
    want, values = list(want), dict(known)
    need = chain.upstream(want, known)
    numbers = derive(chain, numbers, need)
    for node in chain:
        if node.name not in need or node.name in known or node.kind == "derived":
            continue
        if node.kind in ("given", "vary"):
            values[node.name] = np.asarray(given.get(node.name, node.usual(numbers)), float)
        elif node.kind == "readout":
            values[node.name] = node(Maths, values, numbers)
        else:
            raise Miswired(f"{node.name} is a state: its course must be known before read-outs are evaluated")
    return {name: values[name] for name in want}
