"""Claims in a terminal: the sentence, the model's lines and the trials' figures on one axis, and the answer."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..services.claims import HOLDS, IN_PART, NOT, Claim, Line, TrialRow
from . import words as w
from .ansi import Paint

VALUE = 22  # columns of a value with its interval
INDENT = "  "
SHARE = "of 100"
# units that stand on one axis, and its name
AXES = {"of 100": SHARE, "%": SHARE, "trials of 100": "trials of 100", "point": "point", "min": "min", "d": "day"}
SIGNS = {HOLDS: ("ok", "✓"), IN_PART: ("warn", "◐"), NOT: ("stop", "✗")}
FOOT = (
    "● model, ranges hold 9 in 10; of draws unless said. ○ trials as published, intervals 95 of 100 unless said to be "
    "ranges. * remembered, not read, or derived."
)


@dataclass(frozen=True)
class Row:
    """One row: label, value as it reads, and where it stands on its axis."""

    label: str
    text: str
    value: float
    lo: float
    hi: float
    axis: str
    trial: bool


def render(claims: Iterable[Claim], width: int = 100, colour: bool = False) -> str:
    """All claims, each a block; at most `width` columns (60 to 100)."""
    paint, width = Paint(colour), max(60, min(100, width))
    blocks = ["\n".join(_block(claim, width, paint)) for claim in claims]
    return "\n\n".join([*blocks, "\n".join(paint("ink3", line) for line in textwrap.wrap(FOOT, width))])


def _block(claim: Claim, width: int, paint: Paint) -> Iterator[str]:
    token, sign = SIGNS.get(claim.answer, ("ink3", "–"))
    said = f"{sign} {claim.answer}"
    head = f"“{claim.text}”"
    gap = " " * max(2, width - len(head) - len(said))
    yield paint.bold(head) + gap + paint(token, said)
    rows = [*map(model_row, claim.model), *map(trial_row, claim.trials)]
    for axis in dict.fromkeys(row.axis for row in rows):
        yield from _group(axis, [row for row in rows if row.axis == axis], width, paint)
    yield from textwrap.wrap(claim.sentence, width - 2, initial_indent=INDENT, subsequent_indent=INDENT)
    rule = textwrap.wrap(claim.rule, width - 2, initial_indent=INDENT, subsequent_indent=INDENT)
    yield from (paint("ink3", line) for line in rule)


# rows


def model_row(line: Line) -> Row:
    """A line of the model, in the words of its unit."""
    said = line.label if line.of in ("draws", "exact") else f"{line.label} ({line.of})"
    text = _valued(line.value, line.lo, line.hi, line.unit)
    return Row(said, text, line.value, line.lo, line.hi, AXES.get(line.unit, ""), trial=False)


def _valued(value: float, lo: float, hi: float, unit: str) -> str:
    form = {"point": w.tenth, "trials of 100": w.tenth}.get(unit, w.whole)
    if unit == SHARE:
        head = w.people(value)
    elif unit == "d":
        head = w.day(value)
    else:
        head = w.unit(form(value), {"point": "", "trials of 100": "of 100"}.get(unit, unit))
    if form(lo) == form(hi):
        return head
    ends = [form(x) if math.isfinite(x) else "later" for x in (lo, hi)]
    return f"{head} ({(w.DASH if lo >= 0 else ' to ').join(ends)})"


def trial_row(f: TrialRow) -> Row:
    """A figure of a trial as printed, with its source and people."""
    many = f", n {w.count(f.n)}" if f.n else ""
    star = "" if f.grade == "read" else "*"
    text = w.unit(_printed(f.value), {"1": "", "point": "", "d": "days"}.get(f.unit, f.unit))
    ends = [f.value if x is None else x for x in (f.lo, f.hi)]
    if f.lo is not None and f.hi is not None:
        text += f" ({(w.DASH if f.lo >= 0 else ' to ').join(map(_printed, (f.lo, f.hi)))})"
    label = f"{short(f.key)}{many}: {f.quantity}{star}"
    return Row(label, text, f.value, ends[0], ends[1], AXES.get(f.unit, ""), trial=True)


def _printed(x: float) -> str:
    return f"{x:g}".replace("-", w.MINUS)


def short(key: str) -> str:
    """A source's key as people cite it: Murrough2013AJP is Murrough 2013."""
    named = re.match(r"([A-Za-z]+)(\d{4})", key)
    names = {"USPI": "US label", "JNJ_DISS": "Janssen", "JNJ_SED": "Janssen", "JNJ_CV": "Janssen"}
    return f"{named[1]} {named[2]}" if named else names.get(key, key)


# one axis for model and trials


def _group(axis: str, rows: Sequence[Row], width: int, paint: Paint) -> Iterator[str]:
    # one value has nothing to stand beside, except a share, whose axis everybody knows
    drawn = axis == SHARE or (axis and len(rows) > 1)
    cells = (28 if width >= 90 else 12) if drawn else 0
    label = width - len(INDENT) - VALUE - len(INDENT) - cells
    lo, hi = span(axis, rows)
    for row in rows:
        wrapped = textwrap.wrap(row.label, label - 1, subsequent_indent=INDENT)
        bar = INDENT + draw(row, lo, hi, cells) if drawn else ""
        token = "ink3" if row.trial else "symp"
        yield paint(token, f"{INDENT}{wrapped[0].ljust(label)}{row.text.ljust(VALUE)}{bar}".rstrip())
        yield from (paint(token, INDENT + more) for more in wrapped[1:])
    if drawn:
        yield paint("ink3", _scale(axis, lo, hi, cells).rjust(width))


def span(axis: str, rows: Sequence[Row]) -> tuple[float, float]:
    """Ends of an axis: shares 0 to 100, others from 0 to a round number beyond what stands on it."""
    if axis == SHARE:
        return 0.0, 100.0
    seen = [x for row in rows for x in (row.value, row.lo, row.hi) if math.isfinite(x)]
    return -_round_up(max(0.0, -min(seen, default=0.0))), _round_up(max([0.0, *seen]))


def _round_up(x: float) -> float:
    """The next 1, 2, 3, 5 or 10 times a power of ten."""
    if x <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(x))
    return next(k * power for k in (1, 2, 3, 5, 10) if k * power >= x * (1 - 1e-12))


def draw(row: Row, lo: float, hi: float, cells: int) -> str:
    """A row as a bar: the interval as a line, the value as a disc; an arrow where it leaves the axis."""
    line = ["·"] * cells

    def place(x: float) -> int:
        return round((min(max(x, lo), hi) - lo) / (hi - lo) * (cells - 1)) if hi > lo else 0

    left, right = place(row.lo), place(row.hi)
    line[left : right + 1] = "─" * (right - left + 1)
    if row.hi > hi:
        line[-1] = "→"
    if math.isfinite(row.value):
        line[place(row.value)] = "○" if row.trial else "●"
    return "".join(line)


def _scale(axis: str, lo: float, hi: float, cells: int) -> str:
    """The ends of an axis under its bars, and its name between."""
    left, right = _printed(lo + 0.0), _printed(hi)
    return left + axis.center(cells - len(left) - len(right)) + right
