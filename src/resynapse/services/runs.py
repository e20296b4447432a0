"""What the API computes: bounded in work, cached by content, told as it goes. No file name is read here."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from ..engine import progress
from ..errors import Place, Refused
from ..outcome.outcome import Outcome
from ..outcome.summary import Summary
from ..study import hours_of, simulate
from ..therapy.course import Course
from ..therapy.patient import Patient
from . import explore
from . import simulate as simulate_
from .simulate import MOST_PEOPLE

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["simulate", "claims", "lottery"]
KEPT = 16  # summaries held: some hundred kB each


@dataclass(frozen=True)
class Ask(explore.Question):
    """A question with a date for its report. alone: one person without draws."""

    alone: bool = False
    date: str = ""

    @property
    def population(self) -> str:
        """As the command line takes it."""
        return "1" if self.alone else f"{self.draws}x{self.people}"


# how much is too much


@dataclass(frozen=True)
class Budget:
    """Most people in all, days of people (people x days, over the plans), and sessions of draws of one plan."""

    words: str
    people: int
    people_days: int
    draw_sessions: int


# technical, measured on two cores: 7 s and 1 GB a plan at once; a minute or two and 5 GB as a run
AT_ONCE = Budget("At once", 40_000, 2 * 40_000 * 180, 6_000)
AS_RUN = Budget("As a run", MOST_PEOPLE, MOST_PEOPLE * 180, 200_000)


def check(
    courses: tuple[Course, ...], draws: int, people: int, until: str, budget: Budget = AT_ONCE, cut: bool = False
) -> None:  # fmt: skip
    """Refused, with a number that would pass, if this is more work than the budget holds."""
    with explore.naming("until"):
        days = hours_of(until) / 24
    sessions = max(len(c.sessions) for c in courses)
    if draws * sessions > budget.draw_sessions:
        cause = f"{draws:,} draws of {sessions} sessions are above {budget.draw_sessions:,} sessions"
        raise _above(cause, budget, "draws", budget.draw_sessions // sessions)
    plans = 2 if cut else len(courses)
    most = min(budget.people, int(budget.people_days / days / plans))
    if draws * people > most:
        both = " in two plans" if plans > 1 else ""
        cause = f"{draws * people:,} people over {days:g} days{both} are above {most:,}"
        field, other = ("people", draws) if most >= 2 * draws else ("draws", people)
        raise _above(cause, budget, field, most // other)


def _above(cause: str, budget: Budget, field: str, passes: int) -> Refused:
    rule = (
        f"{budget.words}, draws x people are at most {budget.people:,}, times days and plans {budget.people_days:,}, "
        f"and draws x sessions {budget.draw_sessions:,}."
    )
    if budget is AT_ONCE:
        rule += f" A run (POST /api/v1/runs) takes {AS_RUN.people:,}."
    return Refused(cause, rule, (str(max(passes, 2)),), Place(field=field))


def read(ask: Ask) -> tuple[tuple[Course, ...], Patient]:
    """Plans and person; a refusal names the field."""
    courses = explore.read(ask)
    with explore.naming("person"):
        return courses, explore.person_at(ask.person)


def checked(ask: Ask, budget: Budget) -> tuple[tuple[Course, ...], Patient]:
    """Plans and person of work that the budget holds."""
    courses, patient = read(ask)
    check(courses, 1 if ask.alone else ask.draws, 1 if ask.alone else ask.people, ask.until, budget, bool(ask.cut))
    return courses, patient


def within(query: explore.Query) -> explore.Query:
    """The same question, if it is not too much for an answer at once."""
    check(explore.read(query), query.draws, query.people, query.until, cut=bool(query.cut))
    return query


# answers


@dataclass(frozen=True)
class Answer:
    """What faces need of an outcome: small, where the outcome itself holds everybody's days."""

    summary: Summary
    table: pd.DataFrame

    def dated(self, date: str, command: str) -> Answer:
        """The same under a date and a command, which move no number."""
        return replace(self, summary=replace(self.summary, date_given=date, command=command))


_held: OrderedDict[tuple[Any, ...], Answer] = OrderedDict()
_lock = threading.Lock()


def answer(ask: Ask, command: str = "", budget: Budget = AT_ONCE) -> Answer:
    """The answer, from what is held if the same was asked. Refused, with field and place, if it cannot be."""
    courses, patient = checked(ask, budget)
    date = simulate_.dated(ask.date)
    said = replace(ask, plan="", against="", person="", date="")
    key = (tuple(c.text for c in courses), patient.line, *asdict(said).values())
    with _lock:
        found = _held.get(key)
        if found is not None:
            _held.move_to_end(key)
    if found is None:
        with _outcome(ask, courses, patient) as out:
            found = Answer(out.summary, out.table())
        with _lock:
            _held[key] = found
            while len(_held) > KEPT:
                _held.popitem(last=False)
    return found.dated(date, command)


def _outcome(ask: Ask, courses: tuple[Course, ...], patient: Patient) -> AbstractContextManager[Outcome]:
    """What the page answers too."""
    if not ask.alone:
        return explore.outcome_of(ask)
    return nullcontext(simulate(
        courses[0], patient, against=courses[1] if len(courses) > 1 else None, until=ask.until, seed=ask.seed,
        setting=ask.setting, compare=ask.compare, floor=ask.floor or None, cut=ask.cut,
    ))  # fmt: skip


# runs that are told as they go


@dataclass(frozen=True)
class Step:
    """How far a run is: what is counted (draws, trials, or words for what is not), and the result so far."""

    stage: str
    done: int
    of: int
    result: Any = None


Tell = Callable[[Step], None]


class Draws:
    """Hears of finished draws, plan after plan, and tells them as one count. plans: draws of each."""

    def __init__(self, plans: tuple[int, ...], tell: Tell) -> None:
        self.plans, self.tell, self.of = plans, tell, sum(plans)
        self.before, self.count, self.plan, self.lock = 0, 0, 0, threading.Lock()
        tell(Step("draws", 0, self.of))

    def __call__(self, done: int, of: int) -> None:
        """Called by the engine after every block of draws; what is run after the plans is not counted."""
        with self.lock:
            if self.plan == len(self.plans) or of != self.plans[self.plan]:
                return
            count = max(self.before + done, self.count)
            if done == of:
                self.before, self.plan = count, self.plan + 1
            self.count = count
            self.tell(Step("draws" if count < self.of else "adding up", count, self.of))


def work(kind: Kind, ask: dict[str, Any], tell: Tell) -> Any:
    """A run from its kind and fields to the value of its result. Refused as the same asked at once."""
    return _KINDS[kind](ask, tell)


def _simulate(fields: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from ..views.json_out import to_json
    from .export import command

    ask = Ask(**{**fields, "cut": tuple(fields.get("cut", ()))})
    plans = 1 + bool(ask.against or ask.cut)
    with progress.listening(Draws((1 if ask.alone else ask.draws,) * plans, tell)):
        return to_json(answer(ask, command(ask, "--json"), AS_RUN).summary)


def _claims(fields: dict[str, Any], tell: Tell) -> dict[str, Any]:
    from . import claims

    d = claims.DRAWS
    with progress.listening(Draws((d, d, d, 4 * d), tell)):
        return claims.claims_json(claims.answer(**fields))


def _lottery(fields: dict[str, Any], tell: Tell) -> dict[str, Any]:
    import numpy as np

    from . import claims, lottery

    n, hits, trials, seed = (fields[k] for k in ("n", "hits", "trials", "seed"))
    lottery.checked(n, hits, trials)
    with progress.listening(Draws((4 * claims.DRAWS,), tell)):
        shares = np.array(lottery.shares_of(seed))
    told: dict[str, Any] = {}
    for so_far in lottery.tossed(seed, shares, n, hits, trials):
        told = lottery_json(so_far)
        tell(Step("trials", so_far.trials, trials, told))
    return told


def lottery_json(found: Any) -> dict[str, Any]:
    """Histogram, share and exact chances under `schema` and `kind`."""
    return {"schema": 1, "kind": "resynapse.lottery", **asdict(found)}


_KINDS: dict[str, Callable[[dict[str, Any], Tell], Any]] = {
    "simulate": _simulate, "claims": _claims, "lottery": _lottery,
}  # fmt: skip


def check_run(kind: Kind, ask: dict[str, Any]) -> None:
    """Refuse a run before it is taken in."""
    if kind == "simulate":
        checked(Ask(**ask), AS_RUN)
    elif kind == "lottery":
        from . import lottery

        lottery.checked(ask["n"], ask["hits"], ask["trials"])
