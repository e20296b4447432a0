"""Explore: one or two plans for a person, edited and answered at once, as the page asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import Place, Refused
from ..outcome.outcome import Outcome
from ..study import simulate
from ..therapy.course import Course
from ..therapy.patient import Patient
from ..therapy.population import Population
from ..therapy.setting import COMPARED, SETTINGS, Setting
from ..views.page import Shown, page
from .simulate import read_course, read_patient, second

MOST_WORK = 40_000 * 180  # people x days of one plan: a few seconds
COARSE_DRAWS = 25


@dataclass(frozen=True)
class Change:
    """One edit of a plan: its operation and fields, as `therapy.edits.edit` takes them."""

    plan: int
    op: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """What the page holds in its address, and what it looks at."""

    plan: str
    against: str = ""
    person: str = ""
    setting: str = "masked trial"
    compare: str = "active placebo"
    floor: str = ""
    until: str = "6 weeks"
    seed: int = 1
    draws: int = 100
    people: int = 40
    cut: tuple[str, ...] = ()
    shown: Shown = field(default_factory=Shown)
    session: int = 1
    change: Change | None = None


def explore(query: Query) -> dict[str, Any]:
    """The whole answer for the page: plans as text and table, the person, sentences, pictures."""
    courses = read(query)
    outcome = answer(query, courses)
    summary = outcome.summary
    told = page(summary, query.shown)
    return {
        **told, "person": person_of(outcome), "plans": [plan_of(outcome, k) for k in range(len(outcome.plans))],
    }  # fmt: skip


def read(query: Query) -> tuple[Course, ...]:
    """The plans, edited if an edit is under way; a refusal names the plan."""
    with _field("plan"):
        first = read_course(query.plan)
    with _field("against"):
        other = second(first, query.against)
    return (first,) if other is None else (first, other)


def answer(query: Query, courses: tuple[Course, ...]) -> Outcome:
    """The outcome of these plans."""
    with _field("person"):
        patient = read_patient(query.person)
    return simulate(
        courses[0], Population(patient, query.draws, query.people), against=courses[1] if len(courses) > 1 else None,
        until=query.until, seed=query.seed, setting=Setting.named(query.setting, query.compare),
        floor=query.floor or None,
    )  # fmt: skip


def person_of(outcome: Outcome) -> dict[str, Any]:
    """The person: line, values, and what each fact did."""
    p, s = outcome.patient, outcome.summary
    names = ("weight", "age", "sex", "madrs", "sbp", "dbp", "heart_rate", "failed_trials", "new_antidepressant")
    return {
        "line": p.line, "values": {name: getattr(p, name) for name in names},
        "facts": [{"name": f.name, "value": f.value, "verdict": f.verdict, "why": f.why} for f in s.facts],
    }  # fmt: skip


def plan_of(outcome: Outcome, k: int) -> dict[str, Any]:
    """One plan as text, words and domain."""
    plan, course = outcome.summary.plans[k], outcome.plans[k].plan.course
    return {
        "tag": plan.tag, "text": plan.text, "words": plan.words, "count": plan.count,
        "domain": {"inside": plan.domain.inside, "text": plan.domain.text}, "warnings": list(plan.warnings),
        "sessions": len(course.sessions), "session": plan.session.number,
    }  # fmt: skip


class _field:
    """Names the field in a refusal raised inside."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, no: object, __: object) -> None:
        if isinstance(no, Refused) and not no.place.field:
            no.place = replace(no.place, field=self.name)


def choices() -> dict[str, Any]:
    """What can be chosen by name: settings, comparisons."""
    return {
        "settings": [{"name": s.name, "words": s.words} for s in SETTINGS.values()],
        "compare": [{"name": c.name, "words": c.words} for c in COMPARED.values()],
    }


def warm() -> None:
    """The example, computed once."""
    explore(Query("six", "once", "woman-44"))


__all__ = ["Change", "Place", "Query", "choices", "explore", "warm"]
