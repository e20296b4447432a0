"""Arms of published trials in the model: who took part, what they got, and what the trial would have reported.

Each draw is one set of the fitted numbers and of trial effects; its people are those of the arm. Exposure of all is
drawn (typical kinetics, as in the fit), so an arm costs the nodes of its course and arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.streams import normals
from ..evidence.observations import ArmDesign, OutcomeRow, arms
from ..mechanism import CHAIN, Chain
from ..mechanism.read_numpy import evaluate
from ..outcome.domain import unseen
from ..outcome.endpoints import Rated, days_well
from ..simulation import nodes, people, weeks
from ..simulation.plan import CompiledPlan
from ..study import Study
from ..therapy.course import Course
from ..therapy.dose import GivenDose
from ..therapy.drug import ESKETAMINE, Drug
from ..therapy.patient import Patient
from ..therapy.population import Population

Array = NDArray[np.float64]
DEVICE_MG, GAP_H = 28.0, 5 / 60  # nasal esketamine: devices of the label, minutes apart; a racemic spray in halves
PER_MIN = 1 / 60
AT_ONCE = 50  # draws scored at a time: bounds memory, changes no bit
REFINE = -2  # steps four times as long as usual: the mean of X moves by less than 2e-4 of itself (measured)
TRIAL_EFFECTS = ("omega_c", "omega_s", "omega_d")


@dataclass(frozen=True)
class AsGiven(CompiledPlan):
    """A plan by its doses rather than by its text: mean doses of a trial need not be a multiple of a device."""

    given: tuple[GivenDose, ...] = ()

    @property
    def doses(self) -> tuple[GivenDose, ...]:
        """Doses as given, mg base."""
        return self.given

    @property
    def starts(self) -> Array:
        """Starts of the sessions, h."""
        return np.array([d.time_h for d in self.given if not d.device])


@dataclass(frozen=True)
class World:
    """Draws and people that all arms share. spread: factor on the spread between trials; certain: published numbers
    and no trial effects, one draw. rows: what will be asked, so that arms of one course share its nodes."""

    seed: int = 1
    draws: int = 1000
    people: int = 100
    certain: bool = False
    spread: tuple[float, float, float] = (1.0, 1.0, 1.0)
    visits: int = 50
    rows: tuple[OutcomeRow, ...] = field(default=(), repr=False)
    shelf: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def study(self) -> Study:
        """The study whose numbers and draws these are."""
        common: dict[Any, Any] = {"draws": {}} if self.certain else {}
        return Study.of(Population(Patient(), self.draws, self.people), seed=self.seed, common=common)

    @cached_property
    def z(self) -> Array:
        """Fluctuation at visits, (visits, draws, people)."""
        one = normals(self.seed, "w at visits", self.draws, self.people, self.visits)
        return np.ascontiguousarray(np.moveaxis(one, 2, 0))

    @cached_property
    def _variates(self) -> tuple[dict[str, Array], dict[str, Array]]:
        return people.variates(CHAIN, self.seed, self.draws, self.people)

    @cached_property
    def asked(self) -> dict[tuple[GivenDose, ...], tuple[float, ...]]:
        """Times at which each course will be looked at, in any trial."""
        out: dict[tuple[GivenDose, ...], set[float]] = {}
        for trial in dict.fromkeys(r.trial for r in self.rows):
            for key, hours in needed([r for r in self.rows if r.trial == trial]).items():
                if not arms()[key].sham:
                    out.setdefault(doses(arms()[key]), set()).update(hours)
        return {given: tuple(sorted(hours)) for given, hours in out.items()}

    def chain(self, arm: ArmDesign) -> Chain:
        """The chain with the spread between trials that holds for this arm: less in a pool of trials."""
        n = {**self.study.numbers, **self._wider(arm)}
        factors = [0.0 if self.certain else arm.between * s for s in self.spread]
        return CHAIN.fix(**{name: n[name] * f for name, f in zip(TRIAL_EFFECTS, factors, strict=True)})

    def _wider(self, arm: ArmDesign) -> dict[str, float]:
        """As in a plan: trials differ more where the fit never saw the route or drug."""
        far = not arm.sham and unseen(doses(arm))
        return {"omega_d": self.study.ledger["omega_d"].hi or 0.0} if far else {}

    def rated(self, trial: str, arm: str, hours: Sequence[float]) -> Rated:
        """One arm at some times (h from its first visit)."""
        design = arms()[trial, arm]
        parts = [self._scores(design, fast, tuple(hours)) for fast in design.fast]
        y = np.concatenate([y for y, _ in parts], axis=2)
        base = np.concatenate([b for _, b in parts], axis=1)
        numbers = {**self.study.numbers, **self.study.draws}
        return Rated(hours, y, base, numbers, np.tile(self.z, (1, 1, len(parts))) if len(parts) > 1 else self.z)

    def _scores(self, arm: ArmDesign, fast: str, hours: tuple[float, ...]) -> tuple[Array, Array]:
        n = {**self.study.numbers, "base_mean": arm.base_mean, "base_sd": arm.base_sd, "base_floor": arm.entry}
        chain, plan = self.chain(arm), self._plan(arm)
        crowd = people.gather(chain, Patient(), n, self.seed, self.draws, self.people, own=0, drawn=self._variates)
        trunk = self._trunk(plan, hours, arm.sham)
        hope = 1.0 if arm.sham else weeks.perceived(chain, plan, self._noticed(plan))
        given = {"n_class": fast, "s_class": arm.slow}
        out = np.empty((len(hours), self.draws, self.people))
        for start in range(0, self.draws, AT_ONCE):
            part = slice(start, start + AT_ONCE)
            out[:, part] = _part(chain, plan, crowd, self.study.draws, n, trunk, given, hope, arm.sham, part)
        return out, crowd.base

    def _plan(self, arm: ArmDesign) -> AsGiven:
        study, any_ = self.study, Course.parse(nodes.REFERENCE)
        return AsGiven(any_, study.patient.weight, study.numbers, refine=REFINE, given=doses(arm))

    def _noticed(self, plan: AsGiven) -> float:
        if "noticed" not in self.shelf:
            self.shelf["noticed"] = weeks.noticed(CHAIN, weeks.reference(plan))
        return float(self.shelf["noticed"])

    def _trunk(self, plan: AsGiven, hours: tuple[float, ...], sham: bool) -> nodes.Trunk:
        """X at the nodes, shared by arms of one course; a sham has none and needs its visits alone."""
        drawn = self.study.draws
        if sham:
            hoped = nodes.hope(CHAIN, plan, drawn, np.array(hours))
            return nodes.Trunk(np.zeros(2), np.zeros((len(hours), self.draws, 2)), hoped, np.zeros(2))
        asked = self.asked.get(plan.given, hours)
        key = (plan.given, asked)
        if key not in self.shelf:
            self.shelf[key] = nodes.trunk(CHAIN, plan, drawn, np.array(asked), matched=False)
        found: nodes.Trunk = self.shelf[key]
        at = [asked.index(h) for h in hours]
        return replace(found, X=found.X[at], hope={name: value[at] for name, value in found.hope.items()})


def _part(
    chain: Chain, plan: AsGiven, crowd: people.People, draws: dict[str, Array], n: dict[str, Any], trunk: nodes.Trunk,
    classes: dict[str, str], hope: float, sham: bool, part: slice,
) -> Array:  # fmt: skip
    """Scores of some draws, (times, draws, people)."""
    numbers = {**n, **{name: value[part] for name, value in draws.items()}}
    given: dict[str, Any] = {
        **{name: value[part] for name, value in crowd.variates.items()}, "base": crowd.base[part],
        "nasal": plan.nasal, "perceived": hope, **{name: numbers[key] for name, key in classes.items()},
    }  # fmt: skip
    known = {name: value[:, part] for name, value in trunk.hope.items()}
    if sham:
        given["responder"], known["X"] = 0.0, np.zeros(1)
    else:
        share = evaluate(chain, ["share"], {}, numbers, given)["share"]
        given["responder"] = (crowd.rank[part] < share).astype(float)
        known["X"] = nodes.read_between(trunk.X[:, part], trunk.log_xi, plan.omega * crowd.z_xi[part])
    y = evaluate(chain, ["MADRS"], known, numbers, given)["MADRS"]
    times = len(next(iter(trunk.hope.values())))
    return np.asarray(np.broadcast_to(y, (times, *crowd.base[part].shape)))


def doses(arm: ArmDesign) -> tuple[GivenDose, ...]:
    """What an arm was given, session by session; a sham stands as the reference dose, whose drug is not read."""
    drug = Drug.named("racemic" if arm.sham else arm.drug)
    route, hours = ("iv", 40 * PER_MIN) if arm.sham else (arm.route, arm.infusion_min * PER_MIN)
    out = []
    for k, time in enumerate(arm.dose_times_h):
        mg = 35.0 if arm.sham else arm.dose_mg[min(k, len(arm.dose_mg) - 1)]
        count = 1 if route != "nasal" else max(1, round(mg / DEVICE_MG)) if drug == ESKETAMINE else 2
        out += [GivenDose(time + j * GAP_H, mg / count, drug, route, hours, j, k + 1) for j in range(count)]
    return tuple(out)


def needed(rows: Sequence[OutcomeRow]) -> dict[tuple[str, str], tuple[float, ...]]:
    """Times at which each arm is looked at, for these rows."""
    out: dict[tuple[str, str], set[float]] = {}
    for r in rows:
        times = {r.time_h, *r.entry_h, *r.visits_h, *([] if r.from_h is None else [r.from_h])}
        for arm in (*r.arm.split("+"), *([r.against] if r.against else [])):
            out.setdefault((r.trial, arm), set()).update(times)
    return {key: tuple(sorted(times)) for key, times in out.items()}


def truth(row: OutcomeRow, arm: dict[str, Rated]) -> Array:
    """What the row's trial would report with endlessly many people, in the row's unit, (draws,)."""
    if "+" in row.arm:
        each = [truth(replace(row, arm=a, measure="resp", weights=()), arm) for a in row.arm.split("+")]
        return np.asarray(np.average(each, axis=0, weights=row.weights))
    a, t = arm[row.arm], row.time_h
    if row.measure in ("diff", "d", "gapratio"):
        return _gap(row, a, arm[row.against])
    if row.measure in ("surv", "rmst"):
        limit = None if row.threshold == "half of baseline" else float(row.threshold)
        share = a.still_well(row.entry_h, row.entry_rule, row.visits_h, limit, row.consecutive)
        return days_well(share, row.entry_h[-1], row.visits_h) if row.measure == "rmst" else 100 * share[-1]
    plain = {
        "chg": lambda: a.change(t), "sd": lambda: a.sd_change(t), "sdy": lambda: a.sd_score(t),
        "resp": lambda: a.below(t, a.half()), "rem": lambda: a.below(t, float(row.threshold)),
        "imp30": lambda: a.below(t, float(row.threshold.split()[0]) * a.base),
        "ratio": lambda: a.below(t, a.half()) / a.below(row.from_h or 0.0, a.half()),
        "any2": lambda: a.two_of(row.visits_h), "stab": lambda: row.kept * a.at_all(row.visits_h),
        "sus": lambda: a.sustained(row.entry_h[0], row.visits_h), "cond": lambda: a.late(row.entry_h[0], t),
    }  # fmt: skip
    return np.asarray(plain[row.measure]())


def _gap(row: OutcomeRow, a: Rated, b: Rated) -> Array:
    gap = a.change(row.time_h) - b.change(row.time_h)
    if row.measure == "d":
        return -gap / np.sqrt((a.sd_change(row.time_h) ** 2 + b.sd_change(row.time_h) ** 2) / 2)
    if row.measure == "gapratio" and row.from_h is not None:
        return gap / (a.change(row.from_h) - b.change(row.from_h))
    return gap
