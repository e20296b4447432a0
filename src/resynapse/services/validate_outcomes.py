"""Validate efficacy: published figures of trials beside the model's, with what the model expected to miss them by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Place, Refused
from ..evidence.observations import CLASSES, ROLES, OutcomeRow, SafetyRow, arms, efficacy
from ..inference.scores import crps, interval
from . import comparators
from .redrawn import redrawn
from .trial_arms import World, needed, truth

Array = NDArray[np.float64]
DRAWS, PEOPLE = 1000, 40  # each trial is drawn again once in every draw
FEWEST, MOST = 20, 5000  # technical: quantiles of 5 and 95 of 100; memory
ROUNDED = 0.5  # shares are printed as whole per cent: half of one may be rounding
UNITS = {
    "level": "point", "gap": "point", "spread": "point", "response": "%", "durability": "%", "dissociation": "point",
    "pressure": "mmHg", "event": "%", "time": "min",
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One published figure and the model's, in the figure's unit.

    model: mean of the predictive draws; lo/hi of the middle 50 and 90 of 100. points: model minus published; in_se:
    the same over the published standard error (nan without one); z: over the predictive SD. within, between: SD of
    sampling and of draws. crps: fair score. sham: without drug.
    """

    row: OutcomeRow | SafetyRow
    model: float
    lo50: float
    hi50: float
    lo90: float
    hi90: float
    points: float
    in_se: float
    z: float
    in50: bool
    in90: bool
    within: float
    between: float
    crps: float
    sham: bool

    @property
    def judged(self) -> bool:
        """Whether its interval holds anything: without n, standard error and spread between trials it is a point."""
        return self.hi90 > self.lo90


@dataclass(frozen=True)
class Scored:
    """Figures of one class and role. judged: those whose interval is one, which coverage counts. width: mean of the
    intervals, in `unit`; rows of other units count in coverage alone. rms: of misfit in predictive SDs, in points.
    crps: mean, of the model, then of the two comparators. nan where there is nothing to judge by."""

    role: str
    class_: str
    unit: str
    n: int
    judged: int
    cover50: float
    cover90: float
    width50: float
    width90: float
    rms_z: float
    rms_points: float
    n_unit: int
    crps: float
    crps_mean: float
    crps_emax: float


@dataclass(frozen=True)
class Validation:
    """Rows drawn from one world. made_with: seed, draws, people."""

    world: World
    rows: tuple[OutcomeRow, ...]

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """All rows, in the order of the table."""
        made: dict[str, Seen] = {}
        for trial in dict.fromkeys(r.trial for r in self.rows):
            some = [r for r in self.rows if r.trial == trial]
            rated = {arm: self.world.rated(t, arm, hours) for (t, arm), hours in needed(some).items()}
            for r in some:
                true = truth(r, rated)
                sham = all(arms()[trial, a].sham for a in r.arm.split("+"))
                made[r.id] = seen(r, true, redrawn(r, true, rated, self.world.seed), sham)
        return tuple(made[r.id] for r in self.rows)

    @cached_property
    def scored(self) -> tuple[Scored, ...]:
        """By role and class, in their order; classes without rows are left out."""
        return scored_by(self.seen, CLASSES)


def scored_by(seen: Sequence[Seen], classes: Sequence[str]) -> tuple[Scored, ...]:
    """Scores by role and class; the rivals are fitted to the fitted rows."""
    fits = comparators.fitted([(s.row, s.sham) for s in seen if s.row.role == "fitted"])
    out = []
    for role in ROLES:
        for class_ in classes:
            some = [s for s in seen if (s.row.role, s.row.class_) == (role, class_)]
            out += [score(some, fits)] if some else []
    return tuple(out)


def validation(seed: int = 1, draws: int = DRAWS, people: int = PEOPLE, **world: Any) -> Validation:
    """The rows of efficacy in as many draws of as many people. Refused outside the counts that make sense."""
    checked(draws=draws, people=people)
    rows = efficacy()
    return Validation(World(seed, draws, people, rows=rows, **world), rows)


def checked(**counts: int) -> None:
    """Refused where a count makes no sense, under its name."""
    for name, value in counts.items():
        if not FEWEST <= value <= MOST:
            passes = str(min(max(value, FEWEST), MOST))
            rule = f"{name.capitalize()} are {FEWEST} to {MOST}."
            raise Refused(f"{value} {name}", rule, (passes,), Place(field=name))


def seen(row: OutcomeRow | SafetyRow, true: Array, drawn: Array, sham: bool) -> Seen:
    """One row from its draws: true, with endlessly many people, and drawn, with the trial's own."""
    lo50, hi50 = interval(drawn, 0.5)
    lo90, hi90 = interval(drawn, 0.9)
    slack = ROUNDED if row.unit == "%" else 0.0
    off, sd = float(drawn.mean() - row.value), float(drawn.std(ddof=1))
    return Seen(
        row, float(drawn.mean()), lo50, hi50, lo90, hi90, off, off / row.se if row.se else math.nan,
        off / sd if hi90 > lo90 else math.nan, lo50 - slack <= row.value <= hi50 + slack,
        lo90 - slack <= row.value <= hi90 + slack, float((drawn - true).std(ddof=1)), float(true.std(ddof=1)),
        crps(drawn, row.value), sham,
    )  # fmt: skip


def score(some: Sequence[Seen], fits: comparators.Fits) -> Scored:
    """Coverage, width and score of rows of one role and class."""
    first = some[0].row
    judged = [s for s in some if s.judged]
    unit = UNITS[first.class_]
    same = [s for s in some if s.row.unit == unit]
    rivals = [comparators.crps_of(fits, s.row, s.sham) for s in same]
    return Scored(
        first.role, first.class_, unit, len(some), len(judged),
        100 * _mean(s.in50 for s in judged), 100 * _mean(s.in90 for s in judged),
        _mean(s.hi50 - s.lo50 for s in same if s.judged), _mean(s.hi90 - s.lo90 for s in same if s.judged),
        _rms(s.z for s in judged), _rms(s.points for s in same), len(same), _mean(s.crps for s in same),
        _mean(a for a, _ in rivals), _mean(b for _, b in rivals),
    )  # fmt: skip


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return float(np.mean(every)) if every else math.nan


def _rms(values: Iterable[float]) -> float:
    return float(np.sqrt(_mean(v * v for v in values)))
