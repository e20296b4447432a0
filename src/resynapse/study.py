"""Course x people x draws -> outcome. The one function behind every face.

>>> import resynapse as rs
>>> out = rs.simulate("0.5 mg/kg over 40 min, iv, once", rs.Population.trd(n=4_000), seed=1)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import units
from .engine.last import Last
from .engine.threads import beside
from .errors import Place, Refused
from .evidence import Ledger, load
from .inference.draws import parameters
from .mechanism import CHAIN, Chain, cuts
from .mechanism.read_numpy import Run, run
from .outcome.domain import unseen
from .outcome.durability import back, visits
from .outcome.outcome import Outcome, PlanResult
from .outcome.rating import BLOCK, fluctuation, observed, rating_error
from .outcome.summary import Back
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


@dataclass(frozen=True)
class Effort:
    """How finely a study is computed. own: people with own kinetics; sites: sites that sessions are seen at;
    refine: of the grid; nodes: of exposure (None: the usual ones)."""

    own: int = people.OWN_KINETICS
    sites: int = minutes.SITES
    refine: int = 0
    nodes: int | None = None


FULL = Effort()
COARSE = Effort(own=50, sites=8, refine=-2, nodes=5)  # while something moves: a picture, not a figure


def simulate(
    course: Course | str, who: Patient | Population | None = None, *, against: Course | str | None = None,
    until: str | float = UNTIL, seed: int = 1, setting: Setting | str = "masked trial", compare: str = "active placebo",
    floor: str | float | None = None, chain: Chain = CHAIN, ledger: Ledger | None = None, date: str = "",
    command: str = "", cut: tuple[str, ...] = (),
) -> Outcome:  # fmt: skip
    """What a course does: to one person (two lines and their share) or to people and draws (bands).

    course, against: a Course or its text; `against` may leave fields out, taken from the first plan.
    until, floor: text with a unit, or hours and minutes. setting: a Setting or its name; compare: the arm
    beside every headline. cut: steps of the chain (see `mechanism/cuts.py`) held at rest; the plan with them is
    the second one, so it stands for `against`. Refused if the input is impossible or not built yet.
    """
    first = Course.parse(course) if isinstance(course, str) else course
    second = first.against(against) if isinstance(against, str) else against
    place = Setting.named(setting, compare) if isinstance(setting, str) else setting
    cut = cut_beside(cut, second)
    made = Study.of(who, until=until, seed=seed, setting=place, chain=chain, ledger=ledger)
    plans = [made.plan("A", first)]
    if second is not None or cut:
        plans.append(made.plan("B", second or first, cut))
    return made.outcome(*plans, floor=floor, date=date, command=command)


@dataclass(frozen=True)
class Study:
    """Who takes part and where, and what every plan in it shares: numbers, draws, people, their noise.

    Plans of one study are compared person by person (common random numbers).
    """

    chain: Chain
    ledger: Ledger
    patient: Patient
    population: Population | None
    setting: Setting
    until: float
    seed: int
    effort: Effort = FULL
    shelf: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    common: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # the same whoever the person is

    @staticmethod
    def of(
        who: Patient | Population | None = None, *, until: str | float = UNTIL, seed: int = 1,
        setting: Setting | None = None, chain: Chain = CHAIN, ledger: Ledger | None = None, effort: Effort = FULL,
        common: dict[Any, Any] | None = None,
    ) -> Study:  # fmt: skip
        """A study of one person or of a population; as in `simulate`.

        common: what studies of the same seed, size and effort share, whoever the person is.
        """
        population = who if isinstance(who, Population) else None
        patient = population.patient if population else who or Patient()
        assert isinstance(patient, Patient)
        place = setting or Setting.named("masked trial")
        return Study(chain, ledger or load(), patient, population, place, hours_of(until), _seed(seed), effort,
                     common={} if common is None else common)  # fmt: skip

    def outcome(
        self, *plans: PlanResult, floor: str | float | None = None, date: str = "", command: str = ""
    ) -> Outcome:  # fmt: skip
        """What is said about one or two of its plans."""
        minutes_floor, source = _floor(floor, plans[0].plan.course, self.ledger)
        return Outcome(
            self.chain, self.ledger, self.numbers, self.draws, self.patient, self.setting, minutes_floor, source,
            self.until, self.seed, self.people, plans, date, command, self.shelf,
        )  # fmt: skip

    # what plans share

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
        if "draws" not in self.common:
            drawn = parameters(self.ledger, self.seed, self.population.draws)
            self.common["draws"] = {**drawn, "kL": nodes.scale_of_labile(self.numbers, drawn)}
        found: dict[str, Array] = self.common["draws"]
        return found

    @cached_property
    def people(self) -> people.People | None:
        """Who takes part, the same in every plan."""
        pop = self.population
        if pop is None:
            return None
        return people.gather(self.chain, self.patient, self.numbers, self.seed, pop.draws, pop.people, self.effort.own)

    @cached_property
    def own(self) -> dict[str, Array]:
        """Kinetic numbers of those with their own."""
        assert self.people is not None
        if "own" not in self.common:
            self.common["own"] = people.own_numbers(self.ledger, self.numbers, self.people)
        found: dict[str, Array] = self.common["own"]
        return found

    def own_in(self, plan: CompiledPlan, number: int) -> tuple[int, dict[str, Array]]:
        """Kinetic numbers of those with their own in one session, and which draw they are: 0 where the session has
        none of its own."""
        crowd = self.people
        assert crowd is not None
        kept: Last[dict[str, Array]] = self.shelf.setdefault("in session", Last())
        again = kept.of(number, lambda: people.session_numbers(self.ledger, self.numbers, crowd, number))
        drawn = number if any(name.startswith(plan.codes) for name in again) else 0
        return drawn, {**self.own, **again}

    @property
    def body(self) -> dict[str, float]:
        """Pressures and pulse at the start."""
        return _body(self.patient, self.numbers)

    def times(self) -> Array:
        """Times of the weeks, h."""
        return weeks.study_times(self.until)

    def fluctuation(self, days: int) -> Array:
        """Fluctuation within people on days 0 to `days`; more days are kept than are asked for."""
        crowd = self.people
        assert crowd is not None
        kept = self.common.get("fluctuation")
        if kept is None or len(kept) <= days:
            numbers = {**self.numbers, **self.draws}
            kept = fluctuation(self.seed, crowd.draws, crowd.people, -(-days // BLOCK) * BLOCK, numbers)
            self.common["fluctuation"] = kept
        return np.asarray(kept)

    def error(self, days: int) -> Array:
        """Rating error of each day, in standard deviations."""
        crowd = self.people
        assert crowd is not None
        if "error" not in self.common:
            self.common["error"] = rating_error(self.seed, crowd.draws, crowd.people, int(np.ceil(self.until / 24)))
        return np.asarray(self.common["error"][: days + 1])

    # one plan

    def plan(self, tag: str, course: Course, cut: tuple[str, ...] = ()) -> PlanResult:
        """One plan for these people, with steps of the chain held at rest."""
        compiled = self.compiled(course)
        whole = self.between(self.chain, compiled)
        chain, hope = cuts.cut(whole, cut), self.hope(compiled)
        if self.people is None:
            return self._alone(tag, compiled, chain, cut, hope)
        return self._with_people(tag, compiled, whole, chain, cut, hope)

    def compiled(self, course: Course) -> CompiledPlan:
        """A course for the person of this study. Refused if it has more sessions than a run follows."""
        if len(course.sessions) > MOST_SESSIONS:
            raise Refused(
                f"{len(course.sessions)} sessions are above {MOST_SESSIONS}", "A run follows so many at most.",
                (f"0.5 mg/kg over 40 min, every 7 d, {MOST_SESSIONS} times",),
            )  # fmt: skip
        return CompiledPlan(
            course, self.patient.weight, self.numbers, refine=self.effort.refine, nodes=self.effort.nodes
        )

    def between(self, chain: Chain, plan: CompiledPlan) -> Chain:
        """The chain; where no trial in the fit gave such a route or drug, with the widest spread of responders
        between trials that the fit allows (chain.md: .6 to .9). A spread that was fixed by hand stays."""
        number = self.ledger.get("omega_d")
        free = number is not None and "omega_d" in chain.numbers and "omega_d" not in dict(chain.fixed)
        if not (free and unseen(plan.doses)) or number is None or number.hi is None:
            return chain
        return chain.fix(omega_d=max(number.hi, number.value) * units.factor(number.unit))

    def hope(self, plan: CompiledPlan) -> float:
        """Weight of hope; the chance of noticing the reference dose is kept."""
        if "noticed" not in self.shelf:
            self.shelf["noticed"] = weeks.noticed(self.chain, weeks.reference(plan))
        return weeks.perceived(self.chain, plan, self.shelf["noticed"])

    def _alone(self, tag: str, plan: CompiledPlan, chain: Chain, cut: tuple[str, ...], hope: float) -> PlanResult:
        def session(number: int) -> minutes.Minutes:
            return minutes.typical(chain, plan, self._typical(chain, plan, hope, number), number)

        make: dict[str, Callable[..., Any]] = {
            "typical": lambda: self._typical(chain, plan, hope), "session": session, "back": lambda: None,
        }  # fmt: skip
        return PlanResult(tag, plan, chain, cut, hope, make)

    def given(self, plan: CompiledPlan, hope: float, numbers: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Inputs of the chain that hold for a whole run: body, score at the start, classes of hope and setting.

        numbers: those of the study, where no others are asked for.
        """
        numbers = self.numbers if numbers is None else numbers
        base = numbers["base_mean"] if self.patient.madrs is None else float(self.patient.madrs)
        classes = weeks.classes(self.setting, self.patient, numbers)
        return {**_body(self.patient, numbers), **classes, "base": base, "nasal": plan.nasal, "perceived": hope}

    def _typical(self, chain: Chain, plan: CompiledPlan, hope: float, session: int = 1) -> Run:
        """The median responder and the median non-responder, with every read-out: batch (2,)."""
        window = plan.starts[session - 1] + np.arange(0, minutes.WINDOW_H + 1e-9, minutes.EVERY_MIN / 60)
        grid = plan.grid([*self.times(), *window])
        given = {**plan.signals(grid, 1), **self.given(plan, hope), "responder": np.array([1.0, 0.0])}
        want = [n.name for n in chain if n.kind in ("readout", "effect")]
        return run(chain, want, grid, self.numbers, given, [*plan.inputs(), *plan.visits()], (2,))

    def _with_people(
        self, tag: str, plan: CompiledPlan, whole: Chain, chain: Chain, cut: tuple[str, ...], hope: float
    ) -> PlanResult:  # fmt: skip
        """The plan in all people of all draws: rated on the days shown, and after the last dose."""
        last = float(plan.starts[-1])
        rated = visits(self.numbers, FOLLOWED_D)
        shown, later = self.times(), last + 24 * rated
        times = np.unique(np.round(np.concatenate([shown, later]), 9))
        full = self._scores(whole, chain, cut, plan, times, hope)
        kept = full.take(np.searchsorted(times, shown - 1e-6))
        w = self.fluctuation(int(np.ceil(times[-1] / 24)))
        error, numbers = self.error(int(np.ceil(self.until / 24))), {**self.numbers, **self.draws}

        def lost() -> Back:
            at = np.searchsorted(times, later - 1e-6)
            day = np.ceil(later / 24 - 1e-9).astype(int)
            return back(full.plan[at], w[day], full.base, rated, last / 24, numbers)

        def session(number: int) -> minutes.Minutes:
            one = self._own_session(plan, number)
            crowd = self.people
            assert crowd is not None
            _, own = self.own_in(plan, number)
            return minutes.session(chain, plan, one, own, crowd, self.body, number, self.effort.sites)

        seen, other = (observed(shown, y, w, error, numbers) for y in (kept.plan, kept.compared))
        make: dict[str, Callable[..., Any]] = {
            "typical": lambda: self._typical(chain, plan, hope), "session": session, "back": lost,
        }  # fmt: skip
        return PlanResult(tag, plan, chain, cut, hope, make, kept, seen, other)

    def _scores(
        self, whole: Chain, chain: Chain, cut: tuple[str, ...], plan: CompiledPlan, times: Array, hope: float
    ) -> weeks.Weeks:  # fmt: skip
        """Everybody's scores. What people are compared with is always that of the whole chain."""
        assert self.people is not None
        log_xi, trunk = self._exposed(plan, times)
        args = (times, self.people, self.draws, self.setting, self.patient, hope, log_xi)
        uncut = weeks.scores(whole, plan, trunk, *args)
        if not cut:
            return uncut
        held = replace(trunk, X=np.zeros_like(trunk.X)) if cuts.drug_gone(cut) else trunk
        return replace(weeks.scores(chain, plan, held, *args), compared=uncut.compared)

    def _exposed(self, plan: CompiledPlan, times: Array) -> tuple[Array, nodes.Trunk]:
        """Log exposure of everybody, and the trunk; the same plan with a cut has the same."""
        key = ("trunk", plan.course, tuple(times))
        if self.shelf.get("trunk", (None,))[0] != key:
            own = beside(lambda: self._own_session(plan, 1), self.effort.own)
            trunk = nodes.trunk(self.chain, plan, self.draws, times, visits=self.shelf.setdefault("visits", Last()))
            self.shelf["trunk"] = (key, self.exposures(plan, trunk, own()), trunk)
        _, log_xi, trunk = self.shelf["trunk"]
        return log_xi, trunk

    def _own_session(self, plan: CompiledPlan, number: int) -> Run:
        """Kinetics of those with their own; sessions given alike share it."""
        sessions = plan.felt_in(number, minutes.LEFT_H)
        given = tuple(replace(d, session_number=0) for d in plan.doses if d.session_number in sessions)
        drawn, own = self.own_in(plan, number)
        key = ("own", number == 1, float(plan.starts[number - 1]), given, drawn)
        kept: Last[Run] = self.shelf.setdefault("own", Last())
        steps = self.shelf.setdefault(("steps", drawn), {})
        return kept.of(key, lambda: minutes.own_session(self.chain, plan, own, number, steps))

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


def _body(p: Patient, n: Mapping[str, Any]) -> dict[str, Any]:
    sbp = n["sbp_0"] if p.sbp is None else p.sbp
    dbp = n["dbp_0"] * sbp / n["sbp_0"] if p.dbp is None else p.dbp
    return {"SBP_0": sbp, "DBP_0": dbp, "HR_0": n["hr_0"] if p.heart_rate is None else p.heart_rate}


def cut_beside(cut: tuple[str, ...], second: Course | None) -> tuple[str, ...]:
    """Steps to cut, in the chain's order; only beside the same plan with the whole chain."""
    keys = cuts.read(",".join(cut))
    if keys and second is not None:
        rule = "The plan with the cut is plan B: leave out the other, or the cut."
        raise Refused("a cut beside a second plan", rule, place=Place(field="cut"))
    return keys


def hours_of(until: str | float) -> float:
    """The length of a run, in whole days as hours; Refused outside 1 day to 2 years."""
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
        try:
            value = units.quantity(floor, "time") * 60 if isinstance(floor, str) else float(floor)
        except Refused as no:
            no.place = replace(no.place, field="floor")
            raise
        if not 0 < value <= 24 * 60:
            raise Refused(
                f"a floor of {floor}", "A floor is above 0 and at most 24 h.", ("100 min",), Place(field="floor")
            )
        return value, "the site's floor"
    if any(p.dose.route == "nasal" and p.dose.drug == ESKETAMINE for p in course.planned):
        return ledger["floor_nasal_esketamine"].value, "the US label's floor"
    return None, ""
