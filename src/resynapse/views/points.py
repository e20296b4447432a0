"""People and points on one day: a hundred marks, the shares, the difference, and one person's two lines."""

from __future__ import annotations

import math

import numpy as np

from resynapse.outcome.summary import Contrast, Lines, OnDay, Plan, Range, Summary
from resynapse.views import sentence, tokens
from resynapse.views import words as w
from resynapse.views.course import MADRS_TICKS, WEEK_D, madrs_start, nearest, weeks_axis
from resynapse.views.plotspec import (
    PAGE_HALF,
    Array,
    Axis,
    Bar,
    Fill,
    Label,
    Line,
    Mark,
    Panel,
    PlotSpec,
    Size,
    Table,
    Threshold,
    Tick,
)

MARK_PX = 13.0
KEY = (
    ("remission", "remission"),
    ("response", "response"),
    ("neither", "neither"),
    ("worse", "worse than at the start"),
)
PARTS = ("drug", "hope and setting", "time")
DEFINITIONS = (
    ("Drug", "this plan, minus the same people on an inert dose they believed in"),
    ("Hope and setting", "that, minus the same people untreated"),
    ("Time", "the rest"),
)


# one person


def person(summary: Summary, size: Size = PAGE_HALF, plan: int = 0) -> PlotSpec:
    """The median responder and the median non-responder, each with its share: never one line between them."""
    which = summary.plans[plan]
    lines = which.lines
    scale = size.font_px / tokens.TICK_PX
    left, right = 30.0 * scale, (96.0 if size.width < 600 else tokens.RIGHT_PX) * scale
    share = w.people(lines.share.value)
    note = f"two lines, never one between them: who responds ({share}) and who does not"
    note += f"; bands: {lines.band}" if lines.band else ""
    return PlotSpec(
        "person", "One person: MADRS, points", note, _person_alt(lines), size.width, left, right,
        weeks_axis(summary, size.width - left - right), (_person_panel(which, size),), _person_table(lines),
        font_px=size.font_px,
    )  # fmt: skip


def _person_panel(plan: Plan, size: Size) -> Panel:
    lines, top = plan.lines, tokens.madrs_top(madrs_start(plan))
    t = lines.time_d
    return Panel(
        "person", 124.0 * size.tall, 0.0, top, token="symp",
        fills=(Fill(t, lines.non_responder_lo, lines.non_responder_hi, "symp", "band90", name="if not, 9 in 10"),
               Fill(t, lines.responder_lo, lines.responder_hi, "symp", "band50", name="responds, 9 in 10")),
        lines=(Line(t, lines.non_responder, "symp", "a", "if not"), Line(t, lines.responder, "symp", "a", "responds")),
        ticks=tuple(Tick(v, w.whole(v)) for v in MADRS_TICKS if v <= top),
        thresholds=(Threshold(madrs_start(plan) / 2, "response", number="response_fraction"),),
        labels=(Label(f"if not: {rest_of(lines.share)}", "symp", _last(lines.non_responder), strong=True),
                Label(f"responds: {w.bare_people(lines.share.value)}", "symp", _last(lines.responder), strong=True)),
    )  # fmt: skip


def rest_of(share: Range) -> str:
    """The other share, so that both print to 100."""
    return w.bare_people(100 - float(w.whole(share.value))) if math.isfinite(share.value) else w.UNKNOWN


def _last(y: Array) -> float:
    return float(y[np.isfinite(y)][-1])


def _person_alt(lines: Lines) -> str:
    end = w.day(float(lines.time_d[-1]))
    good, bad = (w.whole(_last(y)) for y in (lines.responder, lines.non_responder))
    share = w.people_ranged(lines.share)
    return f"One person: responds in {share}, then MADRS {good} on {end}; if not, MADRS {bad} on {end}."


def _person_table(lines: Lines) -> Table:
    last = float(lines.time_d[-1])
    wanted = [0.0, 1.0, *np.arange(WEEK_D, last + 0.01, WEEK_D).tolist()]
    head = ("Day", f"Responds, {w.people(lines.share.value)}", f"If not, {rest_of(lines.share)} of 100")
    return Table(head, tuple(_person_row(lines, nearest(lines.time_d, d), d) for d in wanted))


def _person_row(lines: Lines, k: int, day: float) -> tuple[str, ...]:
    triples = ((lines.responder, lines.responder_lo, lines.responder_hi),
               (lines.non_responder, lines.non_responder_lo, lines.non_responder_hi))  # fmt: skip
    cells = [w.ranged(Range(float(y[k]), float(lo[k]), float(hi[k])), w.whole) for y, lo, hi in triples]
    return ("start" if day == 0 else w.day(day), *cells)


# people


def counts(day: OnDay) -> dict[str, int]:
    """A hundred people on one day, as printed: remission, response without it, neither, worse."""
    response, remission, worse = (round(r.value) for r in (day.response, day.remission, day.worse))
    remission = min(remission, response)
    worse = min(worse, 100 - response)
    return {"remission": remission, "response": response - remission, "neither": 100 - response - worse, "worse": worse}


def people(summary: Summary, size: Size = PAGE_HALF, plan: int = 0, at: float | None = None) -> PlotSpec:
    """A hundred people like this on the main day, or on the day `at`: one mark each."""
    which = summary.plans[plan]
    day = _day(which, at)
    number = counts(day)
    kinds = [kind for kind, _ in KEY for _ in range(number[kind])]
    second = which.tag == "B" and len(summary.plans) > 1
    shape, token = ("diamond", "planb") if second else ("disc", "symp")
    marks = tuple(Mark(0.5 + k % 10, 9.5 - k // 10, kind, shape, token) for k, kind in enumerate(kinds))
    side = 10 * MARK_PX * size.font_px / tokens.PRINT_PX
    panel = Panel("people", side, 0.0, 10.0, token=token, marks=marks)
    return PlotSpec(
        f"people-{which.tag.lower()}", f"Of 100 people, {w.day(day.day)}", f"plan {which.tag}",
        _people_alt(which, day, summary), side, 0.0, 0.0, Axis(0.0, 10.0, (), drawn=False), (panel,),
        Table(("People of 100", "Number"), tuple((word, str(number[kind])) for kind, word in KEY)),
        font_px=size.font_px, top=1.0,
    )  # fmt: skip


def _day(plan: Plan, at: float | None = None) -> OnDay:
    day = (sentence.on_day(plan, at) if at is not None else None) or sentence.main_day(plan)
    if day is None:
        raise ValueError(f"plan {plan.tag} holds no day: give it at least one in `days`")
    return day


def _people_alt(plan: Plan, day: OnDay, summary: Summary) -> str:
    long, _ = w.compared_words(summary.compared_with)
    return (
        f"Plan {plan.tag} on {w.day(day.day)}: {w.people(day.response.value)} respond, {w.people(day.compared.value)} "
        f"would {long}; {w.people(day.remission.value)} in remission, {w.people(day.worse.value)} worse."
    )


# shares


def parts_of(day: OnDay) -> tuple[float, float, float]:
    """Drug, hope, time."""
    return day.shares.drug.value, day.shares.hope.value, day.shares.time.value


def shares(summary: Summary, size: Size = PAGE_HALF, at: float | None = None) -> PlotSpec:
    """Points gained on the main day, or the day `at`, one bar per plan: drug, hope and setting, time."""
    told = sentence.inside(summary)
    days = [_day(p, at) for p in told]
    printed = [w.share_out(parts_of(d)) for d in days]
    scale = size.font_px / tokens.TICK_PX
    rows = len(told)
    bars = tuple(b for k, (p, (parts, _)) in enumerate(zip(told, printed, strict=True))
                 for b in _bars(parts, rows - 0.5 - k, 20.0 * scale, p.tag == "B"))  # fmt: skip
    ticks = tuple(Tick(rows - 0.5 - k, p.tag, "mark") for k, p in enumerate(told))
    top = max((sum(abs(x) for x in parts) for parts, _ in printed), default=1.0)
    panel = Panel("shares", 28.0 * scale * max(rows, 1), 0.0, float(max(rows, 1)), ticks=ticks, bars=bars)
    low = min(0.0, *(min(p) for p, _ in printed)) if printed else 0.0
    return PlotSpec(
        "shares", "Where the points come from", "drug, hope and setting, time", _shares_alt(told, days), size.width,
        22.0 * scale, 44.0 * scale, Axis(low, top, (), drawn=False),
        (panel,), _shares_table(told, days), font_px=size.font_px, top=2.0,
    )  # fmt: skip


def _bars(parts: tuple[float, ...], y: float, height: float, second: bool) -> tuple[Bar, ...]:
    """Hope has its edge; a part below zero points back from where the others end."""
    looks = (("planb" if second else "symp", "", "panel"), ("hope", "hopetxt", "on-hope"), ("sunken", "edge", "ink"))
    out, at = [], 0.0
    for part, (token, edge, text) in zip(parts, looks, strict=True):
        out.append(Bar(min(at, at + part), max(at, at + part), y, height, token, "solid", edge, w.tenth(part), text))
        at += part
    return tuple(out)


def _shares_alt(told: tuple[Plan, ...], days: list[OnDay]) -> str:
    sums = [f"plan {p.tag}: {w.sum_written_out(parts_of(d))}" for p, d in zip(told, days, strict=True)]
    return f"Points gained, drug, hope and setting, time: {'; '.join(sums)}."


def _shares_table(told: tuple[Plan, ...], days: list[OnDay]) -> Table:
    head = ("Points", *(f"Plan {p.tag}, {w.day(d.day)}" for p, d in zip(told, days, strict=True)))
    columns = [w.share_out(parts_of(d)) for d in days]
    rows = [(w.first_upper(name), *(w.tenth(parts[k]) for parts, _ in columns)) for k, name in enumerate(PARTS)]
    return Table(head, (*rows, ("Total", *(w.tenth(total) for _, total in columns))))


# difference


def difference(summary: Summary, size: Size = PAGE_HALF, at: float | None = None) -> PlotSpec | None:
    """A minus B on the main day, or the day `at`, on its own small axis with a strong zero; None with one plan."""
    day = sentence.main_day(summary.plans[0])
    c = sentence.contrast_on(summary, day.day if at is None else at) if day else None
    if c is None:
        return None
    scale = size.font_px / tokens.TICK_PX
    edge = 5.0 * math.ceil(max(abs(c.madrs.lo), abs(c.madrs.hi), abs(c.madrs.value), 5.0) / 5.0)
    bars = (Bar(c.madrs.lo, c.madrs.hi, 0.5, 9.0 * scale, "symp", "bar90"),) if w.has_interval(c.madrs) else ()
    labels = (Label("A better", "ink2", 0.5, -edge, "point", anchor="end"),
              Label("B better", "ink2", 0.5, edge, "point", anchor="start"))  # fmt: skip
    panel = Panel("difference", 22.0 * scale, 0.0, 1.0, bars=bars, zero=True, labels=labels,
                  marks=(Mark(c.madrs.value, 0.5, "ring", "disc", "symp"),))  # fmt: skip
    ticks = tuple(Tick(v, w.whole(v)) for v in (-edge, -edge / 2, 0.0, edge / 2, edge))
    return PlotSpec(
        "difference", f"A minus B, MADRS on {w.day(c.day)}", "below zero: A better", difference_words(c), size.width,
        58.0 * scale, 58.0 * scale, Axis(-edge, edge, ticks), (panel,), _difference_table(c), font_px=size.font_px,
        top=2.0,
    )  # fmt: skip


def difference_words(c: Contrast) -> str:
    """Never a p value: the average, and how often A does better one by one."""
    if w.tenth(c.madrs.value) in ("0.0",):
        return f"On {w.day(c.day)} A and B print the same average."
    lower = "lower" if c.madrs.value < 0 else "higher"
    near, far = sorted((abs(c.madrs.lo), abs(c.madrs.hi)))
    size = Range(abs(c.madrs.value), near, far)
    crosses = c.madrs.lo < 0 < c.madrs.hi
    text = f"{w.tenth(size.value)} points {lower}" + ("" if crosses else f" {w.interval(size, w.tenth)}".rstrip())
    across = f" (difference {w.interval(c.madrs, w.tenth)[1:-1]})" if crosses else ""
    return f"On {w.day(c.day)}, A is {text}{across}; one by one A does better in {w.people(c.better)}."


def _difference_table(c: Contrast) -> Table:
    rows = (("MADRS, points", w.ranged(c.madrs, w.tenth)), ("A does better, one by one", w.people(c.better)))
    return Table(("A minus B", w.first_upper(w.day(c.day))), rows)
