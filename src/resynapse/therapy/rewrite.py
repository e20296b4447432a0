"""From doses with their times back to the plan language: the shortest line that says exactly the same.

Parts follow one another by the rules of `Course.starts_h`; a gap that no schedule gives is written as
`every GAP, 1 times`. The shortest chain of parts is found from the last dose backwards. Times are counted in
millionths of a minute, so that sums and differences are exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from resynapse.errors import Refused
from resynapse.spans import MOST_CHARACTERS
from resynapse.therapy.course import Course
from resynapse.therapy.dose import time_text
from resynapse.therapy.part import Part
from resynapse.therapy.schedule import Schedule
from resynapse.therapy.session import PlannedDose

SAME_H = 1e-6  # times closer than this are one time
MINUTE = 1_000_000
DAY = 24 * 60 * MINUTE
WEEK = 7 * DAY
JOIN = len(", then ")
FREE, NAMED, WAITING = range(3)  # what has been said of days before a part; `_Writer` tells


def monday(course: Course) -> float | None:
    """When the Monday of the first week is, hours from the start, if the course names days."""
    for part, start in zip(course.parts, course.starts_h, strict=True):
        if part.schedule.kind == "days":
            return start - 24.0 * part.schedule.days[0]
    return None


def lone_days(course: Course) -> bool:
    """Whether the course says weekly by naming one day: "mon, 4 weeks"."""
    return any(len(part.schedule.days) == 1 for part in course.parts)


def shortest(planned: Sequence[PlannedDose], monday_h: float | None = None, lone: bool = False) -> Course:
    """The course of these doses (hours; the first is moved to 0), in its shortest line.

    monday_h: when a Monday is, hours, if days of the week may be named (they say more than times do, so none
    are named unasked). lone: whether weekly may be said by one named day; else it is `every 7 d`, which is longer.
    Refused where the language has no words for it: a dose that begins with another that has a length, or less
    than 1 min after another, or a line above 10,000 characters.
    """
    if not planned:
        raise Refused("no dose is left", "A course has one dose or more.", ("0.5 mg/kg over 40 min",))
    first = min(p.time_h for p in planned)
    # at one time what has no length comes first: the next part may start with it
    doses = sorted((PlannedDose(p.time_h - first, p.dose) for p in planned), key=_order)
    writer = _Writer(doses, None if monday_h is None else _counted(monday_h - first), lone)
    course = Course(writer.parts())
    _proved(course, doses, writer.length)
    return course


def _order(p: PlannedDose) -> tuple[int, float]:
    return _counted(p.time_h), p.dose.end_h


def _counted(hours: float) -> int:
    """Millionths of a minute."""
    return round(hours * 60 * MINUTE)


def _hours(counted: int) -> float:
    """Hours of millionths of a minute, the float that the written time is read as."""
    return counted / MINUTE / 60


@lru_cache(maxsize=10_000)
def _gap_text(gap: int) -> str:
    return time_text(_hours(gap))


def _proved(course: Course, doses: Sequence[PlannedDose], length: int) -> None:
    """The line is read and says the same, or nothing is written. length: no less than it has characters."""
    read = sorted(course.planned, key=_order)
    for a, b in zip(read, doses, strict=True):
        if abs(a.time_h - b.time_h) > SAME_H or a.dose != b.dose:
            raise Refused("a time that the language cannot say", "Times are in minutes.", (course.text,))
    if length > MOST_CHARACTERS and (n := len(course.text)) > MOST_CHARACTERS:
        rule = f"A line has at most {MOST_CHARACTERS} characters; even gaps and equal doses are said together."
        raise Refused(f"the plan would have {n} characters", rule, (course.parts[0].dose.text,))


class _Step(NamedTuple):
    """One part from a dose on. length: its characters; j: the dose after it; then: when that may start.

    times, gap, days: its schedule, `every` if there is a gap, `once` if there are neither gap nor days.
    """

    length: int
    j: int
    then: int
    times: int = 1
    gap: int = 0
    days: tuple[int, ...] = ()

    @property
    def schedule(self) -> Schedule:
        if self.days:
            return Schedule("days", self.times, self.days)
        return Schedule("every", self.times, interval_h=_hours(self.gap)) if self.gap else Schedule()


class _Writer:
    """Doses, in order, to parts, the shortest way.

    What may be written from a dose on depends on what stands before it: nothing of days (FREE), a day of the
    week (NAMED), or that and a part over before the dose, which must then be waited for by its day (WAITING).
    """

    def __init__(self, doses: Sequence[PlannedDose], monday: int | None, lone: bool) -> None:
        self.doses, self.lone, self.n = doses, lone, len(doses)
        self.times = [_counted(p.time_h) for p in doses]
        self.ends = [_counted(p.dose.end_h) for p in doses]
        known = {dose: len(dose.text) for dose in dict.fromkeys(p.dose for p in doses)}
        number = {dose: k for k, dose in enumerate(known)}
        self.kind, self.size = [number[p.dose] for p in doses], [known[p.dose] for p in doses]
        self.days = self._days(monday)
        self.runs, self.weeks = self._runs(), self._weeks()
        self.states = (FREE,) if monday is None else (FREE, NAMED, WAITING)
        self.cost = [[0.0] * (self.n + 1) for _ in self.states]
        self.best: list[list[_Step | None]] = [[None] * self.n for _ in self.states]
        for i in reversed(range(self.n)):
            steps = tuple(self._steps(i))
            for state in self.states:
                self._choose(i, state, steps)

    @property
    def length(self) -> int:
        """Characters of the line, or a few more."""
        return int(self.cost[FREE][0])

    def parts(self) -> tuple[Part, ...]:
        """All parts; Refused where no chain of parts fits."""
        out: list[Part] = []
        i, state = 0, FREE
        while i < self.n:
            step = self.best[state][i]
            if step is None:
                raise self._no_words()
            out.append(Part(self.doses[i].dose, step.schedule))
            state, i = self._after(step, state) or FREE, step.j
        return tuple(out)

    def _choose(self, i: int, state: int, steps: Sequence[_Step]) -> None:
        """The part to write at dose i, and the characters needed from there on."""
        least, found = float("inf"), None
        for step in steps:
            if state == WAITING and not step.days:
                continue
            to = self._after(step, state)
            length = least if to is None else step.length + JOIN + self.cost[to][step.j]
            if length < least:
                least, found = length, step
        self.cost[state][i], self.best[state][i] = least, found

    def _after(self, step: _Step, state: int) -> int | None:
        """What then stands before the next dose; None if it cannot follow."""
        if step.j == self.n:
            return FREE
        named = bool(step.days) or state != FREE
        wait = self.times[step.j] - step.then
        if wait == 0:
            return NAMED if named else FREE
        return WAITING if named and 0 < wait < WEEK else None

    # -- what can be written at a dose; of equal lengths the first is taken

    def _steps(self, i: int) -> Iterator[_Step]:
        yield _Step(self.size[i], i + 1, self.times[i] + self.ends[i])
        if i + 1 < self.n and self.times[i + 1] - self.times[i] >= MINUTE:
            yield from self._every(i)
        if (kept := self.weeks[i]) is not None:
            yield from self._by_days(i, *kept)

    def _every(self, i: int) -> Iterator[_Step]:
        """A wait before the next dose, or an even run: whole, or left where another gap or a named week begins.

        A run is never left earlier: a week that lies inside it is said by the run.
        """
        start, n = self.times[i], self.runs[i]
        gap = self.times[i + 1] - start
        left = 7 if self.days[i] is not None else 1
        for count in range(max(1, n - left), n + 1):
            length = self.size[i] + len(f", every {_gap_text(gap)}, {count} times")
            yield _Step(length, i + count, start + count * gap, count, gap)

    def _by_days(self, i: int, week: tuple[int, ...], most: int) -> Iterator[_Step]:
        """Named days of one week, for as many weeks as they are kept, or one less."""
        days = tuple(((self.days[i] or 0) + k) % 7 for k in week)
        for count in range(max(1, most - 1), most + 1):
            said = f", {count} weeks"
            alone = len(days) == 1 and not self.lone
            length = self.size[i] + (len(f", every 7 d, {count} times") if alone else 1 + 4 * len(days) + len(said))
            yield _Step(length, i + count * len(days), self.times[i] + count * WEEK, count, days=days)

    # -- what the doses are like, from the last backwards

    def _days(self, monday: int | None) -> list[int | None]:
        """Days from the Monday, for doses that are a whole number of them away."""
        if monday is None:
            return [None] * self.n
        return [None if (t - monday) % DAY else (t - monday) // DAY for t in self.times]

    def _runs(self) -> list[int]:
        """From each dose: how many like it follow at even gaps, itself counted."""
        gaps = [b - a for a, b in zip(self.times, self.times[1:], strict=False)]
        runs = [1] * self.n
        for i in reversed(range(self.n - 1)):
            if self.kind[i] == self.kind[i + 1]:
                runs[i] += runs[i + 1] if i + 1 < len(gaps) and gaps[i] == gaps[i + 1] else 1
        return runs

    def _weeks(self) -> list[tuple[tuple[int, ...], int] | None]:
        """From each dose: its week as days from it, and for how many weeks that is kept."""
        weeks: list[tuple[tuple[int, ...], int] | None] = [None] * self.n
        for i in reversed(range(self.n)):
            week = self._week(i)
            if week:
                j = i + len(week)
                after = weeks[j] if j < self.n and self.times[j] == self.times[i] + WEEK else None
                goes_on = after is not None and after[0] == week and self.kind[i] == self.kind[j]
                weeks[i] = (week, 1 + after[1] if after is not None and goes_on else 1)
        return weeks

    def _week(self, i: int) -> tuple[int, ...]:
        """Days from dose i of all doses in the week from it, if they are like it and on days of their own."""
        out: list[int] = []
        for j in range(i, min(i + 8, self.n)):
            if self.times[j] >= self.times[i] + WEEK:
                break
            day, first = self.days[j], self.days[i]
            if day is None or first is None or self.kind[j] != self.kind[i] or day - first in out:
                return ()
            out.append(day - first)
        return tuple(out)

    def _no_words(self) -> Refused:
        """Which dose cannot follow which, and the two as they could."""
        gaps = [b - a for a, b in zip(self.times, self.times[1:], strict=False)]
        i = next((i for i, gap in enumerate(gaps) if gap < MINUTE and gap != self.ends[i]), 0)
        together = "two doses begin together and both have a length"
        cause = together if self.times[i] == self.times[i + 1] else "two doses begin less than 1 min apart"
        rule = "A dose begins with a bolus, as another ends, or 1 min or more after it began."
        pair = ", then ".join(p.dose.text for p in self.doses[i : i + 2])
        return Refused(f"{cause}, on day {self.times[i] / DAY:.4g}", rule, (pair,))
