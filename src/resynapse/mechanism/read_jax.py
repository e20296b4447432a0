"""JAX reads the chain: many people with numbers of their own, and slopes in whatever a run is made of.

Every name has the shape (3, K, people): start, middle and end of each step, as NumPy reads it. What is compiled
depends on the chain, the names wanted and the sizes of a few buckets; a plan, its doses and its steps are data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from ..engine import jax_effects, jax_linear
from ..engine.grid import TICK_H, Grid
from ..engine.jax_maths import Maths, Uncut
from ..engine.linear import NORM
from ..engine.threads import in_threads
from .declare import Chain, Node
from .read_numpy import Input, blocks_of, cornered, reached_by, steady_loss

Array = NDArray[np.float64]
# People side by side: always so many, so that nobody's bits go by how many were asked for. They go by neighbours where
# one of those has a rate so fast that half a tick is halved for all (`halvings`), which no rate of the evidence is.
LANES = 32
# The least of each bucket, which is doubled as needed; those of states, compartments and rates of one block
STEPS, JUMPS, SLOTS, TIMES = 512, 32, 4, 64
STATES = (4, 12, 20, 28, 40)


class Flow(NamedTuple):
    """One block of compartments as data: which of them are live (m,), fed (q,) with doses at nodes, and at a rate.

    live: places in the block, its length where there is none. node, slot, amount: (J,), (J,), (J, n or 1).
    rated, rate, is_rate: (q,) the state that a rate goes into, the state that holds it, 1 or 0.
    """

    live: Any
    fed: Any
    node: Any
    slot: Any
    amount: Any
    rated: Any
    rate: Any
    is_rate: Any


@dataclass(frozen=True)
class Shape:
    """What a program is compiled for."""

    chain: Chain
    want: tuple[str, ...]
    halvings: int
    moving: bool


class Data(NamedTuple):
    """What a program is given. at: (T,) nodes wanted; numbers, alone: name to (n,) or (); stepwise: to (K, n or 1).

    numbers: of the evidence, and derived ones only where the chain fixes them.
    """

    steps: jax_linear.Steps
    at: Any
    flows: tuple[Flow, ...]
    numbers: dict[str, Any]
    alone: dict[str, Any]
    stepwise: dict[str, Any]


@cache
def structure(chain: Chain, want: tuple[str, ...]) -> tuple[tuple[Node, ...], tuple[tuple[Node, ...], ...]]:
    """Nodes that are needed, and their blocks of compartments."""
    need = chain.upstream(want)
    nodes = tuple(n for n in chain if n.name in need)
    return nodes, tuple(tuple(b) for b in blocks_of(chain, need))


def program(shape: Shape, data: Data) -> tuple[dict[str, Any], Any]:
    """Names wanted at the nodes wanted, (T, n), and the largest rate of any compartment. Compiled once a `shape`."""
    nodes, blocks = structure(shape.chain, shape.want)
    numbers = _derived(shape.chain, data.numbers)
    values: dict[str, Any] = {}
    read = {r for n in nodes if n.kind != "compartment" for r in n.reads} | set(shape.want)
    fastest = jnp.zeros(())
    for block, flow in zip(blocks, data.flows, strict=True):
        a = _matrix(block, flow, numbers)
        fastest = jnp.maximum(fastest, jnp.abs(a).sum(axis=1).max())
        values |= _block(block, flow, a, data.steps, read, shape)
    moves = _moving(nodes)
    for node in nodes:
        if node.kind in ("given", "vary"):
            values[node.name] = _given(node, numbers, data)
        elif node.kind == "effect":
            values[node.name] = _effect(node, values, numbers, data.steps, cornered(shape.chain, node, ()))
        elif node.kind == "readout" and node.name in moves:  # each is made once, not again by all who read it
            values[node.name] = _once(_deep(node(Maths, values, numbers)))
    seen = {name: _seen(value, data) for name, value in values.items()}
    for node in nodes:
        if node.kind == "readout" and node.name not in moves:
            seen[node.name] = node(Maths, seen, numbers)
    wanted = {name: jnp.atleast_2d(jnp.asarray(seen[name], float)) for name in shape.want}
    # what depends on no time, as a read-out that is cut, has no axis of it
    return {name: jnp.broadcast_to(v, (len(data.at), v.shape[-1])) for name, v in wanted.items()}, fastest


def _moving(nodes: Sequence[Node]) -> set[str]:
    """What effects need, and so is needed at every step; other read-outs are evaluated at the nodes wanted alone."""
    moves = {r for n in nodes if n.kind == "effect" for r in n.reads}
    for node in reversed(nodes):
        if node.kind == "readout" and node.name in moves:
            moves |= set(node.reads)
    return moves


def _once(value: Any) -> Any:
    return jax.lax.optimization_barrier(value)  # type: ignore[no-untyped-call]


compiled = jax.jit(program, static_argnums=0)


def _derived(chain: Chain, numbers: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(numbers)
    for node in chain:
        if node.kind == "derived" and node.name not in out and all(n in out for n in node.numbers):
            out[node.name] = node(Maths, {}, out)
    return out


def _given(node: Node, numbers: Mapping[str, Any], data: Data) -> Any:
    if node.name in data.stepwise:
        return data.stepwise[node.name][None]
    return _deep(data.alone.get(node.name, node.usual(numbers)))


def _deep(value: Any) -> Any:
    """A value as (3 or 1, K or 1, n or 1), where it may depend on people alone or on nothing."""
    value = jnp.asarray(value, float)
    return value if value.ndim == 3 else jnp.reshape(value, (1, 1, -1))


def _seen(value: Any, data: Data) -> Any:
    """A value at the nodes wanted: limits from the right, at the last node from the left."""
    last = len(data.steps.size) - 1
    value = jnp.broadcast_to(value, (3, last + 1, value.shape[-1]))
    return jnp.where((data.at > last)[:, None], value[2, last], value[0, jnp.minimum(data.at, last)])


def _block(
    block: Sequence[Node], flow: Flow, a: Any, steps: jax_linear.Steps, read: set[str], shape: Shape
) -> dict[str, Any]:
    """Compartments of one block that something reads: (3, K, n)."""
    names, still = [n.name for n in block], len(flow.live) - 1
    wanted = [name for name in names if name in read]
    # where a name is not live, the last state stands for it: nothing ever enters that
    place = jnp.full(len(names) + 1, still).at[flow.live].set(jnp.arange(len(flow.live))).at[len(names)].set(still)
    rows = place[jnp.array([names.index(name) for name in wanted])]
    jumps = jnp.zeros((len(steps.size), len(flow.fed), flow.amount.shape[-1]))
    jumps = jumps.at[flow.node, flow.slot].add(flow.amount, mode="drop")
    states = jax_linear.propagate(a, steps, jumps, flow.fed, rows, shape.halvings, shape.moving)
    return {name: states[:, :, j] for j, name in enumerate(wanted)}


def _matrix(block: Sequence[Node], flow: Flow, numbers: Mapping[str, Any]) -> Any:
    """Rates of what is live, (m, m, n), with a state more for each rate that doses go in at."""
    names = [n.name for n in block]
    # one unit in each state in turn, and nothing in the last; a compartment left out of the block stays 0
    units = dict(zip(names, jnp.eye(len(names), len(names) + 1)[..., None], strict=True))
    around = {read: jnp.zeros((1, 1)) for n in block for read in n.reads} | units
    people = max((np.size(numbers[k]) for n in block for k in n.numbers), default=1)
    wide = (len(names) + 1, people)
    rates = [jnp.broadcast_to(jnp.asarray(node(Maths, around, dict(numbers)), float), wide) for node in block]
    whole = jnp.stack([*rates, jnp.zeros(wide)])
    return whole[flow.live][:, flow.live].at[flow.rated, flow.rate].add(flow.is_rate[:, None])


def _effect(
    node: Node, values: Mapping[str, Any], numbers: Mapping[str, Any], steps: jax_linear.Steps, corner: Node | None
) -> Any:
    upstream, count = {name: values[name] for name in node.reads if name != node.name}, len(steps.size)

    def rate(y: float, **drive: Any) -> Any:
        return _deep(node(Maths, {**upstream, **drive, node.name: y}, dict(numbers)))

    a = rate(0.0)
    loss = a - rate(1.0)
    wide = (3, count, max(a.shape[-1], loss.shape[-1]))
    if (steadily := steady_loss(node, numbers, Maths)) is not None:
        cut = corner and {corner.name: corner(Uncut, dict(values), dict(numbers))}
        uncut = jnp.broadcast_to(rate(0.0, **cut), wide) if cut else None
        constant = jnp.asarray(steadily, float)
        return jax_effects.steady(jnp.broadcast_to(a, wide), constant, steps.size, node.start, uncut)
    return jax_effects.varying(jnp.broadcast_to(a, wide), jnp.broadcast_to(loss, wide), steps.size, node.start)


# -- what the host prepares


def run(
    chain: Chain, want: Iterable[str], grid: Grid, numbers: Mapping[str, Any], given: Mapping[str, Any],
    inputs: Sequence[Input], people: int, times: Iterable[float],
) -> dict[str, Array]:  # fmt: skip
    """What is wanted at `times` (nodes of the grid, h): name to (times, people).

    As `read_numpy.run` with a batch of `people`: numbers, given and amounts are one for all, or (people,); what is
    given by steps has an axis more in front. ValueError: of another number of people.
    """
    times, shape, made = list(times), shape_of(chain, want), {n.name for n in chain if n.kind == "derived"}
    numbers = {name: v for name, v in numbers.items() if name not in made} | dict(chain.fixed)
    with jax.enable_x64(True):
        data = data_of(shape, grid, grid.at(times), numbers, given, inputs, grid.at([i.time for i in inputs]))

    def part(first: int) -> dict[str, Array]:
        who = np.minimum(np.arange(first, first + LANES), people - 1)  # the last stands in where lanes are free
        with jax.enable_x64(True):
            out = computed(shape, _of_some(data, who, people))
            return {name: np.asarray(v)[: len(times)] for name, v in out.items()}

    parts = in_threads(part, range(0, people, LANES))
    wide = {name: [np.broadcast_to(p[name], (len(times), LANES)) for p in parts] for name in shape.want}
    return {name: np.concatenate(columns, axis=1)[:, :people] for name, columns in wide.items()}


def shape_of(chain: Chain, want: Iterable[str], moving: bool = False) -> Shape:
    """What the program for these names is compiled for; numbers that a chain fixes are data."""
    return Shape(replace(chain, fixed=()), tuple(want), 0, moving)


def computed(shape: Shape, data: Data) -> dict[str, Any]:
    """The program's result, with half a tick halved as often as the fastest rate asks for."""
    out, fastest = compiled(shape, data)
    if (needed := halvings(float(fastest))) > shape.halvings:
        out, _ = compiled(replace(shape, halvings=needed), data)
    return dict(out)


def halvings(fastest: float) -> int:
    """How often half a tick is halved for the polynomial to hold; 0 but for people with very fast steps."""
    return max(0, int(np.ceil(np.log2(max(fastest, 1e-300) * TICK_H / 2 / NORM))))


def data_of(
    shape: Shape, grid: Grid, at: Sequence[int] | NDArray[np.intp], numbers: Mapping[str, Any],
    given: Mapping[str, Any], inputs: Sequence[Input], entering: Iterable[int],
) -> Data:  # fmt: skip
    """A run as data. at: nodes wanted; entering: the node of each input."""
    nodes, blocks = structure(shape.chain, shape.want)
    size, needed = bucket(grid.steps, STEPS), {n for node in nodes for n in node.numbers}
    mine = {n.name for n in nodes if n.kind in ("given", "vary") and n.name in given}
    stepwise = {name for name in mine if len(np.shape(given[name])) > 1}
    entering = list(entering)
    return Data(
        steps_of(grid, size), _padded(np.asarray(at, int), bucket(len(at), TIMES), 0),
        tuple(flow_of(block, inputs, entering, grid.steps, size) for block in blocks),
        {name: np.asarray(v, float) for name, v in numbers.items() if name in needed},
        {name: np.asarray(given[name], float) for name in sorted(mine - stepwise)},
        {name: _held(np.asarray(given[name], float), grid.steps, size) for name in sorted(stepwise)},
    )  # fmt: skip


def _of_some(data: Data, who: NDArray[np.intp], people: int) -> Data:
    """The same run of some of the people. ValueError: what is of neither one nor all of them."""

    def some(value: Any, name: str) -> Any:
        count = value.shape[-1] if np.ndim(value) else 1
        if count not in (1, people):  # it could be as long as people stand side by side, and be taken for theirs
            raise ValueError(f"{name} is of {count} people, and there are {people}")
        # amounts and steps of one for all stay so where there is one: a plan then compiles the same as for many
        return value[..., who] if count == people and (people > 1 or np.ndim(value) == 1) else value

    flows = tuple(flow._replace(amount=some(flow.amount, "an amount")) for flow in data.flows)
    each = (data.numbers, data.alone, data.stepwise)
    numbers, alone, stepwise = ({name: some(v, name) for name, v in d.items()} for d in each)
    return data._replace(flows=flows, numbers=numbers, alone=alone, stepwise=stepwise)


def bucket(count: int, least: int) -> int:
    """The smallest size that holds so many: least, doubled some times."""
    return least << max(0, int(np.ceil(np.log2(max(count, 1) / least))))


def _padded(values: Any, size: int, rest: Any) -> Any:
    return np.concatenate([values, np.full((size - len(values), *values.shape[1:]), rest, values.dtype)])


def _held(values: Array, steps: int, size: int) -> Any:
    """Values by steps, (K or 1, n or 1), filled up with the last: that is what holds at the last node."""
    values = np.broadcast_to(values, (steps, values.shape[1]))
    return _padded(values, size, values[-1])


def steps_of(grid: Grid, size: int) -> jax_linear.Steps:
    """The steps of a grid, filled up to `size` with steps of no length."""
    level = np.round(np.log2(np.maximum(grid.sizes, TICK_H / 4) / (TICK_H / 2))).astype(int)
    regular = (level >= 1) & (np.abs(TICK_H / 2 * 2.0**level / np.maximum(grid.sizes, TICK_H / 4) - 1) < 1e-12)
    if grid.sizes[~regular].max(initial=0.0) >= TICK_H or level.max() >= jax_linear.LEVELS:
        raise ValueError(
            f"steps of up to {grid.sizes.max()} h are not all on the ladder: take a grid that is not coarse"
        )
    level = np.where(regular, level, 0)
    return jax_linear.Steps(_padded(grid.sizes[grid.size], size, 0.0), _padded(level[grid.size], size, 0))


def flow_of(block: Sequence[Node], inputs: Sequence[Input], entering: Sequence[int], last: int, size: int) -> Flow:
    """One block's doses as data: those that enter before node `last`, of `size` steps with what fills them up."""
    names = [n.name for n in block]
    mine = [(i, node) for i, node in zip(inputs, entering, strict=True) if i.into in names and node < last]
    live = sorted(map(names.index, reached_by({i.into for i, _ in mine}, block)))
    slots = list(dict.fromkeys((i.into, i.rate) for i, _ in mine))
    rates = [into for into, rate in slots if rate]
    m, q = _states(len(live) + len(rates) + 1), bucket(len(slots), SLOTS)
    held = {into: len(live) + k for k, into in enumerate(rates)}
    state = {name: live.index(names.index(name)) for name, _ in slots}

    def filled(values: list[int], rest: int = m - 1) -> NDArray[np.intp]:
        return np.array(values + [rest] * (q - len(values)))

    amount = _together([np.ravel(np.asarray(i.amount, float)) for i, _ in mine])
    many = bucket(len(mine), JUMPS)
    return Flow(
        np.array(live + [len(names)] * (m - len(live))),
        filled([held[into] if rate else state[into] for into, rate in slots]),
        _padded(np.array([node for _, node in mine], int), many, size),
        _padded(np.array([slots.index((i.into, i.rate)) for i, _ in mine], int), many, 0),
        _padded(amount, many, 0.0),
        filled([state[into] for into in rates]), filled([held[into] for into in rates]),
        filled([1] * len(rates), 0).astype(float),
    )  # fmt: skip


def _together(amounts: list[Array]) -> Array:
    """Amounts of one or of each of the people, as rows of equal length: (J, n or 1)."""
    wide = max(map(len, amounts), default=1)
    return np.stack([np.broadcast_to(a, (wide,)) for a in amounts]) if amounts else np.zeros((0, 1))


def _states(count: int) -> int:
    """The bucket of so many states."""
    return next((s for s in STATES if s >= count), count)


# -- slopes

TANGENTS = 16  # slopes taken together: a bucket too


def floats(data: Data) -> tuple[Any, ...]:
    """What of a run may have slopes: sizes of steps, amounts, numbers, what is given."""
    return data.steps.size, tuple(flow.amount for flow in data.flows), data.numbers, data.alone


def _with(data: Data, parts: tuple[Any, ...]) -> Data:
    size, amounts, numbers, alone = parts
    flows = tuple(flow._replace(amount=a) for flow, a in zip(data.flows, amounts, strict=True))
    return data._replace(steps=data.steps._replace(size=size), flows=flows, numbers=numbers, alone=alone)


def pushed(shape: Shape, data: Data, tangents: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """Names at the nodes wanted, (T, n), slopes along tangents of `floats`, (tangents, T, n), the fastest rate."""

    def values(parts: tuple[Any, ...]) -> tuple[dict[str, Any], Any]:
        return program(shape, _with(data, parts))

    def along(tangent: tuple[Any, ...]) -> tuple[dict[str, Any], dict[str, Any], Any]:
        (out, fastest), (slope, _) = jax.jvp(values, (floats(data),), (tangent,))
        return out, slope, fastest

    out, slopes, fastest = jax.vmap(along, out_axes=(None, 0, None))(tangents)
    return out, slopes, fastest


pushing = jax.jit(pushed, static_argnums=0)


def slopes(
    shape: Shape, data: Data, tangents: Sequence[tuple[Any, ...]]
) -> tuple[dict[str, Array], dict[str, Array]]:  # fmt: skip
    """Names at the nodes wanted, (T, n), and their slopes along any number of tangents, (tangents, T, n)."""
    found: list[dict[str, Array]] = []
    with jax.enable_x64(True):
        for first in range(0, len(tangents), TANGENTS):
            some = list(tangents[first : first + TANGENTS])
            some += [some[-1]] * (TANGENTS - len(some))
            out, part, fastest = pushing(shape, data, jax.tree.map(lambda *leaves: np.stack(leaves), *some))
            if (needed := halvings(float(fastest))) > shape.halvings:
                return slopes(replace(shape, halvings=needed), data, tangents)
            found.append({name: np.asarray(v) for name, v in part.items()})
        joined = {name: np.concatenate([f[name] for f in found])[: len(tangents)] for name in shape.want}
        return {name: np.asarray(v) for name, v in out.items()}, joined
