"""MADRS over the weeks in eight steps of a block, with days above and doses below."""

from __future__ import annotations

import numpy as np

from resynapse.outcome.summary import Array, Plan, Summary
from resynapse.views import sentence, tokens
from resynapse.views import words as w
from resynapse.views.ansi import Paint, plain

STEPS = "▁▂▃▄▅▆▇█"
CELLS, NAME, SHARE = 43, 9, 16
WEEK = 7


def course_rows(summary: Summary, paint: Paint, width: int) -> list[str]:
    """A row of blocks for each plan, its doses below, and start, main day, end at the right."""
    cells = _cells(width)
    rows = [paint("ink3", _days(summary, cells))]
    for k, plan in enumerate(summary.plans):
        token = _token(plan, len(summary.plans))
        b = plan.bands
        inside = plan.domain.inside
        blocks = spark(b.time, b.q50, summary.until_days, cells) if inside else "· " * (cells // 2)
        end = _path(plan, b.time, b.q50) if inside else "outside the data"
        rows.append(_row("MADRS" if k == 0 else "", plan.tag, paint(token, blocks), end, paint, token))
    marks = [
        _row("doses" if k == 0 else "", p.tag, _doses(p, summary, cells), "", paint)
        for k, p in enumerate(summary.plans)
    ]
    return rows + marks


def person_rows(summary: Summary, paint: Paint, width: int) -> list[str]:
    """The median responder and the median non-responder of each plan, with their shares."""
    cells, many = _cells(width - SHARE), len(summary.plans) > 1
    rows = [paint("ink3", _days(summary, cells))]
    doses: list[str] = []
    for plan in summary.plans:
        lines, tag = plan.lines, plan.tag if many else ""
        share = w.whole(lines.share.value)
        rest = w.whole(100 - float(share))
        two = ((f"responds, {share} of 100", lines.responder), (f"if not, {rest} of 100", lines.non_responder))
        for k, (name, y) in enumerate(two):
            blocks = paint(_token(plan, len(summary.plans)), spark(lines.time_d, y, summary.until_days, cells))
            head = (tag if k == 0 else "").rjust(NAME + 1) + " "
            rows.append(f"{head}{blocks}  {_path(plan, lines.time_d, y)}  {name}")
        doses.append(_row("" if doses else "doses", tag, _doses(plan, summary, cells), "", paint))
    return [*rows, *doses]


def _cells(width: int) -> int:
    return max(21, min(CELLS, width - 34))


def _token(plan: Plan, of: int) -> str:
    if not plan.domain.inside:
        return "ink3"
    return "planb" if plan.tag == "B" and of > 1 else "symp"


def spark(time: Array, y: Array, until: float, cells: int) -> str:
    """Eight steps from zero to the top of the MADRS axis, one block a cell."""
    at = np.linspace(0.0, until, cells)
    nearest = np.abs(time[None, :] - at[:, None]).argmin(axis=1)
    top = tokens.madrs_top(float(y[0]))
    picked = y[nearest]
    return "".join(STEPS[min(7, max(0, int(v / top * 8)))] if np.isfinite(v) else " " for v in picked)


def _path(plan: Plan, time: Array, y: Array) -> str:
    """ "33 → 13 → 23": start, main day, end."""
    day = sentence.main_day(plan)
    times = [float(time[0]), *([day.day] if day else []), float(time[-1])]
    return " → ".join(w.whole(float(y[int(np.abs(time - t).argmin())])) for t in times)


def _row(name: str, tag: str, blocks: str, end: str, paint: Paint, token: str = "") -> str:
    left = paint("ink3", name.ljust(NAME)) + paint(token, (tag or " ").ljust(2))
    return (f"{left}{blocks}" + (f"  {plain(end)}" if end else "")).rstrip()


def _column(day: float, summary: Summary, cells: int) -> int:
    return round(day / summary.until_days * (cells - 1))


def _days(summary: Summary, cells: int) -> str:
    """Week marks above the blocks, as many as fit."""
    until = int(summary.until_days)
    every = WEEK
    while until / every * 5 > cells:
        every += WEEK
    line = [" "] * (NAME + 2 + cells + 4)
    for day in range(0, until + 1, every):
        at = NAME + 2 + _column(day, summary, cells)
        line[at : at + len(str(day))] = str(day)
    return "day".ljust(NAME) + "".join(line)[NAME:].rstrip()


def _doses(plan: Plan, summary: Summary, cells: int) -> str:
    line = [" "] * cells
    for day in plan.dose_days:
        at = _column(day, summary, cells)
        if 0 <= at < cells:
            line[at] = "◇" if plan.tag == "B" else "●"
    return "".join(line).rstrip()
