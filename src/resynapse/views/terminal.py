"""The answer in a terminal: the page's sentence, order and rounding; hues by 24-bit colour or none."""

from __future__ import annotations

import textwrap

from resynapse.errors import Refused
from resynapse.outcome.summary import Plan, Summary
from resynapse.views import sentence
from resynapse.views import words as w
from resynapse.views.ansi import Cell, Paint, columns, plain, wrapped
from resynapse.views.spark import course_rows, person_rows
from resynapse.views.terminal_rows import FIRST, MOST, answer_rows, session_rows

FOOTER = "Research and education. Not for prescribing."
LABEL, LEAST = 9, 68


def render(summary: Summary, width: int = 96, colour: bool = True) -> str:
    """One or two plans for people like this, as text without a line wider than `width` (at most 100)."""
    paint, width = Paint(colour), _width(width)
    parts = [_opening(summary, paint, width), _inputs(summary, paint, width)]
    parts += [course_rows(summary, paint, width), answer_rows(summary, paint, width)]
    parts += [session_rows(summary, paint, width), _back(summary, paint, width), _foot(summary, paint, width)]
    return _joined(parts)


def render_alone(summary: Summary, width: int = 96, colour: bool = True) -> str:
    """One person without draws: the two medians with their shares, levels, and no interval where none is."""
    paint, width = Paint(colour), _width(width)
    parts = [_opening(summary, paint, width), _inputs(summary, paint, width)]
    parts += [person_rows(summary, paint, width), answer_rows(summary, paint, width)]
    parts += [session_rows(summary, paint, width), _foot(summary, paint, width)]
    return _joined(parts)


def _joined(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _width(width: int) -> int:
    return max(LEAST, min(width, MOST))


def _opening(summary: Summary, paint: Paint, width: int) -> list[str]:
    """The sentence, bold; then what moved the answer and what cannot be used."""
    lines = [paint.bold(line) for line in wrapped(sentence.headline(summary), min(width, 76))]
    return lines + [paint("ink3", line) for line in _ground(summary, width)]


def _ground(summary: Summary, width: int) -> list[str]:
    if sentence.told_of_cut(summary) or not sentence.inside(summary):
        return wrapped(sentence.ground(summary), width)
    pairs = (("Moved it", sentence.MOVED), ("Not usable", sentence.UNUSABLE))
    lists = [(name, sentence.facts_of(summary, verdict)) for name, verdict in pairs]
    said = [sentence.ranges(summary), *(f"{name}: {', '.join(facts)}." for name, facts in lists if facts)]
    return [line for text in said if text for line in wrapped(text, width)]


def _inputs(summary: Summary, paint: Paint, width: int) -> list[str]:
    out = _named("Person", summary.person, paint, width)
    for plan in summary.plans:
        out += _named(f"Plan {plan.tag}", plan.text + w.cut_text(plan.cut), paint, width, plan.count)
    for plan in summary.plans:
        for text in plan.warnings:
            whose = f", plan {plan.tag}" if len(summary.plans) > 1 else ""
            out += _named("", f"▲ caution{whose}  {text}", paint, width, token="hope")
    return out


def _named(name: str, text: str, paint: Paint, width: int, end: str = "", token: str = "") -> list[str]:
    """A label, its text over as many lines as it needs, and a count at the end of the first."""
    lines = wrapped(text, width - LABEL - (len(plain(end)) + 3 if end else 0))
    first = paint("ink3", plain(name).ljust(LABEL)) + paint(token, lines[0])
    first += f"   {plain(end)}" if end else ""
    return [first, *(" " * LABEL + paint(token, line) for line in lines[1:])]


def _back(summary: Summary, paint: Paint, width: int) -> list[str]:
    """Loss of response for each plan, then the rule and the schedule it stands under."""
    told = [p for p in sentence.inside(summary) if p.back.since_start.value == p.back.since_start.value]
    if not told:
        return []
    head = [Cell(""), *(Cell(f"plan {p.tag}", "ink3") for p in told)]
    rows = [[Cell("half of responders back"), *(Cell(_back_cell(p)) for p in told)],
            [Cell("  after the last dose", "ink3"), *(Cell(_after_cell(p)) for p in told)]]  # fmt: skip
    back = told[0].back
    note = ": ".join(part for part in ("back", "; ".join(t for t in (back.rule, back.schedule) if t)) if part)
    lines = columns(([head] if len(told) > 1 else []) + rows, paint, width, FIRST)
    return lines + [paint("ink3", "  " + line) for line in wrapped(note, width - 2)]


def _back_cell(plan: Plan) -> str:
    last = sentence.last_rating_since_start(plan)
    inner = w.interval(plan.back.since_start, lambda d: w.day(d, last).removeprefix("day "), terse=True)
    return f"{sentence.back_day(plan)} {inner}".rstrip()


def _after_cell(plan: Plan) -> str:
    last = plan.back.last_rating
    inner = w.interval(plan.back.median, lambda d: w.days(d, last).removesuffix(" days"), terse=True)
    return f"{w.days(plan.back.median.value, last)} {inner}".rstrip()


def _foot(summary: Summary, paint: Paint, width: int) -> list[str]:
    """What was not given, then seed and versions, then what this is for."""
    taken = "; ".join(f"{name} {value}" for name, value in summary.defaults)
    lines = wrapped(f"Not given, so taken as: {taken}.", width) if taken else []
    lines += wrapped(_versions(summary), width)
    return [paint("ink3", line) for line in [*lines, FOOTER]]


def _versions(summary: Summary) -> str:
    people = f"{w.count(summary.people)} people" if summary.draws else "one person, no draws"
    ranges = ["ranges hold 9 in 10"] if summary.draws else []
    return " · ".join([people, f"seed {summary.seed}", f"evidence {summary.evidence_version}", *ranges])


def render_refusal(err: Refused, colour: bool = True) -> str:
    """Cause, the input with a caret below the fault, the rule, values that would pass."""
    paint = Paint(colour)
    lines = [paint.bold(f"refused: {plain(err.cause)}"), *_place(err, paint)]
    lines += [f"  {line}" for line in textwrap.wrap(plain(err.rule), MOST - 2)]
    if err.passes:
        word = "A value" if len(err.passes) == 1 else "Values"
        lines.append(f"  {word} that would pass: {', '.join(paint.bold(plain(p)) for p in err.passes)}")
    return "\n".join(lines) + "\n"


def _place(err: Refused, paint: Paint) -> list[str]:
    """Where it stands; the fault and its caret in amber."""
    at = err.place
    where = [at.file, f"line {at.line}" if at.line else "", f"field {at.field}" if at.field else ""]
    named = ", ".join(plain(part) for part in where if part)
    out = [f"  {named}"] if named else []
    if not at.text:
        return out
    before, fault, after = (plain(t) for t in (at.text[: at.start], at.text[at.start : at.end], at.text[at.end :]))
    out.append(f"  {before}{paint('hope', fault)}{after}")
    return out + ([f"  {' ' * len(before)}{paint('hope', '^' * len(fault))}"] if fault else [])
