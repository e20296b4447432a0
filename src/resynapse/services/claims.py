"""What people are told about ketamine therapy, answered by the model beside the trials.

Definitions and rules are ours and stand with each claim; every number and every answer comes out of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..evidence import Ledger, load, trials
from ..mechanism import CHAIN, Chain
from ..outcome.durability import still_well, visits
from ..outcome.outcome import Outcome, PlanResult
from ..outcome.rating import chance_below, fluctuation, over_draws, spread
from ..outcome.summary import Range
from ..simulation.minutes import Minutes, leaving
from ..simulation.weeks import Weeks
from ..study import simulate
from ..therapy.population import Population
from ..views import words as w
from .lottery import HITS, Z90, Lottery, N, drawn_again

Array = NDArray[np.float64]
SCHEMA = 1
KIND = "resynapse.claims"
HOLDS, IN_PART, NOT, NO_OUTPUT = "holds", "holds in part", "does not hold", "not an output"

DOSE = "0.5 mg/kg over 40 min, iv"
ONCE, TWICE_A_WEEK, THRICE_A_WEEK = "once", f"{DOSE}, mon thu, 2 weeks", f"{DOSE}, mon wed fri, 2 weeks"
DRAWS, PEOPLE = 100, 40
FOLLOWED_D = 42.0
# Definitions of words in the claims; each stands in the rule that uses it.
IMPROVED = 0.3  # part of the score lost; partial response, as trials without response count it
MOST, SURE, FEW = 50.0, 95.0, 10.0  # people, or draws, of 100
EARLY_H, HOURS, FIRST_HALF_DAY = 2.0, 4.0, 12.0
TWO_WEEKS_D, LATER_D = 14.0, 28.0
SESSION_MIN = (60, 90, 120)
NOTHING = 0.5  # points or mmHg: below what a scale or a cuff shows


@dataclass(frozen=True)
class Line:
    """One line of the model: value with its 90 % interval over `of`: draws, sites or people."""

    label: str
    value: float
    lo: float
    hi: float
    unit: str
    of: str = "draws"


@dataclass(frozen=True)
class TrialRow:
    """One figure of a trial as printed; n: people, 0 where not known; source: the citation in full."""

    name: str
    quantity: str
    population: str
    value: float
    lo: float | None
    hi: float | None
    unit: str
    n: int
    key: str
    source: str
    grade: str
    note: str


@dataclass(frozen=True)
class Claim:
    """A popular sentence, what the model gives, what trials gave, the answer and the rule that decided it."""

    text: str
    model: tuple[Line, ...]
    trials: tuple[TrialRow, ...]
    answer: str
    rule: str
    sentence: str


@dataclass(frozen=True)
class Arm:
    """One plan in all people of all draws, with what is asked of it."""

    out: Outcome
    plan: PlanResult
    numbers: dict[str, Any]

    @property
    def weeks(self) -> Weeks:
        """The weeks of everybody."""
        assert self.plan.weeks is not None
        return self.plan.weeks

    @property
    def minutes(self) -> Minutes:
        """The first session."""
        assert self.plan.minutes is not None
        return self.plan.minutes

    def rated(self, hours: float, lost: float, inert: bool = False) -> Array:
        """People of 100 rated to have lost this part of their score, per draw; or on the active placebo."""
        x = self.weeks
        y = (x.compared if inert else x.plan)[x.at(hours)]
        return chance_below(y, (1 - lost) * x.base, spread(self.numbers))

    def responded(self, hours: float, inert: bool = False) -> Array:
        """People of 100 with a response, per draw."""
        return self.rated(hours, self.numbers["response_fraction"], inert)

    def change(self, hours: float, inert: bool = False) -> Array:
        """Change of the score from the start, points, per draw; below 0 is better."""
        x = self.weeks
        return np.asarray(((x.compared if inert else x.plan)[x.at(hours)] - x.base).mean(axis=-1))

    def drug(self, hours: float) -> Array:
        """The drug's part of the change, points, per draw; below 0 is better."""
        return -np.asarray(self.weeks.drug[self.weeks.at(hours)].mean(axis=-1))

    def kept(self) -> tuple[Array, Array, Array]:
        """Days after a single dose; responders of 100 still well then, (days, draws); responders of 100."""
        x, n = self.weeks, self.numbers
        days = visits(n, FOLLOWED_D)
        draws, people = x.base.shape
        noise = fluctuation(self.out.seed, draws, people, int(days[-1]), n)
        at = [x.at(24 * d) for d in days]
        share, responders = still_well(x.plan[at], noise[days.astype(int)], x.base, days, n)
        return days[:-1], 100 * share, responders


@dataclass(frozen=True)
class Study:
    """The runs behind all claims, each made when first asked for; the same people throughout."""

    seed: int = 1
    draws: int = DRAWS
    people: int = PEOPLE
    chain: Chain = CHAIN
    ledger: Ledger = field(default_factory=load)

    def _run(self, course: str, against: str | None = None, until_d: float = FOLLOWED_D, more: int = 1) -> Outcome:
        who = Population(draws=more * self.draws, people=self.people)
        return simulate(
            course, who, against=against, until=24 * until_d, seed=self.seed, chain=self.chain, ledger=self.ledger
        )

    @cached_property
    def _six(self) -> Outcome:
        return self._run(THRICE_A_WEEK, ONCE)

    @cached_property
    def six(self) -> Arm:
        """Six infusions in two weeks."""
        return _arm(self._six, 0)

    @cached_property
    def one(self) -> Arm:
        """One infusion."""
        return _arm(self._six, 1)

    @cached_property
    def four(self) -> Arm:
        """Two infusions a week for two weeks."""
        return _arm(self._run(TWICE_A_WEEK), 0)

    @cached_property
    def many(self) -> Arm:
        """One infusion followed for a day, in four times the draws: rare events need them."""
        return _arm(self._run(f"{DOSE}, {ONCE}", until_d=1.0, more=4), 0)

    def figures(self, *names: str) -> tuple[TrialRow, ...]:
        """Rows of the trials, with their sources in full."""
        return tuple(_row(name, self.ledger) for name in names)


def _arm(out: Outcome, k: int) -> Arm:
    return Arm(out, out.plans[k], {**out.numbers, **out.draws})


def _row(name: str, ledger: Ledger) -> TrialRow:
    f = trials()[name]
    source = "; ".join(ledger.source(key).text() for key in f.source)
    return TrialRow(
        f.name, f.quantity, f.population, f.value, f.lo, f.hi, f.unit, f.n, ";".join(f.source), source, f.grade,
        f.note,
    )  # fmt: skip


def _line(label: str, r: Range | Array, unit: str = "of 100") -> Line:
    r = r if isinstance(r, Range) else over_draws(r)
    return Line(label, r.value, r.lo, r.hi, unit, r.of)


def _exactly(value: float, of: str) -> Range:
    return Range(value, value, value, of)


def _sure(what: NDArray[np.bool_]) -> bool:
    """Whether something is so in 95 of 100 draws or more."""
    return bool(100 * np.mean(what) >= SURE)


def _graded(all_of_it: bool, some_of_it: bool) -> str:
    return HOLDS if all_of_it else IN_PART if some_of_it else NOT


# the claims


def within_a_day(s: Study) -> Claim:
    """Response and improvement at day 1, each beside the active placebo."""
    responded, inert = s.one.responded(24.0), s.one.responded(24.0, inert=True)
    improved, improved_inert = s.one.rated(24.0, IMPROVED), s.one.rated(24.0, IMPROVED, inert=True)
    lost = 100 * s.one.numbers["response_fraction"]
    return Claim(
        "Most people improve within a day.",
        (
            _line("respond by day 1", responded), _line("respond, active placebo", inert),
            _line("improve by day 1", improved), _line("improve, active placebo", improved_inert),
        ),
        s.figures(
            "response_day1_midazolam_trials", "response_day1_saline_trials", "murrough_response_day1",
            "zarate_response_day1", "response_day1_midazolam", "murrough_response_day1_midazolam",
        ),
        _graded(_sure(responded > MOST), improved.mean() > MOST and _sure(responded > inert)),
        f"Respond: a rating at least {lost:.0f} % below the start; improve: at least {100 * IMPROVED:.0f} % below. "
        f"Holds if over {MOST:.0f} of 100 respond in {SURE:.0f} of 100 draws; in part if over {MOST:.0f} of 100 "
        f"improve, and more respond than on an active placebo in {SURE:.0f} of 100 draws; else not.",
        f"About {w.people(responded.mean())} respond by the next day, {w.bare_people(inert.mean())} would on an "
        f"active placebo; {w.bare_people(improved.mean())} improve, {w.bare_people(improved_inert.mean())} on placebo.",
    )  # fmt: skip


def half_by(arm: Arm) -> Array:
    """Minutes until half of what the drug gives at day 1 is there, per draw; infinite where it gives nothing."""
    x = arm.weeks
    hours = x.time[: x.at(24.0) + 1]
    gain = x.drug[: len(hours)].mean(axis=-1)
    return np.array([_crossing(hours * 60, y, y[-1] / 2) for y in gain.T])


def _crossing(time: Array, y: Array, level: float) -> float:
    if level <= 0:
        return float("inf")
    k = int(np.argmax(y >= level))
    return float(time[k - 1] + (level - y[k - 1]) / (y[k] - y[k - 1]) * (time[k] - time[k - 1]))


def within_hours(s: Study) -> Claim:
    """When the drug's part is there, and how much of the first hours is not the drug."""
    half, drug = half_by(s.one), s.one.drug(24.0)
    change, inert = s.one.change(EARLY_H), s.one.change(EARLY_H, inert=True)
    works = _sure(drug < 0)
    mean_half = over_times(half)
    return Claim(
        "Relief starts within hours.",
        (
            _line("half of the drug's day 1 is there by", mean_half, "min"),
            _line("MADRS change at 2 h", change, "point"), _line("the same, active placebo", inert, "point"),
            _line("drug's part at 2 h", s.one.drug(EARLY_H), "point"), _line("drug's part at day 1", drug, "point"),
        ),
        s.figures("onset_first", "onset_superior", "zarate_separation", "change_2h"),
        _graded(works and _sure(half <= 60 * HOURS), works and mean_half.value <= 60 * FIRST_HALF_DAY),
        f"Holds if half of the points the drug gives at day 1 are there within {HOURS:.0f} h in {SURE:.0f} of 100 "
        f"draws; in part if within {FIRST_HALF_DAY:.0f} h in the middle draw; else not, nor if the drug gives nothing.",
        _hours_sentence(mean_half, change, inert),
    )  # fmt: skip


def over_times(times: Array) -> Range:
    """Middle draw of times that may be infinite, with the 90 % interval between draws."""
    lo, mid, hi = np.percentile(times, (5, 50, 95), method="inverted_cdf")
    return Range(float(mid), float(lo), float(hi))


def _hours_sentence(half: Range, change: Array, inert: Array) -> str:
    start = "The drug gives nothing" if np.isinf(half.value) else (
        f"Half of what the drug gives at day 1 is there after {w.minutes(half.value)}"
    )  # fmt: skip
    return (
        f"{start}; at 2 h the score is {w.tenth(-change.mean())} points lower, and would be "
        f"{w.tenth(-inert.mean())} lower on an active placebo."
    )


def up_to_two_weeks(s: Study) -> Claim:
    """How long those who respond stay well after one dose."""
    days, share, responders = s.one.kept()
    each = np.array([_back_by(days, share[:, d]) for d in range(share.shape[1])])
    pooled = share @ responders / max(responders.sum(), 1e-12)
    back = over_times(each)
    back = Range(_back_by(days, pooled), back.lo, back.hi)
    mid, late = (int(np.searchsorted(days, d, side="right")) - 1 for d in (TWO_WEEKS_D, LATER_D))
    well = [over_draws(share[k]) for k in (mid, late)]
    well = [Range(float(pooled[k]), r.lo, r.hi) for k, r in zip((mid, late), well, strict=True)]
    works, fades = _sure(s.one.drug(24.0) < 0), back.value <= TWO_WEEKS_D
    n = s.one.numbers
    return Claim(
        "One dose lasts up to two weeks.",
        (
            _line("half of the responders are back by day", back, "d"),
            *(_line(f"responders still well, day {days[k]:.0f}", r) for k, r in zip((mid, late), well, strict=True)),
            _line("drug's part at day 14", s.one.drug(24 * TWO_WEEKS_D), "point"),
        ),
        s.figures(
            "ibrahim_time_to_relapse", "kishimoto_lost", "zarate_response_week1", "zarate_response_week2",
            "salloum_relapse_0.5", "ibrahim_well_day28",
        ),
        _graded(works and fades and well[0].value <= FEW, works and fades),
        f"Back: two ratings in a row above half of the start, dated at the first, rated every "
        f"{n['visit_step'] / 24:g} days from day 1. Holds if half of the responders are back by day "
        f"{TWO_WEEKS_D:.0f} and at most {FEW:.0f} of 100 are still well then; in part if only the first; else not, "
        f"nor if the drug gives nothing.",
        f"Half of the responders are back by {w.day(back.value, days[-1])}; {w.people(well[0].value)} responders are "
        f"still well on day {days[mid]:.0f}, {w.bare_people(well[1].value)} on day {days[late]:.0f}.",
    )  # fmt: skip


def _back_by(days: Array, share: Array) -> float:
    below = np.flatnonzero(share <= 50.0)
    return float(days[below[0]]) if len(below) else float("inf")


def for_weeks(s: Study) -> Claim:
    """What repeating adds on day 14, and whether the third infusion a week adds to the second."""
    at = 24 * TWO_WEEKS_D
    six, four, one = (arm.responded(at) for arm in (s.six, s.four, s.one))
    inert = s.six.responded(at, inert=True)
    more, third = s.six.drug(at) - s.one.drug(at), s.six.change(at) - s.four.change(at)
    adds = [_sure(arm.drug(at) < s.one.drug(at)) for arm in (s.six, s.four)]
    return Claim(
        "It is given two or three times a week for weeks.",
        (
            _line("respond on day 14, six infusions", six), _line("four, two a week", four),
            _line("one", one), _line("six visits, active placebo", inert),
            _line("MADRS change at day 14, two a week", s.four.change(at), "point"),
            _line("three a week", s.six.change(at), "point"), _line("three a week less two", third, "point"),
            _line("drug's part, six infusions less one", more, "point"),
        ),
        s.figures(
            "six_response", "community_response", "singh_change_two", "singh_change_three", "singh_change_saline_two",
            "singh_change_saline_three", "label_sessions_a_week", "community_infusions",
        ),
        _graded(all(adds), any(adds)),
        f"Two weeks are run. Holds if the drug's part on day {TWO_WEEKS_D:.0f} is larger than that of one infusion in "
        f"{SURE:.0f} of 100 draws, with two a week as with three; in part if with one of the two; else not.",
        f"On day 14, {w.people(six.mean())} respond after six infusions, {w.bare_people(four.mean())} after four at "
        f"two a week, {w.bare_people(one.mean())} after one, {w.bare_people(inert.mean())} on placebo; the third a "
        f"week lowers the score by {w.tenth(-third.mean())} points.",
    )  # fmt: skip


def after_the_session(s: Study) -> Claim:
    """When dissociation and pressure are over, who is past the limits when, and what a day leaves."""
    text, limits = "Side effects pass after the session.", {"CADSS": "leave_CADSS", "dSBP": "leave_SBP"}
    figures = s.figures("dissociation_over", "bp_back", "sedation_over", "cognition_back", "sleepiness_back")
    if not set(limits) <= {node.name for node in s.chain}:
        return Claim(text, (), figures, NO_OUTPUT, "This chain has no dissociation or no pressure.", _NO_SENTENCE)
    m, n = s.one.minutes, s.one.numbers
    left = leaving(m, n) * 60
    past = {t: _over_sites(100 * (left <= t).mean(axis=-1)) for t in SESSION_MIN}
    over = {name: settled(m, name, n[limit]) for name, limit in limits.items()}
    day = {name: float(np.ravel(s.one.plan.typical.at(name, [24.0]))[0]) for name in over}
    clean, last = max(day.values()) < NOTHING, SESSION_MIN[-1]
    return Claim(
        text,
        (
            _line("dissociation over by", over["CADSS"], "min"), _line("rise of pressure over by", over["dSBP"], "min"),
            *(_line(f"past the limits at {t} min", r) for t, r in past.items()),
            _line("CADSS left at 24 h", _exactly(day["CADSS"], "the typical person"), "point"),
            _line("systolic rise left at 24 h", _exactly(day["dSBP"], "the typical person"), "mmHg"),
        ),
        figures,
        _graded(clean and past[last].value >= SURE, clean and past[last].value > MOST),
        f"Over: {SURE:.0f} of 100 people stay within CADSS {n['leave_CADSS']:g}, or a systolic rise of "
        f"{n['leave_SBP']:g} mmHg; past the limits: within both, and awake. Holds if {SURE:.0f} of 100 are past them "
        f"{last} min after the start and less than {NOTHING:g} of a point or mmHg is left at 24 h; in part if over "
        f"{MOST:.0f} of 100 are; else not. Nausea, dizziness and headache are not computed.",
        f"Dissociation is over by {w.minutes(over['CADSS'].value)}, the rise of pressure by "
        f"{w.minutes(over['dSBP'].value)}; {_past_words(past)}; at 24 h CADSS is {w.tenth(day['CADSS'])} and the rise "
        f"{w.whole(day['dSBP'])} mmHg.",
    )  # fmt: skip


_NO_SENTENCE = "The model does not give this; the trials' figures stand alone."


def _past_words(past: dict[int, Range]) -> str:
    (first, share), *rest = past.items()
    later = w.listed([f"{w.bare_people(r.value)} at {t} min" for t, r in rest])
    return f"{w.people(share.value)} are past the limits at {first} min, {later}"


def settled(m: Minutes, name: str, limit: float) -> Range:
    """Minutes after which 95 of 100 people stay within a limit: all sites together, and between sites."""
    outside = m.values[name] > limit
    each = np.array([_last(m.time, 100 * outside[:, k].mean(axis=-1)) for k in range(outside.shape[1])])
    value = _last(m.time, 100 * outside.mean(axis=(1, 2)))
    lo, hi = np.percentile(each, (5, 95))
    return Range(value, float(lo), float(hi), "sites")


def _last(hours: Array, outside: Array) -> float:
    late = np.flatnonzero(outside > 100 - SURE)
    return float(hours[min(late[-1] + 1, len(hours) - 1)] * 60) if len(late) else 0.0


def _over_sites(share: Array) -> Range:
    lo, hi = np.percentile(share, (5, 95))
    return Range(float(share.mean()), float(lo), float(hi), "sites")


def seven_of_ten(s: Study) -> Claim:
    """The trial of 2006, drawn again."""
    responded = s.many.responded(24.0)
    lot = drawn_again(responded / 100)
    seen = f"{lot.hits} or more of {lot.n}"
    return Claim(
        "Seven of ten respond by the next day.",
        (
            _line("respond by day 1", responded),
            _chance(f"{seen}, by chance alone", lot.by_chance, 0.0),
            _chance(f"{seen}, trials differ", lot.with_spread, lot.with_spread_error),
            _chance("by chance alone, model's mean", lot.model_by_chance, 0.0),
            _chance("trials differ, model's mean", lot.model_with_spread, lot.model_with_spread_error),
        ),
        s.figures("zarate_response_day1", "response_day1_midazolam_trials", "response_day1_saline_trials"),
        _graded(lot.model >= lot.hits / lot.n, 100 * lot.model_with_spread >= 100 - SURE),
        f"Holds if the model's mean is {100 * lot.hits / lot.n:.0f} of 100 or more; in part if trials of {lot.n} that "
        f"differ as the draws do see {seen} in {100 - SURE:.0f} of 100 or more; else not.",
        lottery_sentence(lot),
    )  # fmt: skip


def _chance(label: str, p: float, error: float) -> Line:
    lo, hi = (min(max(100 * (p + sign * Z90 * error), 0.0), 100.0) for sign in (-1, 1))
    return Line(label, 100 * p, lo, hi, "trials of 100", "Monte-Carlo error" if error else "exact")


def lottery_sentence(lot: Lottery) -> str:
    """The trial drawn again, in words."""
    return (
        f"If {w.people(100 * lot.pooled)} respond, a trial of {lot.n} sees {lot.hits} or more in "
        f"{w.people(100 * lot.by_chance)} by chance alone, in {w.bare_people(100 * lot.with_spread)} once "
        f"trials differ; at the model's {w.people(100 * lot.model)}, in "
        f"{w.bare_people(100 * lot.model_by_chance)} and {w.bare_people(100 * lot.model_with_spread)}."
    )


CLAIMS: tuple[Callable[[Study], Claim], ...] = (
    within_a_day, within_hours, up_to_two_weeks, for_weeks, after_the_session, seven_of_ten,
)  # fmt: skip


def answer(
    seed: int = 1, draws: int = DRAWS, people: int = PEOPLE, chain: Chain = CHAIN, ledger: Ledger | None = None,
    claims: Sequence[Callable[[Study], Claim]] = CLAIMS,
) -> tuple[Claim, ...]:  # fmt: skip
    """All claims, each answered from the same runs. The same seed gives the same answers."""
    study = Study(seed, draws, people, chain, load() if ledger is None else ledger)
    return tuple(claim(study) for claim in claims)


def lottery(
    n: int = N, hits: int = HITS, seed: int = 1, draws: int = DRAWS, people: int = PEOPLE,
    chain: Chain = CHAIN,
) -> Lottery:  # fmt: skip
    """How often a trial of n sees this many responders at day 1; four times `draws` are run."""
    return drawn_again(Study(seed, draws, people, chain).many.responded(24.0) / 100, n, hits)


def claims_json(claims: Iterable[Claim]) -> dict[str, Any]:
    """Claims under `schema` and `kind`; times not reached are null."""
    from ..views.json_out import jsonable

    return {"schema": SCHEMA, "kind": KIND, "claims": [jsonable(claim) for claim in claims]}
