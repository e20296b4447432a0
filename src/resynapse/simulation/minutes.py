"""The minutes of one session, in people with kinetics of their own, over a few sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.streams import uniforms
from ..mechanism import Chain
from ..mechanism.read_numpy import Run, evaluate, run
from .nodes import SESSION_H
from .people import People
from .plan import CompiledPlan

Array = NDArray[np.float64]
WINDOW_H = 6.0  # how long after its start a session is looked at
EVERY_MIN = 2.5
SITES = 40  # sites over which a share has its range
LEFT_H = SESSION_H  # what sessions of the last three days left is still counted


@dataclass(frozen=True)
class Minutes:
    """time: (M,) h from the start of the session, all nodes of the grid. values: name to (M, sites, own), read when
    asked for.

    drive: (M, own). sedated: (own,) whether this session sedates the person. start: h of the session.
    """

    time: Array
    values: Mapping[str, Array]
    drive: Array
    sedated: NDArray[np.bool_]
    start: float
    number: int

    def near(self, minutes: Array) -> NDArray[np.intp]:
        """Nodes at or just after these minutes."""
        return np.minimum(np.searchsorted(self.time, minutes / 60 - 1e-9), len(self.time) - 1)


@dataclass(frozen=True)
class Readings(Mapping[str, Array]):
    """Read-outs by name, each made when first asked for. known: what they are made of; shape: (M, sites, own)."""

    chain: Chain
    names: tuple[str, ...]
    known: dict[str, Any]
    numbers: Mapping[str, Any]
    given: Mapping[str, Any]
    shape: tuple[int, ...]
    made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, name: str) -> Array:
        if name not in self.names:
            raise KeyError(name)
        if name not in self.made:
            # what is made already is not made again for those that read it
            self.made.update(evaluate(self.chain, [name], {**self.known, **self.made}, self.numbers, self.given))
        return np.broadcast_to(self.made[name], self.shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def outputs(chain: Chain) -> list[str]:
    """Labelled read-outs that move in minutes: what a session shows, whatever the chain holds."""
    return [
        n.name for link in chain.links if link.pace == "minutes" for n in link.nodes if n.label and n.kind == "readout"
    ]


def own_session(
    chain: Chain, plan: CompiledPlan, own: Mapping[str, Array], session: int = 1, tables: dict[Any, Any] | None = None
) -> Run:  # fmt: skip
    """Compartments in each person with own kinetics, (3, K, own), from what earlier sessions left.

    Of the first session also the pulse P, and for long enough to hold it all. tables: as in `run`.
    """
    numbers, needed = {**plan.numbers, **own}, _needed(chain)
    people = len(next(iter(own.values())))
    sessions = plan.felt_in(session, LEFT_H)
    times = plan.starts[session - 1] + np.arange(0, WINDOW_H + 1e-9, EVERY_MIN / 60)
    inputs = plan.inputs(numbers, sessions)
    times = np.concatenate([times, [i.time for i in inputs], [SESSION_H] if session == 1 else []])
    grid = plan.grid(times, sessions)
    pulse = ["P"] if session == 1 else []
    return run(
        chain, [*(n.name for n in chain if n.name in needed), *pulse], grid, numbers, plan.signals(grid, 1),
        inputs, (people,), ends=needed, tables=tables,
    )  # fmt: skip


def _needed(chain: Chain) -> set[str]:
    return {n for n in chain.upstream([*outputs(chain), "drive"]) if chain[n].kind == "compartment"}


def session(
    chain: Chain, plan: CompiledPlan, one: Run, own: Mapping[str, Array], people: People, body: Mapping[str, float],
    number: int = 1, sites: int = SITES,
) -> Minutes:  # fmt: skip
    """Read-outs of one session. body: starting pressures and pulse (names of the chain's givens)."""
    start = float(plan.starts[number - 1])
    keep = _window(one.grid.time, start)
    known = {name: one.nodes(name)[keep][:, None, :] for name in _needed(chain)}
    numbers = {**plan.numbers, **own}
    given: dict[str, Any] = {**body, "session": float(number)}
    for node in chain:
        if node.kind == "vary":
            value = people.variates[node.name]
            given[node.name] = value[:sites, :1] if node.by == "draw" else people.own(node.name)[None, :]
    out = evaluate(chain, ["drive", "p_sedated"], known, numbers, given)
    sites = min(sites, people.draws)
    draw = uniforms(people.seed, f"sedated:{number}", people.draws, people.people)[people.own_draw, people.own_person]
    time = one.grid.time[keep] - start
    shape = (len(time), sites, len(people.own_draw))
    values = Readings(chain, tuple(outputs(chain)), {**known, "drive": out["drive"]}, numbers, given, shape)
    return Minutes(
        time, values, np.broadcast_to(out["drive"], shape)[:, 0, :], draw < np.ravel(out["p_sedated"]), start, number
    )


def _column(nodes: Array, keep: NDArray[np.bool_]) -> Array:
    """The first of a batch, or the one there is where nothing differs: (M, 1, 1)."""
    return nodes.reshape(len(keep), -1)[keep][:, :1, None]


def _window(time: Array, start: float) -> NDArray[np.bool_]:
    return np.asarray((time >= start - 1e-9) & (time <= start + WINDOW_H + 1e-9))


def typical(chain: Chain, plan: CompiledPlan, one: Run, number: int = 1) -> Minutes:
    """The same for the typical person alone, from a run whose first column is that person."""
    start = float(plan.starts[number - 1])
    keep = _window(one.grid.time, start)
    values = {name: _column(one.nodes(name), keep) for name in outputs(chain)}
    drive = _column(one.nodes("drive"), keep)[:, :, 0]
    shape = np.broadcast_shapes(*(v.shape for v in values.values()))
    wide = {name: np.broadcast_to(v, shape) for name, v in values.items()}
    return Minutes(one.grid.time[keep] - start, wide, drive, np.zeros(1, bool), start, number)


def leaving(m: Minutes, numbers: Mapping[str, Any]) -> Array:
    """Hours after the start at which each person, at each site, is last outside the limits; 0: never was.

    (sites, own). Limits: CADSS, rise of systolic pressure, and sedation while the drive is high.
    """
    asleep = (m.drive > numbers["part_sed"] * m.drive.max(axis=0)) & m.sedated
    last = np.maximum(
        _last_above(m.time, m.values["CADSS"], numbers["leave_CADSS"]),
        _last_above(m.time, m.values["dSBP"], numbers["leave_SBP"]),
    )
    woken = np.where(asleep.any(axis=0), m.time[len(m.time) - 1 - asleep[::-1].argmax(axis=0)], 0.0)
    return np.maximum(last, woken[None, :])


def _last_above(time: Array, value: Array, limit: float) -> Array:
    """When a curve (M, ...) last falls to its limit, between nodes in a straight line; 0 if never above."""
    above = value > limit
    k = len(time) - 1 - above[::-1].argmax(axis=0)
    nxt = np.minimum(k + 1, len(time) - 1)
    a, b = (np.take_along_axis(value, i[None], axis=0)[0] for i in (k, nxt))
    part = np.where(a > b, (a - limit) / np.where(a > b, a - b, 1.0), 1.0)
    return np.where(above.any(axis=0), time[k] + np.clip(part, 0, 1) * (time[nxt] - time[k]), 0.0)
