"""Course x people x draws -> outcome. The one function behind every face.

>>> import resynapse as rs
>>> out = rs.simulate("0.5 mg/kg over 40 min, iv, once", rs.Population.trd(n=4_000), seed=1)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import units
from .errors import Refused
from .evidence import Ledger, load
from .inference.draws import parameters
from .mechanism import CHAIN, Chain
from .mechanism.read_numpy import Run, run
from .outcome.durability import back, visits
from .outcome.outcome import Outcome, PlanResult
from .outcome.rating import fluctuation, observed
from .simulation import minutes, nodes, people, weeks
from .simulation.plan import CompiledPlan
from .therapy.course import Course
from .therapy.drug import ESKETAMINE
from .therapy.patient import Patient
from .therapy.population import Population
from .therapy.setting import Setting

Array = NDArray[np.float64]

UNTIL = "6 weeks"
LONGEST_H = 2 * 365 * 24.0  # technical: what fits the memory; the trials end long before
MOST_SESSIONS = 200  # technical: beyond it a run takes minutes
FOLLOWED_D = 120.0  # days after the last dose that losses are looked for


def simulate(
    course: Course | str, who: Patient | Population | None = None, *, against: Course | str | None = None,
    until: str | float = UNTIL, seed: int = 1, setting: Setting | str = "masked trial", compare: str = "active placebo",
    floor: str | float | None = None, chain: Chain = CHAIN, ledger: Ledger | None = None, date: str = "",
    command: str = "",
) -> Outcome:  # fmt: skip
    """What a course does: to one person (two lines and their share) or to people and draws (bands).

    course, against: a Course or its text; `against` may leave fields out, taken from the first plan.
    until, floor: text with a unit, or hours and minutes. setting: a Setting or its name; compare: the arm
    beside every headline. Refused if the input is impossible or not built yet.
    """
    first = Course.parse(course) if isinstance(course, str) else course
    second = first.against(against) if isinstance(against, str) else against
    place = Setting.named(setting, compare) if isinstance(setting, str) else setting
    ledger = load() if ledger is None else ledger
    population = who if isinstance(who, Population) else None
    patient = population.patient if population else who or Patient()
    assert isinstance(patient, Patient)
    run_ = _Study(chain, ledger, patient, population, place, _hours(until), _seed(seed))
    plans = tuple(run_.plan(tag, c) for tag, c in (("A", first), ("B", second)) if c is not None)
    minutes_floor, source = _floor(floor, first, ledger)
    return Outcome(
        chain, ledger, run_.numbers, run_.draws, patient, place, minutes_floor, source, run_.until, run_.seed,
        run_.people, plans, date, command,
    )  # fmt: skip


@dataclass(frozen=True)
class _Study:
    """What plans share: numbers, draws and people (common random numbers)."""

    chain: Chain
    ledger: Ledger
    patient: Patient
    population: Population | None
    setting: Setting
    until: float
    seed: int

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """Canonical numbers, with this person's weight and age."""
        own = {"WT": self.patient.weight} | ({} if self.patient.age is None else {"AGE": self.patient.age})
        return {**self.ledger.values(), **own}

    @cached_property
    def draws(self) -> dict[str, Array]:
        """Drawn numbers, kL set anew in each draw; empty for one person alone."""
        if self.population is None:
            return {}
        drawn = parameters(self.ledger, self.seed, self.population.draws)
        return {**drawn, "kL": nodes.scale_of_labile(self.numbers, drawn)}

    @cached_property
    def people(self) -> people.People | None:
        """Who takes part, the same in every plan."""
        pop = self.population
        if pop is None:
            return None
        return people.gather(self.chain, self.patient, self.numbers, self.seed, pop.draws, pop.people)

    @cached_property
    def own(self) -> dict[str, Array]:
        """Kinetic numbers of those with their own."""
        assert self.people is not None
        return people.own_numbers(self.ledger, self.numbers, self.people)

    @property
    def body(self) -> dict[str, float]:
        """Pressures and pulse at the start."""
        p, n = self.patient, self.numbers
        sbp = n["sbp_0"] if p.sbp is None else p.sbp
        dbp = n["dbp_0"] * sbp / n["sbp_0"] if p.dbp is None else p.dbp
        return {"SBP_0": sbp, "DBP_0": dbp, "HR_0": n["hr_0"] if p.heart_rate is None else p.heart_rate}

    def times(self) -> Array:
        """Times of the weeks, h."""
        return weeks.study_times(self.until)

    def plan(self, tag: str, course: Course) -> PlanResult:
        """One plan for these people."""
        if len(course.sessions) > MOST_SESSIONS:
            raise Refused(
                f"{len(course.sessions)} sessions are above {MOST_SESSIONS}", "A run follows so many at most.",
                (f"0.5 mg/kg over 40 min, every 7 d, {MOST_SESSIONS} times",),
            )  # fmt: skip
        compiled = CompiledPlan(course, self.patient.weight, self.numbers)
        hope = weeks.perceived(self.chain, compiled)
        typical = self.typical(compiled, hope)
        if self.people is None:
            return PlanResult(tag, compiled, typical, hope, minutes=minutes.typical(self.chain, compiled, typical))
        return self.with_people(tag, compiled, hope, typical)

    def typical(self, plan: CompiledPlan, hope: float) -> Run:
        """The median responder and the median non-responder, with every read-out: batch (2,)."""
        grid = plan.grid([*self.times(), *np.arange(0, minutes.WINDOW_H + 1e-9, minutes.EVERY_MIN / 60)])
        base = self.numbers["base_mean"] if self.patient.madrs is None else float(self.patient.madrs)
        given = {
            **plan.signals(grid, 1), **self.body, **weeks.classes(self.setting, self.patient, self.numbers),
            "base": base, "responder": np.array([1.0, 0.0]), "nasal": plan.nasal, "perceived": hope,
        }  # fmt: skip
        want = [n.name for n in self.chain if n.kind in ("readout", "effect")]
        return run(self.chain, want, grid, self.numbers, given, [*plan.inputs(), *plan.visits()], (2,))

    def with_people(self, tag: str, plan: CompiledPlan, hope: float, typical: Run) -> PlanResult:
        """The plan in all people of all draws."""
        crowd = self.people
        assert crowd is not None
        numbers = {**self.numbers, **self.draws}
        last = float(plan.starts[-1])
        rated = visits(self.numbers, FOLLOWED_D)
        shown, later = self.times(), last + 24 * rated
        times = np.unique(np.round(np.concatenate([shown, later]), 9))
        trunk = nodes.trunk(self.chain, plan, self.draws, times)
        one = minutes.own_session(self.chain, plan, self.own)
        log_xi = self.exposures(plan, trunk, one)
        full = weeks.scores(self.chain, plan, trunk, times, crowd, self.draws, self.setting, self.patient, hope, log_xi)
        w = fluctuation(self.seed, crowd.draws, crowd.people, int(np.ceil(times[-1] / 24)), numbers)
        at = np.searchsorted(times, later - 1e-6)
        day = np.ceil(later / 24 - 1e-9).astype(int)
        lost = back(full.plan[at], w[day], full.base, rated, last / 24, numbers)
        keep = np.searchsorted(times, shown - 1e-6)
        kept = full.take(keep)
        seen, other = (observed(self.seed, shown, y, w, numbers) for y in (kept.plan, kept.compared))
        session = minutes.session(self.chain, plan, one, self.own, crowd, self.body)
        return PlanResult(tag, plan, typical, hope, kept, session, lost, seen, other)

    def exposures(self, plan: CompiledPlan, trunk: nodes.Trunk, one: Run) -> Array:
        """Log exposure of everybody, (draws, people): own kinetics where there are, else drawn."""
        crowd = self.people
        assert crowd is not None
        out = plan.omega * crowd.z_xi
        who = (crowd.own_draw, crowd.own_person)
        p50 = self.draws["P50"][crowd.own_draw, 0]
        numbers = {**self.numbers, "P50": p50}
        known = {"P": one.values["P"]}
        pulse = run(self.chain, ["D"], one.grid, numbers, {}, (), p50.shape, known).integral("D")
        out[who] = (
            nodes.match(np.broadcast_to(pulse, p50.shape), trunk, crowd.own_draw) + plan.omega_own * crowd.z_xi[who]
        )
        return np.asarray(out)


def _hours(until: str | float) -> float:
    hours = units.quantity(until, "time") if isinstance(until, str) else float(until)
    if not 24.0 <= hours <= LONGEST_H:
        raise Refused(f"{until} is outside 1 day to 2 years", "A run lasts 1 day to 2 years.", ("6 weeks",))
    return float(np.floor(hours / 24 + 1e-9) * 24)


def _seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise Refused(f"{seed!r} is no seed", "A seed is a whole number from 0 to 2**63 - 1.", ("1",))
    return seed


def _floor(floor: str | float | None, course: Course, ledger: Ledger) -> tuple[float | None, str]:
    """Shortest stay in min and who says so; None where no floor is loaded."""
    if floor is not None:
        value = units.quantity(floor, "time") * 60 if isinstance(floor, str) else float(floor)
        if not 0 < value <= 24 * 60:
            raise Refused(f"a floor of {floor}", "A floor is above 0 and at most 24 h.", ("100 min",))
        return value, "the site's floor"
    if any(p.dose.route == "nasal" and p.dose.drug == ESKETAMINE for p in course.planned):
        return ledger["floor_nasal_esketamine"].value, "the US label's floor"
    return None, ""
