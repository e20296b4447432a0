"""What is missing from the evidence: each fault says where, what, and what would pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

from resynapse import units
from resynapse.errors import Refused
from resynapse.evidence.ledger import GRADES, SCALES, SESSION, Figure, Ledger, Number, near, trials

NOTHING_IN_HAND = "no DOI or address in hand"
_HOW = "one of " + ", ".join(GRADES)


@dataclass(frozen=True)
class Fault:
    """One row that does not hold: table and line, the number's name, what is missing, what would pass."""

    table: str
    line: int
    name: str
    missing: str
    passes: str

    def __str__(self) -> str:
        return f"{self.table}.csv, line {self.line}, {self.name or '(no name)'}: {self.missing}. {self.passes}"


Said = Iterator[tuple[str, str]]
"""Pairs of what is missing and what would pass."""


def check(ledger: Ledger, used_names: Iterable[str] = ()) -> list[Fault]:
    """Faults of every row, of names given twice, and of names that are used but not there."""
    twice = {name for name, times in Counter(n.name for n in ledger.rows).items() if times > 1}
    rules = (_named, _valued, _graded, _sourced, _reasoned, _spread, _shared, _bounded)
    found = [
        Fault(n.table, n.line, n.name, missing, passes)
        for n in ledger.rows
        for rule in rules
        for missing, passes in rule(n, ledger)
    ]
    found += [
        Fault(n.table, n.line, n.name, "the name stands twice", "Keep one of the rows.")
        for n in ledger.rows
        if n.name in twice
    ]
    return found + list(_absent(ledger, used_names))


def check_figures(ledger: Ledger, figures: Iterable[Figure] | None = None) -> list[Fault]:
    """Faults of the figures of trials: value, grade, source, interval."""
    rows = trials().values() if figures is None else figures
    return [
        Fault(f.table, f.line, f.name, missing, passes)
        for f in rows
        for rule in (_valued, _graded, _sourced, _bounded)
        for missing, passes in rule(f, ledger)
    ]


def unused(ledger: Ledger, used_names: Iterable[str]) -> list[Fault]:
    """Numbers that nothing reads: a remark, not a fault."""
    used = set(used_names)
    return [
        Fault(n.table, n.line, n.name, "nothing reads it", "Use it, or leave it for later.")
        for n in ledger.rows
        if n.name not in used
    ]


def _absent(ledger: Ledger, used_names: Iterable[str]) -> Iterator[Fault]:
    for name in sorted(set(used_names) - set(ledger)):
        like = near(name, ledger)
        cure = f"Did you mean {like[0]}?" if like else "Add a row with that name."
        yield Fault("evidence", 0, name, "an equation reads it, no table holds it", cure)


def _named(n: Number, _: Ledger) -> Said:
    if not n.name:
        yield "the name is missing", "A name, as the equation reads it."
    if not n.meaning:
        yield "the meaning is missing", "A few words on what it is."


def _valued(n: Number | Figure, _: Ledger) -> Said:
    if not isfinite(n.value):
        yield "the value is not a finite number", "A number such as 0.5."
    if not n.unit:
        yield "the unit is missing", "A unit such as L/h, or 1 where there is none."
        return
    try:
        units.factor(n.unit)
    except Refused as no:
        yield f"the unit is unknown: {no.cause}", f"A unit such as {', '.join(no.passes)}."


def _graded(n: Number | Figure, _: Ledger) -> Said:
    if not n.grade:
        yield "the grade is missing", f"{_HOW.capitalize()}."
    elif n.grade not in GRADES:
        yield f"the grade {n.grade!r} is unknown", f"{_HOW.capitalize()}."


def _sourced(n: Number | Figure, ledger: Ledger) -> Said:
    for key in n.source:
        if key not in ledger.sources:
            yield f"the source {key!r} is unknown", "A key of sources.csv."
    if n.grade not in ("read", "unverified"):
        return
    known = [ledger.sources[key] for key in n.source if key in ledger.sources]
    cited = n.grade == "unverified" and bool(known) and NOTHING_IN_HAND in n.note
    if not cited and not any(source.found for source in known):
        yield f"{n.grade}, but no source with a DOI, PMID or address", "A source that can be found."


def _reasoned(n: Number, ledger: Ledger) -> Said:
    if n.grade == "derived" and not n.rule:
        yield "derived, but the rule is missing", "How it is computed."
    if n.grade == "derived" and not n.inputs:
        yield "derived, but the inputs are missing", "Names of numbers or keys of sources."
    for name in n.inputs:
        if name not in ledger and name not in ledger.sources:
            yield f"the input {name!r} is unknown", "The name of a number or the key of a source."
    if n.grade == "assumed" and not n.reason:
        yield "assumed, but the reason is missing", "Why this value."


def _spread(n: Number, _: Ledger) -> Said:
    for label, sd in (("iiv_sd", n.iiv_sd), ("se", n.se)):
        if sd is not None and not (isfinite(sd) and sd > 0):
            yield f"{label} is not a positive number", "An SD above 0, or nothing."
    if n.scale and n.scale not in SCALES:
        yield f"the scale {n.scale!r} is unknown", f"One of {', '.join(SCALES)}."
    elif not n.scale and (n.iiv_sd is not None or n.se is not None):
        yield "a spread without its scale", f"One of {', '.join(SCALES)}."


def _shared(n: Number, ledger: Ledger) -> Said:
    """A shared random effect is one draw: both rows must speak of the same one."""
    if n.iiv_with in ("", SESSION):
        return
    if n.iiv_with not in ledger:
        yield f"shares the random effect of {n.iiv_with!r}, which is unknown", "The name of a number."
        return
    other = ledger[n.iiv_with]
    if (other.scale, other.iiv_sd) != (n.scale, n.iiv_sd):
        yield f"shares the random effect of {n.iiv_with}, but not its SD or scale", "The same SD and scale."


def _bounded(n: Number | Figure, _: Ledger) -> Said:
    lo, hi = n.lo, n.hi
    if lo is None and hi is None:
        return
    if lo is None or hi is None or not (isfinite(lo) and isfinite(hi)):
        yield "the interval has one end", "Both lo and hi, or neither."
    elif lo > hi:
        yield f"lo {lo:g} is above hi {hi:g}", "lo at or below hi."
    elif not lo <= n.value <= hi:
        yield f"the value {n.value:g} is outside {lo:g} to {hi:g}", "A value inside lo to hi."
