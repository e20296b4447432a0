"""Changes of a course, dose by dose or all at once; each gives a new course in its shortest line.

What is kept: a new length keeps the dose, a new dose keeps the length, a moved dose keeps its own size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resynapse.errors import Refused
from resynapse.therapy import limits
from resynapse.therapy.course import Course
from resynapse.therapy.dose import Dose
from resynapse.therapy.drug import ESKETAMINE
from resynapse.therapy.part import Part
from resynapse.therapy.rewrite import SAME_H, monday, shortest
from resynapse.therapy.session import PlannedDose

USUAL = {"iv": "0.5 mg/kg over 40 min", "nasal": "2 x 28 mg"}  # what a change of route starts from


@dataclass(frozen=True)
class Edited:
    """The new course. shift_h: its start, hours after the old one's (below 0: before)."""

    course: Course
    shift_h: float = 0.0


def edit(course: Course, op: str, **fields: Any) -> Edited:
    """One change by name. Refused if there is no such change or it leads to no course."""
    if op not in OPS:
        raise Refused(f"{op[:40]!r} is no edit", f"Edits: {', '.join(OPS)}.", tuple(OPS)[:1])
    return OPS[op](course, **fields)


def move(course: Course, dose: int, hours: float) -> Edited:
    """A dose to another time; the others stay where they are."""
    planned = list(course.planned)
    old = planned.pop(_index(course, dose))
    _free(planned, hours)
    return _again(course, [*planned, PlannedDose(hours, old.dose)])


def remove(course: Course, dose: int) -> Edited:
    """Without a dose."""
    planned = list(course.planned)
    planned.pop(_index(course, dose))
    if not planned:
        raise Refused("no dose is left", "A course has one dose or more.", (course.text,))
    return _again(course, planned)


def add(course: Course, hours: float) -> Edited:
    """One more dose like the nearest."""
    planned = list(course.planned)
    _free(planned, hours)
    like = min(planned, key=lambda p: abs(p.time_h - hours))
    return _again(course, [*planned, PlannedDose(hours, like.dose)])


def resize(course: Course, dose: int, amount: float) -> Edited:
    """Another amount, in the dose's own unit; devices of 28 mg are counted."""
    return _changed(course, dose, lambda d: sized(d, amount))


def stretch(course: Course, dose: int, minutes: float) -> Edited:
    """Another length of an infusion; 0 is a bolus."""
    return _changed(course, dose, lambda d: lasting(d, minutes))


def set_all(
    course: Course, amount: float | None = None, minutes: float | None = None, route: str | None = None
) -> Edited:  # fmt: skip
    """The same amount, length or route for every dose; the schedule stays."""

    def change(dose: Dose) -> Dose:
        if route is not None and route != dose.route:
            limits.built("route", route)
            dose = Course.parse(USUAL[route]).parts[0].dose
        dose = dose if amount is None else sized(dose, amount)
        return dose if minutes is None else lasting(dose, minutes)

    return Edited(Course(tuple(Part(change(p.dose), p.schedule) for p in course.parts)))


def set_schedule(course: Course, schedule: str) -> Edited:
    """Another schedule for a course of one kind of dose: "once", "mon wed fri, 2 weeks"."""
    dose = course.parts[0].dose
    if any(p.dose != dose for p in course.parts):
        raise Refused("the doses differ", "One schedule for all needs one dose for all.", (dose.text,))
    return Edited(Course.parse(f"{dose.text}, {schedule}"))


OPS: dict[str, Callable[..., Edited]] = {
    f.__name__: f for f in (move, remove, add, resize, stretch, set_all, set_schedule)
}


def sized(dose: Dose, amount: float) -> Dose:
    """A dose of another amount, in its own unit."""
    if dose.route == "nasal" and dose.drug == ESKETAMINE:
        count = max(1, round(amount))
        gap = (dose.gap_h or limits.DEFAULT_GAP_H) if count > 1 else 0.0
        return dose.replace(amount=count * limits.DEVICE_MG, devices=count, gap_h=gap)
    return dose.replace(amount=float(f"{amount:.9g}"))


def lasting(dose: Dose, minutes: float) -> Dose:
    """A dose of another length."""
    if dose.route != "iv":
        raise Refused(f"a length by {dose.route}", "Only an infusion has a length.", (USUAL["iv"],))
    return dose.replace(duration_h=minutes / 60)


def _index(course: Course, dose: int) -> int:
    n = len(course.planned)
    if not 0 <= dose < n:
        raise Refused(f"there is no dose {dose + 1}", f"The course has {n}.", (str(n - 1),))
    return dose


def _free(planned: list[PlannedDose], hours: float) -> None:
    """Doses may touch, not stack."""
    if not any(abs(p.time_h - hours) < SAME_H for p in planned):
        return
    taken = [p.time_h for p in planned]
    near = min((t + 24.0 * k for t in taken for k in (-1, 1) if all(abs(t + 24.0 * k - u) >= SAME_H for u in taken)),
               key=lambda t: abs(t - hours))  # fmt: skip
    raise Refused(f"day {hours / 24:g} has a dose", "Doses may touch, not stack.", (f"day {near / 24:g}",))


def _changed(course: Course, dose: int, change: Callable[[Dose], Dose]) -> Edited:
    planned = list(course.planned)
    i = _index(course, dose)
    planned[i] = PlannedDose(planned[i].time_h, change(planned[i].dose))
    return _again(course, planned)


def _again(course: Course, planned: list[PlannedDose]) -> Edited:
    first = min(p.time_h for p in planned)
    return Edited(shortest(planned, monday(course)), first)
