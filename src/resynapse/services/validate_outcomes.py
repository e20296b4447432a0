"""Validate efficacy: published figures of trials beside the model's, with what the model expected to miss them by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Place, Refused
from ..evidence.observations import CLASSES, OutcomeRow, arms, efficacy
from ..inference.scores import crps, interval
from . import comparators
from .redrawn import redrawn
from .trial_arms import World, needed, truth

Array = NDArray[np.float64]
DRAWS, PEOPLE = 1000, 40  # each trial is drawn again once in every draw
FEWEST, MOST = 20, 5000  # technical: quantiles of 5 and 95 of 100; memory
ROUNDED = 0.5  # shares are printed as whole per cent: half of one may be rounding
UNITS = {"level": "point", "gap": "point", "spread": "point", "response": "%", "durability": "%"}


@dataclass(frozen=True)
class Seen:
    """One published figure and the model's, in the figure's unit.

    model: mean of the predictive draws; lo/hi of the middle 50 and 90 of 100. points: model minus published; in_se:
    the same over the published standard error (nan without one); z: over the predictive SD. within, between: SD of
    sampling and of draws. crps: fair score. sham: without drug.
    """

    row: OutcomeRow
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


@dataclass(frozen=True)
class Scored:
    """Figures of one class and role. width: mean of the intervals, in `unit`; rows of other units count in coverage
    alone. crps: mean; of the model, then of the two comparators. rms: of misfit in predictive SDs, in points."""

    role: str
    class_: str
    unit: str
    n: int
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
                made[r.id] = seen(r, true, redrawn(r, true, rated, self.world.seed))
        return tuple(made[r.id] for r in self.rows)

    @cached_property
    def scored(self) -> tuple[Scored, ...]:
        """By role and class, in their order; classes without rows are left out."""
        fits = comparators.fitted([(s.row, s.sham) for s in self.seen if s.row.role == "fitted"])
        out = []
        for role in ("fitted", "context"):
            for class_ in CLASSES:
                some = [s for s in self.seen if (s.row.role, s.row.class_) == (role, class_)]
                out += [score(some, fits)] if some else []
        return tuple(out)


def validation(seed: int = 1, draws: int = DRAWS, people: int = PEOPLE, **world: Any) -> Validation:
    """The rows of efficacy in as many draws of as many people. Refused outside the counts that make sense."""
    for name, value in (("draws", draws), ("people", people)):
        if not FEWEST <= value <= MOST:
            passes = str(min(max(value, FEWEST), MOST))
            rule = f"{name.capitalize()} are {FEWEST} to {MOST}."
            raise Refused(f"{value} {name}", rule, (passes,), Place(field=name))
    rows = efficacy()
    return Validation(World(seed, draws, people, rows=rows, **world), rows)


def seen(row: OutcomeRow, true: Array, drawn: Array) -> Seen:
    """One row from its draws: true, with endlessly many people, and drawn, with the trial's own."""
    lo50, hi50 = interval(drawn, 0.5)
    lo90, hi90 = interval(drawn, 0.9)
    slack = ROUNDED if row.unit == "%" else 0.0
    off, sd, between = float(drawn.mean() - row.value), float(drawn.std(ddof=1)), float(true.std(ddof=1))
    sham = all(arms()[row.trial, a].sham for a in row.arm.split("+"))
    return Seen(
        row, float(drawn.mean()), lo50, hi50, lo90, hi90, off, off / row.se if row.se else float("nan"), off / sd,
        lo50 - slack <= row.value <= hi50 + slack, lo90 - slack <= row.value <= hi90 + slack,
        float((drawn - true).std(ddof=1)), between, crps(drawn, row.value), sham,
    )  # fmt: skip


def score(some: Sequence[Seen], fits: comparators.Fits) -> Scored:
    """Coverage, width and score of rows of one role and class."""
    first = some[0].row
    unit = UNITS[first.class_]
    same = [s for s in some if s.row.unit == unit]
    rivals = [comparators.crps_of(fits, s.row, s.sham) for s in same]
    return Scored(
        first.role, first.class_, unit, len(some), 100 * _mean(s.in50 for s in some), 100 * _mean(s.in90 for s in some),
        _mean(s.hi50 - s.lo50 for s in same), _mean(s.hi90 - s.lo90 for s in same),
        _rms(s.z for s in some), _rms(s.points for s in same), len(same), _mean(s.crps for s in same),
        _mean(a for a, _ in rivals), _mean(b for _, b in rivals),
    )  # fmt: skip


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _rms(values: Iterable[float]) -> float:
    return float(np.sqrt(np.mean(np.square(list(values)))))


