"""From doses with their times back to the plan language: the shortest line that says exactly the same.

Parts follow one another by the rules of `Course.starts_h`; a gap that no schedule gives is written as
`every GAP, 1 times`. The shortest chain of parts is found from the last dose backwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from resynapse.errors import Refused
from resynapse.therapy.course import Course
from resynapse.therapy.part import Part
from resynapse.therapy.schedule import Schedule
from resynapse.therapy.session import PlannedDose

WEEK_H = 168.0
SAME_H = 1e-6  # times closer than this are one time
JOIN = len(", then ")
DEEP = 100
FEW = 12  # of a longer run only the whole, or all but its last, is tried


def monday(course: Course) -> float | None:
    """When the Monday of the first week is, hours from the start, if the course names days."""
    for part, start in zip(course.parts, course.starts_h, strict=True):
        if part.schedule.kind == "days":
            return start - 24.0 * part.schedule.days[0]
    return None


def shortest(planned: Sequence[PlannedDose], monday_h: float | None = None) -> Course:
    """The course of these doses (hours; the first is moved to 0), in its shortest line.

    monday_h: when a Monday is, if days of the week may be named. Refused where the language has no words for
    it: a dose that starts with another which has a length of its own.
    """
    if not planned:
        raise Refused("no dose is left", "A course has one dose or more.", ("0.5 mg/kg over 40 min",))
    first = min(p.time_h for p in planned)
    # at one time what has no length comes first: the next part may start with it
    moved = (PlannedDose(_tidy(p.time_h - first), p.dose) for p in planned)
    doses = sorted(moved, key=lambda p: (p.time_h, p.dose.end_h))
    parts = _Writer(tuple(doses), None if monday_h is None else _tidy(monday_h - first)).parts()
    course = Course(parts)
    _proved(course, doses)
    return course


def _tidy(hours: float) -> float:
    """Hours as whole parts of a minute, so that sums and differences print as they were meant."""
    return round(hours * 60, 6) / 60


def _proved(course: Course, doses: Sequence[PlannedDose]) -> None:
    """The line says the same, or nothing is written."""
    read = sorted(course.planned, key=lambda p: (p.time_h, p.dose.end_h))
    same = len(read) == len(doses) and all(
        abs(a.time_h - b.time_h) < SAME_H and a.dose == b.dose for a, b in zip(read, doses, strict=True)
    )
    if not same:
        raise _no_words()


def _no_words() -> Refused:
    return Refused(
        "two doses start at one time and the first has a length", "A dose may follow at once, not begin together.",
        ("0.1 mg/kg, iv, then 0.5 mg/kg over 40 min",),
    )  # fmt: skip


@dataclass(frozen=True)
class _Step:
    """One part that covers doses `i` to `j` - 1; the next may start at `then` (None: nothing follows)."""

    part: Part
    j: int
    then: float


class _Writer:
    """Doses to parts, the shortest way: `best` looks at what is left, given what has been said of days."""

    def __init__(self, doses: tuple[PlannedDose, ...], monday_h: float | None) -> None:
        self.doses, self.monday = doses, monday_h
        self.best = cache(self._best)

    def parts(self) -> tuple[Part, ...]:
        """All parts; Refused where no chain of parts fits."""
        out: list[Part] = []
        i, named = 0, False
        for k in range(len(self.doses), -1, -DEEP):  # from the back, so that no call goes deep
            self.best(k, False, False)
        must = False
        while i < len(self.doses):
            _, step = self.best(i, named, must)
            if step is None:
                raise _no_words()
            out.append(step.part)
            named = named or step.part.schedule.kind == "days"
            i = step.j
            must = i < len(self.doses) and not self._meets(step.then, i)
        return tuple(out)

    def _best(self, i: int, named: bool, must_name: bool) -> tuple[float, _Step | None]:
        """Characters needed from dose i on, and the part to write there."""
        if i == len(self.doses):
            return 0.0, None
        found: tuple[float, _Step | None] = (float("inf"), None)
        for step in self._steps(i, must_name):
            days = step.part.schedule.kind == "days"
            rest = self._rest(step, named or days)
            length = len(step.part.text) + JOIN + rest
            if length < found[0]:
                found = (length, step)
        return found

    def _rest(self, step: _Step, named: bool) -> float:
        """Characters after a part: the next starts where it must, or waits for a day that is named."""
        if step.j == len(self.doses) or self._meets(step.then, step.j):
            return self.best(step.j, named, False)[0]
        wait = self.doses[step.j].time_h - step.then
        if named and SAME_H < wait < WEEK_H - SAME_H:
            return self.best(step.j, named, True)[0]
        return float("inf")

    def _meets(self, then: float, j: int) -> bool:
        return abs(self.doses[j].time_h - then) < SAME_H

    def _steps(self, i: int, must_name: bool) -> Iterator[_Step]:
        if self.monday is not None:
            yield from self._by_days(i, self.monday)
        if must_name:
            return
        d = self.doses[i]
        yield _Step(Part(d.dose), i + 1, d.time_h + d.dose.end_h)
        if i + 1 < len(self.doses):
            yield from self._every(i)

    def _every(self, i: int) -> Iterator[_Step]:
        """A wait before the next dose, or an even run."""
        start, gap = self.doses[i].time_h, _tidy(self.doses[i + 1].time_h - self.doses[i].time_h)
        if gap <= SAME_H:
            return
        n = 1
        while i + n < len(self.doses) and self._alike(i, i + n) and self._meets(start + n * gap, i + n):
            n += 1
        ends = i + n == len(self.doses)
        few = range(1, n + 1) if n <= FEW else (n,) if ends else (n, n - 1)
        for count in few:
            schedule = Schedule("every", count=count, interval_h=gap)
            yield _Step(Part(self.doses[i].dose, schedule), i + count, start + count * gap)

    def _alike(self, i: int, j: int) -> bool:
        return self.doses[i].dose == self.doses[j].dose

    def _by_days(self, i: int, monday_h: float) -> Iterator[_Step]:
        """Named days of one week, for as many weeks as they are kept."""
        start = self.doses[i].time_h
        first = self._day(start, monday_h)
        week = self._week(i, start)
        if not week:
            return
        days = tuple(self._day(start + t, monday_h) for t in week)
        if first is None or None in days or len(set(days)) != len(days):
            return
        most = 1
        while self._goes_on(i, i + most * len(week), start + most * WEEK_H, week):
            most += 1
        for count in {most, max(1, most - 1)}:
            schedule = Schedule("days", count=count, days=tuple(d for d in days if d is not None))
            yield _Step(Part(self.doses[i].dose, schedule), i + count * len(week), start + count * WEEK_H)

    def _goes_on(self, i: int, j: int, start: float, week: tuple[float, ...]) -> bool:
        return j < len(self.doses) and self._alike(i, j) and self._week(j, start) == week

    def _week(self, i: int, start: float) -> tuple[float, ...]:
        """Offsets of the doses in the week from `start`, if all of them are like dose i; else nothing."""
        out = []
        for d in self.doses[i:]:
            if d.time_h > start + WEEK_H - SAME_H:
                break
            if d.dose != self.doses[i].dose:
                return ()
            out.append(_tidy(d.time_h - start))
        return tuple(out)

    @staticmethod
    def _day(time_h: float, monday_h: float) -> int | None:
        """Day of the week, 0 for Monday, of a time that is a whole number of days from it."""
        days = (time_h - monday_h) / 24
        return round(days) % 7 if abs(days - round(days)) * 24 < SAME_H else None
