"""A course as a text calendar: a line a week, a column a day, what is given in the cells."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from resynapse.errors import Refused
from resynapse.therapy.dose import Dose, mg_text
from resynapse.therapy.schedule import DAYS
from resynapse.therapy.session import Session

if TYPE_CHECKING:
    from resynapse.therapy.course import Course


def calendar(course: Course, weight_kg: float | None, start_date: dt.date | None) -> str:
    """Weeks as lines. Column heads are days of the week where the course or the date names them."""
    return _table(rows(course, weight_kg, start_date))


def rows(course: Course, weight_kg: float | None = None, start_date: dt.date | None = None) -> list[list[str]]:
    """Heads, then a row a week: its label and seven cells, or one cell for weeks without a dose."""
    first = _first_day(course)
    if start_date is not None:
        first = _agree(first, start_date)
    heads = [DAYS[(first + k) % 7] if first is not None else f"day {k}" for k in range(7)]
    cells: dict[int, list[str]] = defaultdict(list)
    for session in course.sessions:
        cells[int(session.start_h // 24 + 1e-9)].append(_cell(session, weight_kg))
    weeks = sorted({day // 7 for day in cells})
    out = [["", *heads]]
    last = -1
    for week in weeks:
        if week > last + 1:
            out.append([_gap(last + 1, week)])
        label = f"week {week + 1}" if start_date is None else str(start_date + dt.timedelta(days=7 * week))
        out.append([label, *("; ".join(cells.get(7 * week + k, ["."])) for k in range(7))])
        last = week
    return out


def _gap(first: int, week: int) -> str:
    """A line for weeks without a dose."""
    return f"week {first + 1}: no dose" if week == first + 1 else f"weeks {first + 1} to {week}: no dose"


def _table(rows: list[list[str]]) -> str:
    full = [r for r in rows if len(r) == 8]
    width = [max(len(r[k]) for r in full) for k in range(8)]
    lines = (r[0] if len(r) == 1 else "  ".join(c.ljust(w) for c, w in zip(r, width, strict=True)) for r in rows)
    return "\n".join(line.rstrip() for line in lines)


def _cell(session: Session, kg: float | None) -> str:
    return " + ".join(_amount(p.dose, kg) for p in session.doses)


def _amount(dose: Dose, kg: float | None) -> str:
    if dose.route == "nasal" and dose.devices > 1 and dose.drug.name == "esketamine":
        return f"{dose.devices} x 28 mg"
    if kg is None:
        return f"{dose.amount:.4g} {dose.unit}{' hcl' if dose.form == 'hcl' else ''}"
    return mg_text(dose.mg_base(kg))


def _first_day(course: Course) -> int | None:
    """Day of the week of day 0, if a part names days: counted back from that part's start."""
    for part, start in zip(course.parts, course.starts_h, strict=True):
        if part.schedule.kind == "days":
            return (part.schedule.days[0] - int(start // 24 + 1e-9)) % 7
    return None


def _agree(first: int | None, date: dt.date) -> int:
    if first is not None and date.weekday() != first:
        on = date + dt.timedelta(days=(first - date.weekday()) % 7)
        raise Refused(
            f"{date} is a {DAYS[date.weekday()]}, the course starts on a {DAYS[first]}",
            "Day 0 is the first named day.",
            (str(on),),
        )
    return date.weekday()
