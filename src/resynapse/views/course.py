"""The weeks: MADRS of one or two plans over people, their thresholds, and the doses below."""

from __future__ import annotations

import math

import numpy as np

from resynapse.outcome.summary import Bands, OnDay, Plan, Summary
from resynapse.views import sentence, tokens
from resynapse.views import words as w
from resynapse.views.plotspec import (
    PAGE_HALF,
    Array,
    Axis,
    Dose,
    Fill,
    Label,
    Lane,
    Line,
    Panel,
    PlotSpec,
    Size,
    Table,
    Threshold,
    Tick,
)

MADRS_TICKS = (0, 10, 20, 30, 40, 50, 60)
WEEK_D, HEIGHT_PX = 7.0, 136.0
WORD_PX = 62.0  # room a week's name needs
BANDS_NOTE = "line: median of people; bands: half of people, 9 in 10"
APART_NOTE = "thin dashes: 9 in 10, trials taken to differ more"


def course(summary: Summary, size: Size = PAGE_HALF) -> PlotSpec:
    """MADRS over the weeks for one or two plans, with their doses below."""
    start = madrs_start(summary.plans[0])
    scale = size.font_px / tokens.TICK_PX
    left, right = 30.0 * scale, (66.0 if size.width < 600 else tokens.RIGHT_PX) * scale
    return PlotSpec(
        key="course",
        title="The course: MADRS, points",
        sub=_note(summary),
        alt=_course_alt(summary),
        width=size.width,
        left=left,
        right=right,
        x=weeks_axis(summary, size.width - left - right),
        panels=(_course_panel(summary, start, size),),
        lanes=_lanes(summary, size),
        table=_course_table(summary),
        font_px=size.font_px,
    )


def madrs_start(plan: Plan) -> float:
    """The score the course starts from: the median at its first time; one person has it on a line."""
    return float(plan.bands.q50[0] if plan.bands.q50.size else plan.lines.responder[0])


def weeks_axis(summary: Summary, room: float) -> Axis:
    end = float(summary.until_days)
    first = min((float(p.bands.time[0]) for p in summary.plans if p.bands.time.size), default=0.0)
    lo = min(first, -0.03 * end)
    named = room / (end / WEEK_D) >= WORD_PX
    every = WEEK_D if named else _whole_weeks(end, room)
    ticks = np.arange(0.0, end + 0.01, every)
    return Axis(lo, end, tuple(Tick(float(t), _week_word(float(t), named)) for t in ticks))


def _whole_weeks(end: float, room: float) -> float:
    """Days between ticks: whole weeks, at least 52 px apart."""
    return max(WEEK_D * math.ceil(end / WEEK_D * 52.0 / room), WEEK_D)


def _week_word(day: float, named: bool) -> str:
    if not named:
        return f"day {w.whole(day)}"
    return "start" if day == 0 else f"week {w.whole(day / WEEK_D)}"


def _course_panel(summary: Summary, start: float, size: Size) -> Panel:
    plans = summary.plans
    fills: tuple[Fill, ...] = ()
    lines: tuple[Line, ...] = ()
    for plan in reversed(plans):
        fills += _plan_bands(plan, len(plans))
        lines += _plan_lines(summary, plan, len(plans))
    top = tokens.madrs_top(start)
    marks = tuple(Tick(t, w.whole(t)) for t in MADRS_TICKS if t <= top)
    levels = (Threshold(start / 2, "response", number="response_fraction"),
              Threshold(tokens.REMISSION["remission"], "remission", number="rem_cut"))  # fmt: skip
    return Panel(
        "madrs", HEIGHT_PX * size.tall * (1.15 if size.narrow else 1.0), 0.0, top, token="symp", fills=fills,
        lines=lines,
        ticks=marks, thresholds=levels, labels=_course_labels(summary, levels),
    )  # fmt: skip


def _plan_bands(plan: Plan, of: int) -> tuple[Fill, ...]:
    """A and a lone plan: 90 and 50 %; the second plan: 50 % in slate; outside the data: none."""
    if not plan.domain.inside:
        return ()
    b = plan.bands
    if plan.tag == "B" and of > 1:
        return (Fill(b.time, b.q25, b.q75, "planb", "b50", name="B, half of people"),)
    return (
        Fill(b.time, b.q05, b.q95, "symp", "band90", name=f"{plan.tag}, 9 in 10"),
        Fill(b.time, b.q25, b.q75, "symp", "band50", name=f"{plan.tag}, half of people"),
    )


def _plan_lines(summary: Summary, plan: Plan, of: int) -> tuple[Line, ...]:
    b = plan.bands
    if not plan.domain.inside:
        middle = Line(b.time, b.q50, "edge", "outside", f"{plan.tag}, outside the fitted data")
        if not plan.domain.extrapolated:
            return (middle,)
        name = f"{plan.tag}, 9 in 10, trials taken to differ more"
        return (*(Line(b.time, y, "edge", "edge90", name) for y in (b.q05, b.q95)), middle)
    if plan.tag == "B" and of > 1:
        edges = tuple(Line(b.time, y, "planb", "edge90", "B, 9 in 10") for y in (b.q05, b.q95))
        return (*edges, Line(b.time, b.q50, "planb", "b", "B, median"))
    alone: tuple[Line, ...] = ()
    if of == 1:
        alone = (Line(b.time, plan.compared_median, "planb", "control", summary.compared_with),)
    return (*alone, Line(b.time, b.q50, "symp", "a", f"{plan.tag}, median"))


def _course_labels(summary: Summary, levels: tuple[Threshold, ...]) -> tuple[Label, ...]:
    out = [Label(t.text, "ink3", t.at, number=t.number) for t in levels]
    for plan in summary.plans:
        end = float(plan.bands.q50[-1])
        if not plan.domain.inside:
            out.append(Label(f"{plan.tag}, outside", "ink3", end, strong=True))
        else:
            token = "planb" if plan.tag == "B" and len(summary.plans) > 1 else "symp"
            out.append(Label(plan_name(plan), token, end, strong=True))
    if len(summary.plans) == 1 and summary.plans[0].domain.inside:
        short = w.compared_words(summary.compared_with)[1]
        out.append(Label(short, "planb", float(summary.plans[0].compared_median[-1])))
    return tuple(out)


def plan_name(plan: Plan) -> str:
    """ "A, six", "B, once": the plan by its number of doses."""
    n = len(plan.dose_days)
    return f"{plan.tag}, {w.once(n) if n < 3 else w.counted(n)}"


def _lanes(summary: Summary, size: Size) -> tuple[Lane, ...]:
    height = 13.0 * size.font_px / tokens.PRINT_PX
    return tuple(
        Lane(p.tag, "diamond" if p.tag == "B" else "disc", _doses(p, summary.until_days), p.count, height)
        for p in summary.plans
    )


def _doses(plan: Plan, until: float) -> tuple[Dose, ...]:
    """Doses on the axis; those after its end are in the count."""
    n = len(plan.dose_days)
    shown = [(k, d) for k, d in enumerate(plan.dose_days, 1) if d <= until]
    return tuple(Dose(float(d), 1.0, f"Dose {k} of {n}, day {w.whole(d)}") for k, d in shown)


def _note(summary: Summary) -> str:
    """What the lines and bands are; of a plan outside the fitted data no band is filled."""
    apart = [p.domain.extrapolated for p in summary.plans if not p.domain.inside]
    filled = len(apart) < len(summary.plans)
    parts = [BANDS_NOTE if filled else "line: median of people", *([APART_NOTE] if any(apart) else [])]
    return "; ".join(parts)


def _course_alt(summary: Summary) -> str:
    parts = [_course_alt_plan(p) for p in summary.plans]
    return f"MADRS: {'; '.join(parts)}. {_note(summary)}."


def _course_alt_plan(plan: Plan) -> str:
    if not plan.domain.inside:
        return f"plan {plan.tag} is outside the fitted data, so no numbers"
    day = (sentence.main_day(plan) or _no_day(plan)).day
    b, k = plan.bands, nearest(plan.bands.time, day)
    half = f"half of people {w.whole(b.q25[k])} to {w.whole(b.q75[k])}"
    return f"plan {plan.tag} {w.whole(b.q50[k])} on {w.day(day)}, {half}, from {w.whole(b.q50[0])} at the start"


def _no_day(plan: Plan) -> OnDay:
    raise ValueError(f"plan {plan.tag} holds no day: give it at least one in `days`")


def nearest(time: Array, t: float) -> int:
    """The sample at or next to a time: nothing is interpolated here."""
    return int(np.argmin(np.abs(time - t)))


def _course_table(summary: Summary) -> Table:
    """Each week: median, half of people, 9 in 10, for each plan inside the data."""
    head = ["Day"]
    told = [p for p in summary.plans if p.domain.inside]
    for p in told:
        head += [f"{p.tag}: median", f"{p.tag}: half of people", f"{p.tag}: 9 in 10"]
    head += [w.first_upper(w.compared_words(summary.compared_with)[1])] if len(told) == 1 else []
    days = [0.0, 1.0, *np.arange(WEEK_D, summary.until_days + 0.01, WEEK_D).tolist()]
    if not told:
        return Table(("Day", "MADRS"), (("every day", "no number: outside the fitted data"),))
    return Table(tuple(head), tuple(_course_row(told, d) for d in days))


def _course_row(told: list[Plan], day: float) -> tuple[str, ...]:
    cells = ["start" if day == 0 else w.day(day)]
    for p in told:
        cells += band_cells(p.bands, nearest(p.bands.time, day))
    if len(told) == 1:
        cells.append(w.tenth(float(told[0].compared_median[nearest(told[0].bands.time, day)])))
    return tuple(cells)


def band_cells(b: Bands, k: int, form: w.Form = w.tenth) -> list[str]:
    """Median, half of people and 9 in 10 at one sample."""
    return [form(float(b.q50[k])), f"{form(float(b.q25[k]))} to {form(float(b.q75[k]))}",
            f"{form(float(b.q05[k]))} to {form(float(b.q95[k]))}"]  # fmt: skip
