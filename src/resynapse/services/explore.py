"""Explore: one or two plans for a person, edited and answered at once, as the page asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ..errors import Refused
from ..mechanism import cuts
from ..outcome.leanings import SPREADS
from ..outcome.outcome import Outcome
from ..outcome.summarise import Ask, summarise
from ..outcome.summary import Summary
from ..study import COARSE, FULL, cut_beside
from ..therapy import limits
from ..therapy.course import Course
from ..therapy.dose import ROUTES
from ..therapy.drug import ESKETAMINE
from ..therapy.edits import DoseRow, Edited, rows
from ..therapy.patient import Patient
from ..therapy.protocols import people, protocols
from ..therapy.setting import COMPARED, SETTINGS, Setting
from ..views import words as w
from ..views.page import Shown, page
from . import keep

# Steps and ends of the sliders; the number boxes go as far as the plan language does.
DEVICES = "× 28 mg"
STEPS = {"mg/kg": 0.05, "mg": 1.0, DEVICES: 1}
MOST = {"mg/kg": 1.5, "mg": 150.0, DEVICES: 3}
FITTED = {"mg/kg": limits.WARN_MG_PER_KG, "mg": 150.0, DEVICES: 3}
SCHEDULES = (
    "once",
    "mon thu, 2 weeks",
    "mon wed fri, 2 weeks",
    "mon thu, 4 weeks",
    "every 7 d, 4 times",
    "every 14 d, 4 times",
)
MIXED = "as written"
DRAWN = ("ketamine_arterial", "ketamine_venous", "norketamine", "CADSS", "dSBP", "SBP")  # what minutes always show
FURTHER = ("hydroxynorketamine", "DBP", "HR", "sedation")  # what can be asked for
COARSE_DRAWS = 25
MAIN = 14


@dataclass(frozen=True)
class Change:
    """One edit of a plan: its operation and fields, as `therapy.edits.edit` takes them."""

    plan: int
    op: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Plans, a person, a place and how many people, as typed and without files.

    people: in each draw. changes: edits that the texts do not hold yet.
    """

    plan: str = "0.5 mg/kg over 40 min"
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
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Query(Question):
    """What the page holds in its address, and what it looks at."""

    shown: Shown = field(default_factory=Shown)
    session: int = 1
    moving: bool = False


def explore(query: Query) -> dict[str, Any]:
    """The whole answer for the page: plans as text and table, the person, sentences, pictures."""
    with naming("person"):
        patient = person_at(query.person)
    edited = edited_plans(query)
    courses = tuple(e.course for e in edited)
    with naming("setting"):
        Setting.named(query.setting)
    with naming("compare"):
        Setting.named(query.setting, query.compare)
    shown = replace(
        query.shown, strips=not query.moving, plan=min(query.shown.plan, len(courses) - 1 if not query.cut else 1)
    )
    held = keep.study(patient, query, COARSE if query.moving else FULL, COARSE_DRAWS if query.moving else query.draws)
    with held.lock:
        outcome = held.outcome(courses, query.cut, query.floor)
        outputs = (*DRAWN, *(p for p in shown.panels if p in FURTHER))
        summary = summarise(outcome, Ask(
            (int(shown.day),), query.session, outputs, leanings=False, lines=shown.view == "one",
            strips=not query.moving,
        ))  # fmt: skip
        held.lighten()
    told = page(summary, shown)
    return {
        **told, "cut": [_cut(key) for key in query.cut], "person": person_of(outcome, summary),
        "plans": [
            {**plan_of(outcome, summary, k), "shift": e.shift_h, "origin": list(e.origin)}
            for k, e in enumerate(edited[:1] * 2 if query.cut else edited)
        ],
        "state": {"session": summary.plans[shown.plan].session.number, "shown": shown.plan, "day": int(shown.day)},
    }  # fmt: skip


@contextmanager
def outcome_of(query: Question) -> Iterator[Outcome]:
    """The outcome behind an answer, in full; nobody else reads its study or lightens it meanwhile."""
    with naming("person"):
        patient = person_at(query.person)
    courses, held = read(query), keep.study(patient, query, FULL, query.draws)
    with held.lock:
        yield held.outcome(courses, query.cut, query.floor)
        held.lighten()


def _cut(key: str) -> dict[str, str]:
    c = cuts.CUTS[key]
    return {"key": key, "words": c.words, "ground": c.ground, "source": c.source}


def leanings(query: Query) -> dict[str, Any]:
    """What the answer leans on, largest first, and what the evidence cannot tell."""
    with outcome_of(query) as out:
        summary, known = summarise(out, Ask(outputs=DRAWN)), out.ledger
    rows = [{"number": n.name if n.name in known else SPREADS[n.name],
             "meaning": n.meaning, "value": n.value, "source": n.source, "grade": n.grade, "moves": n.moves}
            for n in summary.leanings]  # fmt: skip
    return {"leanings": rows, "cannot_tell": list(summary.cannot_tell)}


@lru_cache(maxsize=2)
def home(size: str = "screen") -> dict[str, Any]:
    """The first page's story: one infusion for the usual example, and six against one in a line."""
    from ..views.home import home as view

    lean = Ask(outputs=DRAWN, leanings=False)
    with outcome_of(Query("single", "", "woman-44")) as out:
        one = view(summarise(out, lean), size)
    with outcome_of(Query("six", "once", "woman-44")) as out:
        six = summarise(out, lean)
    days = [next(d for d in p.days if d.day == MAIN) for p in six.plans]
    on = [w.bare_people(r.value) for r in (days[0].response, days[1].response, days[0].compared)]
    return {**one, "explore": f"{on[0]} of 100 on six, {on[1]} on one, {on[2]} on placebo"}


def read(query: Question) -> tuple[Course, ...]:
    """The plans, with the edits that are under way; a refusal names the plan or the edit."""
    return tuple(edited.course for edited in edited_plans(query))


def edited_plans(query: Question) -> tuple[Edited, ...]:
    """The plans after their edits, each with how far its start has moved.

    Hours and doses of all edits are counted from the plan as it was sent, wherever an edit before puts its start.
    """
    with naming("plan"):
        first = course_at(query.plan)
    with naming("against"):
        other = second(first, query.against)
    cut_beside(query.cut, other)
    plans = [Edited.unchanged(c) for c in (first, other) if c is not None]
    for i, change in enumerate(query.changes):
        with naming(f"edits.{i}"):
            if change.plan >= len(plans):
                raise Refused("there is no plan B to edit", "Write plan B first.", ("once",))
            plans[change.plan] = plans[change.plan].then(change.op, **change.fields)
    return tuple(plans)


def course_at(text: str) -> Course:
    """A plan from its line or a protocol's key: no file is read for somebody who is not at the keyboard."""
    found = {p.key: p for p in protocols()}
    return found[text].course if text in found else Course.parse(text)


def second(first: Course, text: str) -> Course | None:
    """The second plan, from a protocol's key or its line, which may leave fields of the first out."""
    if not text.strip():
        return None
    found = {p.key: p for p in protocols()}
    return found[text].course if text in found else first.against(text)


def person_at(text: str) -> Patient:
    """A person from a line of facts or an example's key; no file is read either."""
    found = {p.key: p.patient for p in people()}
    return found.get(text) or (Patient.parse(text) if text else Patient())


def person_of(outcome: Outcome, s: Summary) -> dict[str, Any]:
    """The person: line, values, and what each fact did."""
    p = outcome.patient
    names = ("weight", "age", "sex", "madrs", "sbp", "dbp", "heart_rate", "failed_trials", "new_antidepressant")
    return {
        "line": p.line, "values": {name: getattr(p, name) for name in names},
        "facts": [{"name": f.name, "value": f.value, "verdict": f.verdict, "why": f.why} for f in s.facts],
    }  # fmt: skip


def plan_of(outcome: Outcome, summary: Summary, k: int) -> dict[str, Any]:
    """One plan as text, words, table of doses, and what its sliders hold."""
    plan, course = summary.plans[k], outcome.plans[k].plan.course
    return {
        "tag": plan.tag, "text": plan.text, "whole": course.whole, "words": plan.words, "count": plan.count,
        "domain": {"inside": plan.domain.inside, "text": plan.domain.text}, "warnings": list(plan.warnings),
        "sessions": len(course.sessions), "fixed": bool(outcome.plans[k].cut),
        "doses": dose_rows(course, outcome.patient.weight), "slider": slider(course, outcome.patient.weight),
    }  # fmt: skip


def dose_rows(course: Course, weight: float) -> list[dict[str, Any]]:
    """The dose table, with how far one step of a key goes."""
    return [
        {
            "index": r.number - 1, "session": r.session, "hours": r.time_h, "day": r.day, "said": w.dose_mg(r.mg),
            "when": w.day(r.day) if r.time_h % 24 == 0 else f"day {r.day:.1f}", **_sized(r),
            "stretch": r.route == "iv", "route": r.route,
        }
        for r in rows(course, weight)
    ]  # fmt: skip


def _sized(r: DoseRow) -> dict[str, Any]:
    """Amount, its unit and step, and minutes: what a slider, a key and a cell of the table change."""
    devices = r.route == "nasal" and r.drug == ESKETAMINE.name
    unit = DEVICES if devices else r.unit
    return {"amount": r.devices if devices else r.amount, "unit": unit, "step": STEPS[unit], "most": MOST[unit],
            "minutes": r.duration_h * 60}  # fmt: skip


def slider(course: Course, weight: float) -> dict[str, Any]:
    """What the sliders hold: the first dose's values, and the choices of route and schedule."""
    first = rows(course, weight)[0]
    schedule = course.parts[0].schedule.text or "once" if len(course.parts) == 1 else MIXED
    sized = _sized(first)
    return {
        **sized, "minutes": sized["minutes"] if first.route == "iv" else None, "fitted": FITTED[sized["unit"]],
        "route": first.route, "routes": list(ROUTES), "schedule": schedule,
        "schedules": list(dict.fromkeys((schedule, *SCHEDULES))),
    }  # fmt: skip


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Names the field in a refusal raised inside."""
    try:
        yield
    except Refused as no:
        if not no.place.field:
            no.place = replace(no.place, field=name)
        raise


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
    for moving in (True, False):  # the usual example is at hand when somebody begins to move it
        explore(Query("six", "once", "woman-44", moving=moving))


__all__ = ["Change", "Query", "choices", "explore", "warm"]
