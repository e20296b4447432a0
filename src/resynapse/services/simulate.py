"""Simulate: from what a person typed, or a file holds, to an outcome."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import Place, Refused
from ..formats.writing import plain
from ..mechanism import cuts
from ..outcome.outcome import Outcome
from ..study import simulate
from ..therapy.course import Course
from ..therapy.patient import Patient
from ..therapy.population import Population
from ..therapy.setting import Setting

FILES = (".toml", ".json")
READ = (*FILES, ".csv")
ALONE = "1"
MOST_PEOPLE = 200_000  # technical: what a laptop's memory holds


@dataclass(frozen=True)
class Request:
    """As typed. course, against: a plan, a protocol's key, or a file. person: facts, an example's key, or a file.

    facts: single facts, which win over `person`. population: people in all, or draws x people; "1" is one
    person alone, without draws. cut: steps of the chain held at rest in plan B, as typed.
    """

    course: str
    person: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    against: str = ""
    setting: str = "masked trial"
    compare: str = "active placebo"
    floor: str = ""
    cut: str = ""
    population: str = "4000"
    seed: int = 1
    until: str = "6 weeks"
    date: str = ""
    command: str = ""


def answer(request: Request) -> Outcome:
    """The outcome of a request; Refused with place, rule and a value that would pass."""
    course = read_course(request.course)
    patient = read_patient(request.person)
    if request.facts:
        patient = patient.replace(**request.facts)
    return simulate(
        course, _who(patient, request.population), against=second(course, request.against), until=request.until,
        seed=request.seed, setting=Setting.named(request.setting, request.compare),
        floor=request.floor or None, date=dated(request.date), command=request.command, cut=cuts.read(request.cut),
    )  # fmt: skip


def read_course(text: str) -> Course:
    """A course from a file, a protocol's key or its own line."""
    if text.lower().endswith(FILES):
        from ..formats.files import read_course as read

        return read(text)
    if _is_key(text):
        from ..therapy.protocols import protocol, protocols

        if text in {p.key for p in protocols()}:
            return protocol(text).course
    return Course.parse(text)


def read_patient(text: str) -> Patient:
    """A person from a file, an example's key or a line of facts."""
    if not text:
        return Patient()
    if text.lower().endswith(FILES):
        from ..formats.files import read_patient as read

        return read(text)
    if _is_key(text):
        from ..therapy.protocols import people, person

        if text in {p.key for p in people()}:
            return person(text).patient
    return Patient.parse(text)


def _is_key(text: str) -> bool:
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None


def second(first: Course, text: str) -> Course | None:
    """The second plan: whole, by its key, or with the first plan's fields where it leaves them out."""
    if not text:
        return None
    from ..therapy.protocols import protocols

    whole = text.lower().endswith(FILES) or text in {p.key for p in protocols()}
    return read_course(text) if whole else first.against(text)


def _who(patient: Patient, text: str) -> Patient | Population:
    if text.strip() == ALONE:
        return patient
    found = re.fullmatch(r"\s*(\d{1,9})\s*(?:[x×]\s*(\d{1,9}))?\s*", text, re.ASCII)
    if found is None:
        raise Refused(
            f"{text[:40]!r} is no population", "People in all, or draws x people; 1 is one person alone.",
            ("4000", "200x200", "1"), Place(text=text[:80], end=min(len(text), 80), field="population"),
        )  # fmt: skip
    first, second = int(found[1]), found[2]
    _bounded(first * int(second or 1), text)
    return Population(patient, first, int(second)) if second else Population.like(patient, first)


def _bounded(people: int, text: str) -> None:
    if people > MOST_PEOPLE:
        raise Refused(
            f"{people} people are above {MOST_PEOPLE}", "A run holds everybody in memory.", ("40000",),
            Place(text=text[:80], end=min(len(text), 80), field="population"),
        )  # fmt: skip


def dated(text: str) -> str:
    """A date as typed, empty for none; Refused if it is no day of the calendar."""
    if not text:
        return ""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) is None:
            raise ValueError
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused(
            f"{text[:40]!r} is no date", "A date is year-month-day.", ("2026-11-24",),
            Place(text=text[:80], end=min(len(text), 80), field="date"),
        ) from None  # fmt: skip


_WRITTEN = {
    "weight": "{}", "sex": "{}", "madrs": "madrs {}", "sbp": "sbp {}", "dbp": "dbp {}", "heart_rate": "hr {}",
    "failed_trials": "failed {}",
}  # fmt: skip


def facts_of(flags: dict[str, str]) -> dict[str, Any]:
    """Facts typed one by one, read by the same rules as a line of facts; a refusal names the flag."""
    return {name: _fact(name, text) for name, text in flags.items()}


def _fact(name: str, text: str) -> Any:
    line = (f"{text} y" if text.strip().isdecimal() else text) if name == "age" else _WRITTEN[name].format(text)
    try:
        value = getattr(Patient.parse(line), name)
        if "," in text or value is None:
            raise Refused(f"{text[:40]!r} is not one {name.replace('_', ' ')}", place=Place(text=line, end=len(line)))
    except Refused as no:
        no.place = Place(no.place.text, no.place.start, no.place.end, field="--" + name.replace("_", "-"))
        raise
    return value


def check_target(path: str, inputs: tuple[str, ...] = ()) -> None:
    """Refuse a report's path that could not be written, or is a file that is read, before anything is computed."""
    target = Path(path)
    why = ""
    if path == "-":
        why = "is no file's name; what a command prints without --out goes to standard output"
    elif target.is_dir():
        why = "is a folder"
    elif not plain(target):
        why = "is a device or a pipe"
    elif any(name.lower().endswith(READ) and Path(name).resolve() == target.resolve() for name in inputs):
        why = "is a file that this run reads"
    elif not target.parent.is_dir():
        why = "is in a folder that does not exist"
    elif not os.access(target.parent, os.W_OK):
        why = "is in a folder that cannot be written"
    if why:
        raise Refused(
            f"{path!r} {why}", "The report is one HTML file in a folder that exists.", ("report.html",),
            Place(text=path[:80], end=min(len(path), 80), field="--out"),
        )  # fmt: skip
