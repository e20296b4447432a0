"""Observed outcomes beside those of the model: row by row, by class, and as values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from resynapse.evidence.observations import OutcomeRow, SafetyRow
from resynapse.services.between_trials import Estimate
from resynapse.services.validate_outcomes import Scored, Seen
from resynapse.views.ansi import Cell, Paint, columns, wrapped

SCHEMA = 1
WIDE, NARROW_FIRST = 116, 20  # columns with everything; of the first where some is left out
ROOM = 90  # columns where names of classes stand whole
HEAD = ("trial, arm", "figure", "at", "n", "observed (95 %)", "model (90 %)", "points", "SE", "in")
SCORE_HEAD = ("class", "n", "in 50 %", "in 90 %", "wide 50", "wide 90", "rms", "CRPS", "mean", "Emax")
BETWEEN_HEAD = ("class, rows", "n", "factor (90 %)", "in 90 %, now", "with it")
CLASS_WORDS = {"level": "levels", "gap": "gaps", "response": "responses", "durability": "durability",
               "spread": "spread of people", "dissociation": "dissociation", "pressure": "pressure and pulse",
               "event": "events", "time": "times of peaks"}  # fmt: skip
ROLE_WORDS = {"fitted": "fitted", "context": "not fitted"}
MEASURES = {
    "chg": "change", "sd": "SD of change", "sdy": "SD of score", "diff": "gap", "d": "gap in SDs",
    "gapratio": "gap kept", "ratio": "response kept", "surv": "still well", "rmst": "days well", "sus": "sustained",
    "resp": "response", "respw": "response", "rem": "remission", "imp30": "30 % better", "any2": "twice response",
    "cond": "late response", "stab": "stable",
}  # fmt: skip
NOTES = (
    "observed: as published, 95 % interval derived from its standard error; * derived, ~ remembered or no address in "
    "hand. model: mean and 90 % interval of the same trial drawn again at its own n, with ignorance of the numbers, "
    "spread between trials and sampling. points: model less observed; SE: over the published standard error. in: ● in "
    "the 50 % interval, ○ in the 90 % interval, – outside (shares: to the rounding of a printed per cent).",
    "wide: mean width of the intervals; rms: of points; CRPS: lower is better; mean, Emax: the same of two rivals "
    "fitted to the fitted rows of a class, drug arms and others apart: their mean whatever the time, and an Emax in "
    "time, each with its residual SD. Width, rms and scores are of rows in the unit shown.",
)
EFFICACY_NOTE = (
    "Fitted rows are what the numbers were fitted to: they should be missed by less than their intervals say. Of the "
    "context rows two arms got a route the fit never saw, one trial took people of 65 and over, one is a registry."
)
BETWEEN_NOTE = (
    "Spread between trials, estimated anew (Paule and Mandel's rule, means given, first figure of each arm): factor on "
    "the one in use, and how many of 100 figures 90 % intervals hold before and after. It is printed, not used."
)


def render(
    seen: Sequence[Seen], scored: Sequence[Scored], between: Sequence[Estimate], width: int, colour: bool,
    left_out: Sequence[SafetyRow] = (), more: Sequence[str] = (),
) -> str:  # fmt: skip
    """Rows by role and class, then coverage, width and scores, then the spread between trials.

    left_out: rows without a figure of the model; more: notes of this validation alone.
    """
    paint = Paint(colour)
    lines = [*_rows(seen, paint, width, 42 if left_out else 24)]
    if left_out:
        table = [[Cell("without a figure of the model", "symp")]]
        table += [[Cell(t) for t in (*named_row(r), str(r.n or ""), published(r))] for r in left_out]
        lines += ["", *columns(table, paint, width, 42)]
    name = 34 if width >= ROOM else 26
    lines += ["", *columns(list(_scores(scored, width)), paint, width, name)]
    lines += ["", *columns(list(_between(between)), paint, width, name)] if between else []
    notes = (*NOTES, *more, *([BETWEEN_NOTE] if between else []))
    for note in notes:
        lines += ["", *(paint("ink3", line) for line in wrapped(note, width))]
    return "\n".join(lines) + "\n"


def _rows(seen: Sequence[Seen], paint: Paint, width: int, first: int) -> Iterator[str]:
    keep = [HEAD.index(h) for h in HEAD if width >= WIDE or h not in ("n", "SE")]
    first = first if width >= WIDE else NARROW_FIRST
    table = [[Cell(HEAD[k].partition(" (95")[0] if width < WIDE else HEAD[k], "ink3") for k in keep]]
    group = ("", "")
    for s in seen_in_order(seen):
        if (s.row.role, s.row.class_) != group:
            group = (s.row.role, s.row.class_)
            table.append([Cell(f"{ROLE_WORDS[group[0]]}: {CLASS_WORDS[group[1]]}", "symp")])
        row = cells(s)
        if width < WIDE:  # its interval stands in --json
            row = (*row[:4], row[4].partition(" (")[0], *row[5:])
        table.append([Cell(row[k]) for k in keep])
    return iter(columns(table, paint, width, first))


def seen_in_order(seen: Sequence[Seen]) -> list[Seen]:
    """Fitted before context, class by class; within a class as in the table."""
    roles, classes = list(ROLE_WORDS), list(CLASS_WORDS)
    return sorted(seen, key=lambda s: (roles.index(s.row.role), classes.index(s.row.class_)))


def cells(s: Seen) -> tuple[str, ...]:
    """One row as text."""
    r = s.row
    observed = published(r)
    model = f"{number(s.model, r.unit)} ({number(s.lo90, r.unit)}, {number(s.hi90, r.unit)})"
    in_se = "" if math.isnan(s.in_se) else f"{s.in_se:+.1f}"
    return (*named_row(r), str(r.n or ""), observed, model, number(s.points, r.unit, "+"), in_se, mark_of(s))


def published(r: OutcomeRow | SafetyRow) -> str:
    """A figure with its interval and grade: "64 (50, 78)", "-14.3* (-17.1, -11.5)"."""
    text = number(r.value, r.unit) + {"derived": "*", "unverified": "~"}.get(r.status, "")
    if r.lo95 is None or r.hi95 is None:
        return text
    ends = (max(r.lo95, 0.0), min(r.hi95, 100.0)) if r.unit == "%" else (r.lo95, r.hi95)
    return text + f" ({', '.join(number(v, r.unit) for v in ends)})"


def named_row(r: OutcomeRow | SafetyRow) -> tuple[str, str, str]:
    """Who and what was given, which figure, and when."""
    if isinstance(r, SafetyRow):
        again = next((p.removeprefix("session=") for p in r.spec.split(";") if p.startswith("session=")), "1")
        what = r.measure if again == "1" else f"{r.measure}, session {again}"
        return f"{r.trial}, {r.regimen}", what, "" if r.time_min is None else f"{r.time_min:g} min"
    return f"{r.trial} {r.arm}", MEASURES[r.measure], when(r.time_h)


def mark_of(s: Seen) -> str:
    """Where the figure lies in the model's intervals."""
    return "" if not s.judged else "●" if s.in50 else "○" if s.in90 else "–"


def number(value: float, unit: str, sign: str = "") -> str:
    """A value with the digits its unit is printed with."""
    digits = {"%": 0, "point": 1, "d": 1, "mmHg": 1, "bpm": 1, "min": 0}.get(unit, 2)
    return f"{value:{sign}.{digits}f}"


def when(hours: float) -> str:
    """ "2 h", "day 7"."""
    return f"{hours:g} h" if hours < 48 else f"day {hours / 24:g}"


def _scores(scored: Sequence[Scored], width: int) -> Iterator[list[Cell]]:
    keep = [k for k, h in enumerate(SCORE_HEAD) if width >= WIDE or h not in ("wide 50", "rms")]
    yield [Cell(SCORE_HEAD[k], "ink3") for k in keep]
    for s in scored:
        name = f"{s.role}: {CLASS_WORDS.get(s.class_, s.class_)}, {s.unit}"
        values = (s.width50, s.width90, s.rms_points, s.crps, s.crps_mean, s.crps_emax)
        cover = [Cell("" if math.isnan(v) else f"{v:.0f}") for v in (s.cover50, s.cover90)]
        row = [Cell(name), Cell(str(s.n)), *cover, *(Cell("" if math.isnan(v) else f"{v:.2f}") for v in values)]
        yield [row[k] for k in keep]


def _between(between: Sequence[Estimate]) -> Iterator[list[Cell]]:
    yield [Cell(h, "ink3") for h in BETWEEN_HEAD]
    for e in between:
        found = f"{e.factor:.2f} ({e.lo:.2f}, {e.hi:.2f})"
        name = f"{CLASS_WORDS.get(e.class_, e.class_)}, {e.of}"
        yield [Cell(t) for t in (name, str(e.n), found, f"{e.before:.0f}", f"{e.after:.0f}")]


def as_values(
    kind: str, seen: Sequence[Seen], scored: Sequence[Scored], between: Sequence[Estimate], made: dict[str, int],
    left_out: Sequence[SafetyRow] = (),
) -> dict[str, Any]:  # fmt: skip
    """All rows with their predictions, the scores, and how they were made. What is not known is null."""
    return {
        "schema": SCHEMA, "kind": f"resynapse.validate.{kind}", "made": made,
        "rows": [_named(asdict(s)) for s in seen], "scores": [_named(asdict(s)) for s in scored],
        "between": [_named(asdict(e)) for e in between], "left_out": [_named(asdict(r)) for r in left_out],
    }  # fmt: skip


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """Plain JSON: class_ is class, nan and infinite are null."""
    out: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, dict):
            value = _named(value)
        elif isinstance(value, float) and not math.isfinite(value):
            value = None
        out[key.rstrip("_")] = value
    return out
