"""One number in plain lines: what it is, how sure, where it comes from, who reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from resynapse.evidence.ledger import SESSION, Ledger, Number, load
from resynapse.units import plain

SIGNS = {"read": "\u25cf", "derived": "\u25d0", "unverified": "\u25cc", "assumed": "\u25cb"}
"""A sign for each grade: full disc, half disc, dashed ring, ring. Always printed with the word."""

_SCALE_WORDS = {"log": "of the logarithm", "logit": "on the logit", "id": ""}


def describe(name: str, used_in: Iterable[str] = (), ledger: Ledger | None = None) -> list[str]:
    """Lines for `resynapse evidence NAME`. Refused, with near names, if there is no such number."""
    book = ledger or load()
    number = book.find(name)
    lines = [f"{number.name}: {number.meaning}", _value(number), f"grade    {graded(number.grade)}"]
    lines += [f"{label:<9}{text}" for label, text in _facts(number, book) if text]
    return [*lines, f"used in  {', '.join(used_in) or 'nothing yet'}"]


def graded(grade: str) -> str:
    """The word of a grade with its sign: "\u25d0 derived"."""
    return f"{SIGNS.get(grade, '?')} {grade}"


def _value(n: Number) -> str:
    unit = "" if n.unit == "1" else f" {n.unit}"
    interval = "" if n.lo is None or n.hi is None else f" ({plain(n.lo)} to {plain(n.hi)})"
    return f"value    {plain(n.value)}{unit}{interval}"


def _facts(n: Number, book: Ledger) -> Iterator[tuple[str, str]]:
    how = _SCALE_WORDS.get(n.scale, "")
    yield "people", f"SD {plain(n.iiv_sd)} {how}".strip() if n.iiv_sd is not None else ""
    shared = "drawn anew in every session" if n.iiv_with == SESSION else f"one draw with {n.iiv_with}"
    yield "", shared if n.iiv_with else ""
    yield "unsure", f"SD {n.se:.3g} {how}".strip() if n.se is not None else ""
    for key in n.source:
        yield "source", book.source(key).text()
        yield "", book.source(key).read_as
    yield "place", n.place
    yield "rule", n.rule
    yield "inputs", ", ".join(n.inputs)
    yield "reason", n.reason
    yield "note", n.note
