"""Changes of a course, dose by dose or all at once; each gives a new course in its shortest line.

A dose is named by its place in `course.planned`, from 0. Times are hours from the start of the old course, in whole
minutes. What is kept: a new length keeps the dose, a new dose keeps the length, a moved dose keeps its own size.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from resynapse.errors import Refused
from resynapse.therapy import limits
from resynapse.therapy.course import Course
from resynapse.therapy.dose import Dose
from resynapse.therapy.drug import ESKETAMINE
from resynapse.therapy.part import Part
from resynapse.therapy.rewrite import SAME_H, lone_days, monday, shortest
from resynapse.therapy.session import PlannedDose

_WHOLE = 1e-9
# What a change of route starts from: the doses whose levels the notes print (evidence/kinetics).
USUAL = {
    "iv": "0.5 mg/kg over 40 min", "im": "0.5 mg/kg, im", "sc": "0.5 mg/kg, sc", "nasal": "2 x 28 mg",
    "sublingual": "1 mg/kg, sublingual", "oral": "1 mg/kg, oral", "rectal": "1 mg/kg, rectal",
}  # fmt: skip


@dataclass(frozen=True)
class Edited:
    """The new course. shift_h: its start, hours after the old one's (below 0: before).

    origin: for each dose in order of time its place in the old course, -1 for one that was not there; after several
    edits (`then`) those that were added count on from the last, so that each can be named. named: how many there were.
    """

    course: Course
    shift_h: float
    origin: tuple[int, ...]
    named: int = 0

    @classmethod
    def unchanged(cls, course: Course) -> Edited:
        """No edit yet."""
        n = len(course.planned)
        return cls(course, 0.0, tuple(range(n)), n)

    def then(self, op: str, **fields: Any) -> Edited:
        """One more edit, whose hours and doses are still counted from the course before the first."""
        for name in {"dose", "like"} & fields.keys():
            place = fields[name]
            if place < 0 or place not in self.origin:
                rule = f"The course has {len(self.origin)}."
                raise Refused(f"there is no dose {place + 1}", rule, (str(self.origin[-1]),))
            fields[name] = self.origin.index(place)
        if "hours" in fields:
            fields["hours"] -= self.shift_h
        new = edit(self.course, op, **fields)
        fresh = itertools.count(self.named)
        origin = tuple(self.origin[i] if i >= 0 else next(fresh) for i in new.origin)
        return Edited(new.course, self.shift_h + new.shift_h, origin, next(fresh))


def edit(course: Course, op: str, **fields: Any) -> Edited:
    """One change by name. Refused if there is no such change, it takes other fields, or it leads to no course."""
    if op not in OPS:
        raise Refused(f"{op[:40]!r} is no edit", f"Edits: {', '.join(OPS)}.", tuple(OPS)[:1])
    takes = inspect.signature(OPS[op])
    try:
        takes.bind(course, **fields)
    except TypeError as no:
        names = tuple(takes.parameters)[1:]
        raise Refused(f"{op}: {no}", f"{op} takes {', '.join(names)}.", names) from None
    return OPS[op](course, **fields)


def move(course: Course, dose: int, hours: float) -> Edited:
    """A dose to another time, before day 0 too; the others stay where they are. Refused where another begins."""
    planned = list(course.planned)
    old = planned.pop(_index(course, dose))
    planned.insert(dose, PlannedDose(_free(planned, hours), old.dose))
    return _again(course, planned)


def remove(course: Course, dose: int) -> Edited:
    """Without a dose."""
    planned = list(course.planned)
    planned.pop(_index(course, dose))
    if not planned:
        raise Refused("no dose is left", "A course has one dose or more.", (course.text,))
    return _again(course, planned, [i for i in range(len(course.planned)) if i != dose])


def add(course: Course, hours: float, like: int | None = None) -> Edited:
    """One more dose: a copy of dose `like`, or of the nearest."""
    planned = list(course.planned)
    time_h = _free(planned, hours)
    nearest = min(range(len(planned)), key=lambda i: abs(planned[i].time_h - hours))
    copied = planned[nearest if like is None else _index(course, like)].dose
    return _again(course, [*planned, PlannedDose(time_h, copied)], [*range(len(planned)), -1])


def resize(course: Course, dose: int, amount: float) -> Edited:
    """Another amount, in the dose's own unit; devices of 28 mg are counted."""
    return _changed(course, dose, lambda d: sized(d, amount))


def stretch(course: Course, dose: int, minutes: float) -> Edited:
    """Another length of an infusion, minutes; 0 is a bolus."""
    return _changed(course, dose, lambda d: lasting(d, minutes))


def set_all(
    course: Course,
    amount: float | None = None,
    minutes: float | None = None,
    route: str | None = None,
    schedule: str | None = None,
) -> Edited:
    """The same amount (own unit), length (minutes), route or schedule for every dose; what is not named stays.

    Refused for an amount where the doses are counted in different units: it would say two things.
    """
    routed = [routed_by(p.dose, route) for p in course.parts]
    if amount is not None and len({_unit(dose) for dose in routed}) > 1:
        raise Refused("the doses differ in their unit", "One amount for all needs one unit for all.", (course.text,))
    sizes = [dose if amount is None else sized(dose, amount) for dose in routed]
    doses = [dose if minutes is None else lasting(dose, minutes) for dose in sizes]
    new = Course(tuple(Part(dose, p.schedule) for dose, p in zip(doses, course.parts, strict=True)))
    return _again(new, list(new.planned)) if schedule is None else set_schedule(new, schedule)


def set_schedule(course: Course, schedule: str) -> Edited:
    """Another schedule for a course of one kind of dose: "once", "mon wed fri, 2 weeks"."""
    dose = course.parts[0].dose
    if any(p.dose != dose for p in course.parts):
        raise Refused("the doses differ", "One schedule for all needs one dose for all.", (dose.text,))
    new = Course.parse(f"{dose.text}, {schedule}")
    if [p.dose for p in new.parts] != [dose]:
        raise Refused(f"{schedule[:40]!r} says more than when", "A schedule is once, days or every.", ("once",))
    n = len(new.planned)
    return Edited(new, 0.0, tuple(i if i < len(course.planned) else -1 for i in range(n)))


OPS: dict[str, Callable[..., Edited]] = {
    f.__name__: f for f in (move, remove, add, resize, stretch, set_all, set_schedule)
}


@dataclass(frozen=True)
class DoseRow:
    """A line of the dose table, for one person.

    number: from 1 (edits count from 0); session: of its visit, from 1; time_h, day: from the start of the course;
    amount, unit, form: as planned, all devices together; duration_h: 0 but for infusions; mg: free base.
    """

    number: int
    session: int
    time_h: float
    day: float
    amount: float
    unit: str
    form: str
    drug: str
    route: str
    duration_h: float
    devices: int
    mg: float
    text: str


def rows(course: Course, weight_kg: float) -> tuple[DoseRow, ...]:
    """The dose table of a person of `weight_kg`, in order of time; Refused if a limit is passed."""
    kg = limits.weight(float(weight_kg))
    visits = [(s.number, p) for s in course.sessions for p in s.doses]
    return tuple(_row(number, session, p, kg) for number, (session, p) in enumerate(visits, start=1))


def _row(number: int, session: int, p: PlannedDose, kg: float) -> DoseRow:
    d = p.dose
    return DoseRow(
        number, session, p.time_h, p.time_h / 24, d.amount, d.unit, d.form, d.drug.name, d.route, d.duration_h,
        d.devices, d.mg_base(kg), d.text,
    )  # fmt: skip


def routed_by(dose: Dose, route: str | None) -> Dose:
    """A dose by another route: the usual one, as what is given by one route says nothing of another."""
    if route is None or route == dose.route:
        return dose
    if route not in USUAL:
        raise Refused(f"{route[:40]!r} is no route", f"Routes are {', '.join(USUAL)}.", ("iv",))
    return Course.parse(USUAL[route]).parts[0].dose


def sized(dose: Dose, amount: float) -> Dose:
    """A dose of another amount, in its own unit; nasal esketamine in devices."""
    if not isfinite(amount):
        raise Refused(f"a dose of {amount}", "A dose is above 0.", (dose.text,))
    if not _in_devices(dose):
        return dose.replace(amount=float(f"{amount:.9g}"))
    count = round(amount)
    if count < 1 or abs(count - amount) > _WHOLE:
        raise Refused(f"{amount:g} devices", "Devices of 28 mg are whole, 1 or more.", (str(max(1, count)),))
    return dose.replace(amount=count * limits.DEVICE_MG, devices=count, gap_h=dose.gap_h or limits.DEFAULT_GAP_H)


def _in_devices(dose: Dose) -> bool:
    """Whether the dose is a count of devices."""
    return dose.route == "nasal" and dose.drug == ESKETAMINE


def _unit(dose: Dose) -> str:
    return "devices" if _in_devices(dose) else f"{dose.unit} {dose.form}"


def lasting(dose: Dose, minutes: float) -> Dose:
    """A dose of another length, minutes."""
    if not isfinite(minutes):
        raise Refused(f"a length of {minutes} min", "An infusion lasts 1 min or more.", ("40",))
    if dose.route != "iv":
        raise Refused(f"a length by {dose.route}", "Only an infusion has a length.", (USUAL["iv"],))
    return dose.replace(duration_h=minutes / 60)


def _index(course: Course, dose: int) -> int:
    n = len(course.planned)
    if not 0 <= dose < n:
        raise Refused(f"there is no dose {dose + 1}", f"The course has {n}.", (str(n - 1),))
    return dose


def _free(planned: list[PlannedDose], hours: float) -> float:
    """The time in whole minutes. Doses may touch, not stack: Refused with the nearest time a day from a dose."""
    if not isfinite(hours):
        raise Refused(f"a time of {hours} h", "A time is a number of hours.", ("24",))
    time_h = round(hours * 60) / 60
    taken = [p.time_h for p in planned]
    if not _begins(taken, time_h):
        return time_h
    free = [t + day for t in taken for day in (-24.0, 24.0) if not _begins(taken, t + day)]
    near = min(free, key=lambda t: abs(t - time_h))
    raise Refused(f"day {time_h / 24:g} has a dose", "Doses may touch, not stack.", (f"day {near / 24:g}",))


def _begins(taken: list[float], time_h: float) -> bool:
    return any(abs(t - time_h) < SAME_H for t in taken)


def _changed(course: Course, dose: int, change: Callable[[Dose], Dose]) -> Edited:
    planned = list(course.planned)
    i = _index(course, dose)
    planned[i] = PlannedDose(planned[i].time_h, change(planned[i].dose))
    return _again(course, planned)


def _again(course: Course, planned: list[PlannedDose], origin: Sequence[int] = ()) -> Edited:
    """The course of these doses; origin: where each was, all in their old places if empty."""
    order = sorted(range(len(planned)), key=lambda i: planned[i].time_h)
    places = origin or range(len(planned))
    new = shortest(planned, monday(course), lone_days(course))
    return Edited(new, planned[order[0]].time_h, tuple(places[i] for i in order))
