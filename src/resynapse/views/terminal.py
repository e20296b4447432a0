"""The answer in a terminal: the page's sentence, inputs, sparklines, table; same order, same rounding."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import numpy as np

from ..errors import Refused
from ..outcome.summary import Contrast, OnDay, Plan, Range, Summary
from . import sentence
from . import words as w
from .ansi import Paint
from .words import Form

STEPS = "▁▂▃▄▅▆▇█"
WIDE = 42  # cells of a sparkline
LABEL = 26
COLUMN = 24
FOOT = "Research and education. Not for prescribing."


def render(summary: Summary, width: int = 100, colour: bool = False) -> str:
    """People and draws: headline, inputs, two curves, the table, the session, what it rests on."""
    paint = Paint(colour)
    blocks = [
        _sentences(summary, width, paint), _inputs(summary, width, paint), _curves(summary, paint),
        *_table(summary, paint), _session(summary, paint), _foot(summary, width, paint),
    ]  # fmt: skip
    return "\n\n".join("\n".join(block) for block in blocks if block)


def render_alone(summary: Summary, width: int = 100, colour: bool = False) -> str:
    """One person without draws: the median responder, the median non-responder, and the share."""
    paint = Paint(colour)
    opening = [paint.bold(line) for line in textwrap.wrap(_alone_sentence(summary), width)]
    blocks = [opening, _inputs(summary, width, paint), *[_two_lines(p, paint) for p in summary.plans],
              _session(summary, paint), _foot(summary, width, paint)]  # fmt: skip
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _sentences(summary: Summary, width: int, paint: Paint) -> list[str]:
    head = textwrap.wrap(sentence.headline(summary), min(width, 78))
    ground = textwrap.wrap(sentence.ground(summary), width)
    return [*map(paint.bold, head), *(paint("ink3", line) for line in ground)]


def _inputs(summary: Summary, width: int, paint: Paint) -> list[str]:
    rows = [("Person", f"{summary.person}; {summary.setting}")]
    for plan in summary.plans:
        rows.append((f"Plan {plan.tag}", f"{plan.text}   {plan.count}"))
        rows += [("", plan.words)] if plan.words != plan.text else []
        rows += [("", warning) for warning in plan.warnings]
        rows += [] if plan.domain.inside else [("", plan.domain.text)]
    return [line for name, text in rows for line in _row(name, text, width, paint)]


def _row(name: str, text: str, width: int, paint: Paint) -> list[str]:
    lines = textwrap.wrap(text, width - 9) or [""]
    return [paint("ink3", name.ljust(9)) + lines[0], *(" " * 9 + line for line in lines[1:])]


# curves


def _sparkline(time: np.ndarray, value: np.ndarray, until: float, top: float) -> str:
    """A curve as blocks, one cell a step of time; the height is the score."""
    at = np.interp(np.linspace(0, until, WIDE), time, value)
    step = np.clip((at / top * len(STEPS)).astype(int), 0, len(STEPS) - 1)
    return "".join(STEPS[k] for k in step)


def _ticks(until: float) -> str:
    every = max(7, 7 * int(np.ceil(until / 42)))
    line = [" "] * (WIDE + 4)
    for day in range(0, int(until) + 1, every):
        place = round(day / until * (WIDE - 1))
        line[place : place + len(str(day))] = str(day)
    return "".join(line).rstrip()


def _doses(plan: Plan, until: float, mark: str) -> str:
    line = [" "] * WIDE
    for day in plan.dose_days:
        if day <= until:
            line[round(day / until * (WIDE - 1))] = mark
    return "".join(line).rstrip()


def _curves(summary: Summary, paint: Paint) -> list[str]:
    until = summary.until_days
    out = [paint("ink3", "day".rjust(13)) + "  " + paint("ink3", _ticks(until))]
    for i, plan in enumerate(p for p in summary.plans if p.domain.inside):
        line = _sparkline(plan.bands.time, plan.bands.q50, until, 42.0)
        day = sentence.main_day(plan)
        ends = [plan.bands.q50[0], np.interp(day.day if day else until, plan.bands.time, plan.bands.q50)]
        said = " → ".join(w.whole(float(v)) for v in (*ends, plan.bands.q50[-1]))
        out.append(("MADRS" if i == 0 else "").ljust(10) + f"{plan.tag}    "
                   + paint("symp" if i == 0 else "planb", line) + f"  {said}")  # fmt: skip
    for i, plan in enumerate(summary.plans):
        out.append(("doses" if i == 0 else "").ljust(10) + f"{plan.tag}    " + _doses(plan, until, "●◇"[i]))
    return out


# the table

Cell = Callable[[OnDay], Range]


def _table(summary: Summary, paint: Paint) -> list[list[str]]:
    told = sentence.inside(summary)
    if not told:
        return []
    head = " " * LABEL + "".join(f"plan {p.tag}".ljust(COLUMN) for p in told) + ("A minus B" if len(told) == 2 else "")
    _, short = w.compared_words(summary.compared_with)
    first, later = sentence.first_day(told[0]), sentence.main_day(told[0])
    lines = [paint("ink3", head.rstrip())]
    for day in dict.fromkeys(d.day for d in (first, later) if d):
        gap = sentence.contrast_on(summary, day)
        lines.append(_cells(f"respond, {w.day(day)}", told, day, lambda d: d.response, w.people, _of(gap, "response")))
        lines.append(paint("hopetxt", _cells(f"  {short}", told, day, lambda d: d.compared, w.people, None)))
    if later is None:
        return [lines]
    return [[*lines, *_later(told, later.day, sentence.contrast_on(summary, later.day), paint), *_back(told)]]


def _later(told: Sequence[Plan], day: float, gap: Contrast | None, paint: Paint) -> list[str]:
    at = w.day(day)
    return [
        _cells(f"remission, {at} (≤ 10)", told, day, lambda d: d.remission, w.people, _of(gap, "remission")),
        _cells("  at 12 or less", told, day, lambda d: d.remission_wide, w.people, None),
        _cells("worse than at the start", told, day, lambda d: d.worse, w.people, _of(gap, "worse")),
        _cells(f"MADRS, {at}", told, day, lambda d: d.madrs, w.tenth, _of(gap, "madrs")),
        paint("symp", _cells("  drug", told, day, lambda d: d.shares.drug, w.tenth, _of(gap, "drug"), part=0)),
        paint("hopetxt", _cells("  hope and setting", told, day, lambda d: d.shares.hope, w.tenth, _of(gap, "hope"),
                                part=1)),
        _cells("  time", told, day, lambda d: d.shares.time, w.tenth, _of(gap, "time"), part=2),
        _cells("  points gained", told, day, lambda d: d.shares.total, w.tenth, None, part=3),
    ]  # fmt: skip


def _of(gap: Contrast | None, name: str) -> Range | None:
    found: Range | None = getattr(gap, name, None)
    return found


def _cells(
    label: str, told: Sequence[Plan], day: float, cell: Cell, form: Form, gap: Range | None, part: int | None = None
) -> str:
    out = label.ljust(LABEL)
    for plan in told:
        on = sentence.on_day(plan, day)
        if on is None:
            out += w.UNKNOWN.ljust(COLUMN)
            continue
        text = form(cell(on).value) if part is None else _printed(on, part)
        out += f"{text} {w.interval(cell(on), _bare(form), terse=True)}".rstrip().ljust(COLUMN)
    if gap is not None and len(told) == 2:
        value = gap.value if part is None else _gap_part(told, day, part)
        signed = w.number(value, 0 if form is w.people else 1, sign=True)
        out += f"{signed} {w.interval(gap, _bare(form))}"
    return out.rstrip()


def _gap_part(told: Sequence[Plan], day: float, part: int) -> float:
    """A share of A minus B as printed, so that the three add up to the change of the score."""
    ours, theirs = (sentence.on_day(plan, day) for plan in told)
    if ours is None or theirs is None:
        return float("nan")
    names = ("drug", "hope", "time")
    gaps = [getattr(ours.shares, n).value - getattr(theirs.shares, n).value for n in names]
    return w.share_out(gaps)[0][part]


def _bare(form: Form) -> Form:
    return w.whole if form is w.people else form


def _printed(on: OnDay, part: int) -> str:
    """A share as printed, so that the three add up to the fourth."""
    shares, total = w.share_out([on.shares.drug.value, on.shares.hope.value, on.shares.time.value])
    return w.tenth((*shares, total)[part])


def _back(told: Sequence[Plan]) -> list[str]:
    def cells(label: str, text: Callable[[Plan], str]) -> str:
        return (label.ljust(LABEL) + "".join(text(p).ljust(COLUMN) for p in told)).rstrip()

    def when(r: Range, last: float) -> str:
        ends = [w.whole(v) if np.isfinite(v) else f">{last:.0f}" for v in (r.lo, r.hi)]
        return f"{w.day(r.value, last)} ({w.DASH.join(ends)})"

    return [
        cells("half are back by", lambda p: when(p.back.since_start, sentence.last_rating_since_start(p))),
        cells("  after the last dose", lambda p: when(p.back.median, p.back.last_rating)),
    ]


# the session


def _session(summary: Summary, paint: Paint) -> list[str]:
    plan = summary.plans[0]
    view = plan.session
    tokens = {"ketamine_arterial": "level", "CADSS": "diss", "SBP": "press"}
    out = [paint("ink3", f"session {view.number}, minutes from its start; ranges of people")]
    for peak in view.peaks:
        if peak.name in ("dSBP", "norketamine", "hydroxynorketamine"):
            continue
        form = w.level if peak.unit == "ng/mL" else w.whole
        unit = "" if peak.unit == "point" else peak.unit
        over = "" if peak.over_by_min is None else f", over by {w.minutes(peak.over_by_min)}"
        marks = f"; {w.people(view.pass_140.value)} pass 140" if peak.name == "SBP" and summary.draws else ""
        text = f"{w.ranged(peak.value, form, unit, terse=True)}{over}{marks}"
        out.append(paint(tokens.get(peak.name, "ink"), f"{peak.label}, peak".ljust(LABEL)) + text)
    return out + (_leave(plan) if summary.draws else [])


def _leave(plan: Plan) -> list[str]:
    ready = plan.session.ready
    never = f"limits not reached: {w.people(ready.never_passed.value)}"
    if ready.floor_min is None or ready.by_floor is None:
        shares = ", ".join(f"{w.people(r.value)} at {t} min" for t, r in ready.within.items())
        lines = ["no floor is loaded, so no time is shown; past the limits:", shares, never]
    else:
        lines = [f"{sentence.floor_words(plan)}; {w.people(ready.by_floor.value)} by then", never]
    return [("ready to leave" if i == 0 else "").ljust(LABEL) + line for i, line in enumerate(lines)]


# one person


def _alone_sentence(summary: Summary) -> str:
    plan = summary.plans[0]
    if not plan.domain.inside:
        return sentence.outside_words(plan)
    lines = plan.lines
    day = min(14.0, float(lines.time_d[-1]))
    yes, no = (w.whole(float(np.interp(day, lines.time_d, y))) for y in (lines.responder, lines.non_responder))
    share = w.people(lines.share.value)
    return (
        f"{w.first_upper(share)} like this can respond to the drug. MADRS on {w.day(day)}: {yes} in the median "
        f"person who responds, {no} in the one who does not, who has what hope, setting and time give."
    )


def _two_lines(plan: Plan, paint: Paint) -> list[str]:
    lines = plan.lines
    until = float(lines.time_d[-1])
    out = [paint("ink3", "day".rjust(18)) + "  " + paint("ink3", _ticks(until))]
    for name, y in ((f"{plan.tag}  responds: {lines.share.value:.0f}", lines.responder),
                    (f"   if not:   {100 - lines.share.value:.0f}", lines.non_responder)):  # fmt: skip
        said = " → ".join(w.whole(float(v)) for v in (y[0], np.interp(14, lines.time_d, y), y[-1]))
        out.append(name.ljust(20) + paint("symp", _sparkline(lines.time_d, y, until, 42.0)) + f"  {said}")
    out.append("".ljust(20) + _doses(plan, until, "●"))
    out.append(paint("ink3", f"A single rating lies within {lines.responder_hi[-1] - lines.responder[-1]:.0f} points "
                             "of its line in 9 of 10."))  # fmt: skip
    return out


def _foot(summary: Summary, width: int, paint: Paint) -> list[str]:
    people = f"{w.count(summary.people)} people · seed {summary.seed}" if summary.draws else "one person, no draws"
    taken = "; ".join(f"{name}: {value}" for name, value in summary.defaults)
    lines = [*textwrap.wrap(f"Taken as: {taken}.", width)]
    lines.append(f"{people} · evidence {summary.evidence_version} · ranges hold 9 in 10")
    return [paint("ink3", line) for line in [*lines, FOOT]]


def render_refusal(no: Refused, colour: bool = False) -> str:
    """A refusal: cause, place with a caret, rule, values that would pass."""
    paint = Paint(colour)
    lines = no.lines()
    painted = [paint("warn", line) if set(line.strip()) == {"^"} else line for line in lines]
    return "\n".join([paint.bold(painted[0]), *painted[1:]])
