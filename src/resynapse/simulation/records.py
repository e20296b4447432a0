"""Levels from a table of dose records: what each record does to one person, in the order of time.

The rules stand in docs/dosing.md, a row each. The linear kinetics are exact between any two times; a steady state is
solved for, never run up to.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.linear import expm
from ..mechanism import CHAIN, Chain
from ..mechanism.read_numpy import derive, evaluate, matrix
from ..mechanism.routes import ROUTES
from ..therapy.dose import GivenDose
from ..therapy.records import Record

Array = NDArray[np.float64]
ENANTIOMERS = ("S", "R")
TOUCH_H = 1e-9  # times and durations closer than this are one
NG = 1e3  # mg/L to ng/mL
OUTPUTS = ("ketamine_arterial", "ketamine_venous", "norketamine", "hydroxynorketamine", "ketamine_effect_site")
COLUMNS = tuple(f"{name}{e}" for name in OUTPUTS for e in ("", "_S", "_R"))


@dataclass(frozen=True)
class Part:
    """What a dose puts into one compartment: all at once, or at a rate for some hours."""

    e: str
    into: int
    amount: float
    hours: float


@dataclass(frozen=True)
class System:
    """The kinetics of one weight. rates: enantiomer to its matrix (m, m); wide: with a state more for each rate;
    levels: from the states of S and R to `COLUMNS`, ng/mL."""

    names: Mapping[str, tuple[str, ...]]
    rates: Mapping[str, Array]
    wide: Mapping[str, Array]
    levels: Array
    steps: dict[tuple[str, float], Array] = field(default_factory=dict, compare=False)

    def step(self, e: str, hours: float) -> Array:
        """exp of the wide matrix over some hours: states, then what a unit rate into each of them adds."""
        key = (e, hours)
        if key not in self.steps:
            if len(self.steps) >= MOST_STEPS:
                self.steps.clear()
            self.steps[key] = expm(self.wide[e] * hours)
        return self.steps[key]


MOST_STEPS = 512


class Kinetics:
    """Levels for people whose numbers are typical but for their weight.

    numbers: the evidence's, canonical; lags: route to h by which all its doses enter later.
    """

    def __init__(
        self, numbers: Mapping[str, float], lags: Mapping[str, float] | None = None, chain: Chain = CHAIN
    ) -> None:
        self.numbers, self.lags, self.chain = dict(numbers), dict(lags or {}), chain
        self.system = lru_cache(maxsize=64)(self._system)

    def _system(self, weight: float) -> System:
        numbers = derive(self.chain, {**self.numbers, "WT": weight})
        blocks = {e: [n for n in self.chain if n.kind == "compartment" and _of(n.name, e)] for e in ENANTIOMERS}
        rates = {e: matrix(block, numbers, ()) for e, block in blocks.items()}
        wide = {}
        for e, a in rates.items():
            m = len(a)
            wide[e] = np.zeros((2 * m, 2 * m))
            wide[e][:m, :m], wide[e][:m, m:] = a, np.eye(m)
        names = {e: tuple(n.name for n in block) for e, block in blocks.items()}
        return System(names, rates, wide, _levels(self.chain, names, numbers))

    def levels(self, records: Sequence[Record]) -> Array:
        """Levels at each observation of one person's records, in their order: (observations, `COLUMNS`), ng/mL."""
        out: list[Array] = []
        if not records:
            return np.empty((0, len(COLUMNS)))
        body = _Body(self, records[0].weight)
        for time, rows in groupby(records, key=lambda r: r.time):
            late: list[int] = []
            for record in rows:
                body.go(time)
                body.weigh(record.weight)
                if record.evid == 0:
                    if record.after:
                        late.append(len(out))
                    out.append(body.read())
                elif record.evid in (1, 3, 4):
                    body.do(record)
            for i in late:
                out[i] = body.read()
        return np.array(out).reshape(-1, len(COLUMNS))

    def parts(self, record: Record, amount: float | None = None) -> list[Part]:
        """What a record's dose puts where, by the routes of the product."""
        mg = record.amount if amount is None else amount
        found = []
        names = self.system(record.weight).names
        given = GivenDose(0.0, mg, record.drug, record.route, record.duration, int(record.later), 1)
        for e in ENANTIOMERS:
            share = record.drug.s if e == "S" else record.drug.r
            if share:
                entries = ROUTES[record.route](given, share * mg, e, self.numbers)
                found += [_part(e, names[e].index(into), rows) for into, rows in _by_target(entries)]
        return found


def _levels(chain: Chain, names: Mapping[str, tuple[str, ...]], numbers: Mapping[str, Any]) -> Array:
    """The chain's read-outs as rows over all states; of one enantiomer, with the other at 0."""
    states = [name for e in ENANTIOMERS for name in names[e]]
    unit = dict(zip(states, np.eye(len(states)), strict=True))
    read = [name for name in OUTPUTS if name != "ketamine_effect_site"]
    both = evaluate(chain, read, unit, numbers, {}) | {"ketamine_effect_site": unit["EK_S"] + unit["EK_R"]}
    mine = {e: np.array([_of(name, e) for name in states]) for e in ENANTIOMERS}
    rows = [row for name in OUTPUTS for row in (both[name], both[name] * mine["S"], both[name] * mine["R"])]
    return NG * np.array(rows)


def _of(name: str, e: str) -> bool:
    return name.endswith(f"_{e}")


def _by_target(entries: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = {}
    for entry in entries:
        found.setdefault(entry.into, []).append(entry)
    return iter(found.items())


def _part(e: str, into: int, entries: list[Any]) -> Part:
    first = entries[0]
    if not first.rate:
        return Part(e, into, float(first.amount), 0.0)
    hours = float(entries[1].time - first.time)
    return Part(e, into, float(first.amount) * hours, hours)


class _Body:
    """States of one person, what runs, and what is still to come."""

    def __init__(self, kinetics: Kinetics, weight: float) -> None:
        self.kinetics, self.now = kinetics, 0.0
        self.weigh(weight)
        self.clear()

    def weigh(self, weight: float) -> None:
        """From now on this weight: amounts stay, volumes and clearances change."""
        self.system = self.kinetics.system(weight)

    def clear(self) -> None:
        """Nothing is there, nothing runs, nothing is to come."""
        self.states = {e: np.zeros(len(a)) for e, a in self.system.rates.items()}
        self.running: list[tuple[float, Part]] = []  # when it ends
        self.coming: list[tuple[float, int, Part]] = []  # when it enters, in the order it was asked for
        self.asked = 0

    def go(self, time: float) -> None:
        """To a time, through the ends of infusions and the doses that come until then; at one time the ends first."""
        while True:
            ends = min((end for end, _ in self.running), default=np.inf)
            comes = self.coming[0][0] if self.coming else np.inf
            following = min(ends, comes)
            if following > time + TOUCH_H:
                break
            self._step(following)
            if ends <= comes + TOUCH_H:
                self.running = [(end, part) for end, part in self.running if end > ends + TOUCH_H]
            else:
                self._enter(heapq.heappop(self.coming)[2])
        self._step(time)

    def _step(self, time: float) -> None:
        hours = time - self.now
        if hours <= 0:
            return
        for e, x in self.states.items():
            rate = np.zeros(len(x))
            for _, part in self.running:
                if part.e == e:
                    rate[part.into] += part.amount / part.hours
            if x.any() or rate.any():
                m, step = len(x), self.system.step(e, hours)
                self.states[e] = step[:m, :m] @ x + (step[:m, m:] @ rate if rate.any() else 0.0)
        self.now = time

    def _enter(self, part: Part) -> None:
        if part.hours:
            self.running.append((self.now + part.hours, part))
        else:
            self.states[part.e][part.into] += part.amount

    def do(self, record: Record) -> None:
        """A dose or a reset, at `now`."""
        if record.evid in (3, 4):
            self.clear()
        if record.evid == 3:
            return
        if record.ss:
            self._settle(record)
        if record.amount == 0:
            return
        lag = self.kinetics.lags.get(record.route, 0.0)
        parts = self.kinetics.parts(record)
        for k in range(record.more + 1):
            for part in parts:
                self._ask(self.now + k * record.interval + lag, part)
        self.go(self.now)  # what enters at once

    def _ask(self, time: float, part: Part) -> None:
        self.asked += 1
        heapq.heappush(self.coming, (time, self.asked, part))

    def _settle(self, record: Record) -> None:
        """The steady state of a train with this record's interval: in place of the states, or on top of them."""
        endless = record.amount == 0 and record.rate > 0
        parts = self.kinetics.parts(record, record.rate) if endless else self.kinetics.parts(record)
        lag = self.kinetics.lags.get(record.route, 0.0)
        states = {e: np.zeros(len(a)) for e, a in self.system.rates.items()}
        running: list[tuple[float, Part]] = []
        for part in parts:
            if endless:
                states[part.e] -= np.linalg.solve(self.system.rates[part.e], _unit(part, len(states[part.e])))
            else:
                x, goes_on = self._train(part, record.interval, lag)
                states[part.e] += x
                running += goes_on
        if record.ss == 1:
            self.clear()
            self.states, self.running = states, running
        else:
            self.states = {e: x + states[e] for e, x in self.states.items()}
            self.running += running

    def _train(self, part: Part, interval: float, lag: float) -> tuple[Array, list[tuple[float, Part]]]:
        """What doses at every interval before now, without a first, have left; and those of them that still run."""
        m = len(self.states[part.e])
        step, unit = self.system.step, _unit(part, m)
        first = 1  # the dose that is `first` intervals back is the last that has ended
        running = []
        x = np.zeros(m)
        while part.hours and first * interval - lag < part.hours - TOUCH_H:
            gone = first * interval - lag
            x += step(part.e, gone)[:m, m:] @ unit / part.hours
            running.append((self.now + part.hours - gone, part))
            first += 1
        over = step(part.e, interval)[:m, :m]
        if part.hours:
            left = step(part.e, part.hours)[:m, m:] @ unit / part.hours
            since = max(0.0, first * interval - lag - part.hours)
        else:
            left, since = unit, first * interval - lag
        ended = np.linalg.solve(np.eye(m) - over, left)
        return x + step(part.e, since)[:m, :m] @ ended, running

    def read(self) -> Array:
        """Levels now, `COLUMNS`, ng/mL."""
        return np.asarray(self.system.levels @ np.concatenate([self.states[e] for e in ENANTIOMERS]))


def _unit(part: Part, m: int) -> Array:
    out = np.zeros(m)
    out[part.into] = part.amount
    return out
