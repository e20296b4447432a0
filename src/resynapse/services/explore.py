"""Explore: one or two plans for a person, edited and answered at once, as the page asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ..errors import Place, Refused
from ..outcome.outcome import Outcome
from ..study import simulate
from ..therapy import limits
from ..therapy.course import Course
from ..therapy.drug import ESKETAMINE
from ..therapy.population import Population
from ..therapy.setting import COMPARED, SETTINGS, Setting
from ..views import words as w
from ..views.page import Shown, page
from .simulate import read_course, read_patient, second

# Steps and ends of the sliders; the number boxes go as far as the plan language does.
STEPS = {"mg/kg": 0.05, "mg": 1.0}
MOST = {"mg/kg": 1.5, "mg": 150.0, "× 28 mg": 3}
FITTED = {"mg/kg": limits.WARN_MG_PER_KG, "mg": 150.0, "× 28 mg": 3}
ROUTES = tuple(limits.BUILT["route"])
SCHEDULES = (
    "once",
    "mon thu, 2 weeks",
    "mon wed fri, 2 weeks",
    "mon thu, 4 weeks",
    "every 7 d, 4 times",
    "every 14 d, 4 times",
)
MIXED = "as written"


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
    changes: tuple[Change, ...] = ()


def explore(query: Query) -> dict[str, Any]:
    """The whole answer for the page: plans as text and table, the person, sentences, pictures."""
    outcome = outcome_of(query)
    summary = outcome.summary
    told = page(summary, query.shown)
    return {
        **told, "cut": [], "person": person_of(outcome), "plans": [plan_of(outcome, k) for k in range(len(outcome.plans))],
    }  # fmt: skip


def outcome_of(query: Query) -> Outcome:
    """The outcome behind an answer."""
    return answer(query, read(query))


def leanings(query: Query) -> dict[str, Any]:
    """What the answer leans on, largest first, and what the evidence cannot tell."""
    summary = outcome_of(query).summary
    rows = [{"number": n.name, "meaning": n.meaning, "value": n.value, "source": n.source, "grade": n.grade,
             "moves": n.moves} for n in summary.leanings]  # fmt: skip
    return {"leanings": rows, "cannot_tell": list(summary.cannot_tell)}


@lru_cache(maxsize=2)
def home(size: str = "screen") -> dict[str, Any]:
    """The first page's story: one infusion for the usual example, and six against one in a line."""
    from ..views.home import home as view

    one = view(outcome_of(Query("single", "", "woman-44")).summary, size)
    six = outcome_of(Query("six", "once", "woman-44")).summary
    days = [next(d for d in p.days if d.day == 14) for p in six.plans]
    return {**one, "explore": f"{w.bare_people(days[0].response.value)} of 100 on six, "
            f"{w.bare_people(days[1].response.value)} on one, {w.bare_people(days[0].compared.value)} on placebo"}  # fmt: skip


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
    """One plan as text, words, table of doses, and what its sliders hold."""
    plan, course = outcome.summary.plans[k], outcome.plans[k].plan.course
    return {
        "tag": plan.tag, "text": plan.text, "words": plan.words, "count": plan.count,
        "domain": {"inside": plan.domain.inside, "text": plan.domain.text}, "warnings": list(plan.warnings),
        "sessions": len(course.sessions), "fixed": False,
        "doses": dose_rows(course, outcome.patient.weight), "slider": slider(course),
    }  # fmt: skip


def dose_rows(course: Course, weight: float) -> list[dict[str, Any]]:
    """The dose table, and how far one step of a key goes."""
    session_of = {id(p): s.number for s in course.sessions for p in s.doses}
    out = []
    for i, p in enumerate(course.planned):
        d = p.dose
        nasal = d.route == "nasal" and d.drug == ESKETAMINE
        amount, unit, step = (d.devices, "× 28 mg", 1) if nasal else (d.amount, d.unit, STEPS[d.unit])
        out.append({
            "index": i, "session": session_of[id(p)], "hours": p.time_h, "day": p.time_h / 24,
            "when": w.day(p.time_h / 24) if p.time_h % 24 == 0 else f"day {p.time_h / 24:.1f}",
            "said": w.dose_mg(d.mg_base(weight)), "amount": amount, "unit": unit, "step": step, "most": MOST[unit],
            "minutes": d.duration_h * 60, "stretch": d.route == "iv", "route": d.route,
        })  # fmt: skip
    return out


def slider(course: Course) -> dict[str, Any]:
    """What the sliders hold: the first dose's values, and the choices of route and schedule."""
    d = course.planned[0].dose
    nasal = d.route == "nasal" and d.drug == ESKETAMINE
    unit = "× 28 mg" if nasal else d.unit
    schedule = course.parts[0].schedule.text or "once" if len(course.parts) == 1 else MIXED
    known = dict.fromkeys((schedule, *SCHEDULES))
    return {
        "amount": d.devices if nasal else d.amount, "unit": unit, "step": 1 if nasal else STEPS[d.unit],
        "most": MOST[unit], "fitted": FITTED[unit], "minutes": d.duration_h * 60 if d.route == "iv" else None,
        "route": d.route, "routes": list(ROUTES), "schedule": schedule, "schedules": list(known),
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
    home()


__all__ = ["Change", "Place", "Query", "choices", "explore", "warm"]
