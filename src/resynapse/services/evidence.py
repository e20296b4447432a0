"""The evidence as a use case: one number in full, and what is missing from the tables."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resynapse import evidence
from resynapse.evidence import Fault
from resynapse.evidence.faults import check_figures

if TYPE_CHECKING:
    from resynapse.mechanism import Node

PACKAGE = Path(__file__).parents[1]


def show(name: str) -> list[str]:
    """Lines on one number, with who reads it. Refused, with near names, if there is no such number."""
    return evidence.describe(name, used_in().get(name, ()))


def check() -> tuple[list[Fault], list[Fault]]:
    """Faults of the shipped tables, and remarks: numbers that nothing reads."""
    ledger = evidence.load()
    faults = evidence.check(ledger, _by_equations()) + check_figures(ledger)
    return faults, evidence.unused(ledger, used_in())


@cache
def used_in() -> dict[str, tuple[str, ...]]:
    """Evidence names to their readers: nodes of the chain as "link / node", then files of the package."""
    found = {name: list(places) for name, places in _by_equations().items()}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in _looked_up(path, evidence.load()):
            found.setdefault(name, []).append(path.relative_to(PACKAGE).as_posix())
    return {name: tuple(places) for name, places in found.items()}


def _by_equations() -> dict[str, list[str]]:
    """Names that the equations take, numbers made of numbers left out."""
    from resynapse.mechanism import CHAIN  # the chain is built when first asked for

    nodes = [(link, node) for link in CHAIN.links for node in link.nodes]
    made = {node.name for _, node in nodes}
    found: dict[str, list[str]] = {}
    for link, node in nodes:
        for name in (n for n in node.numbers if n not in made):
            found.setdefault(name, []).append(f"{link.name} / {node.name}")
    return found


def _looked_up(path: Path, names: Iterable[str]) -> Iterator[str]:
    """Evidence names that a file looks up in brackets: `numbers["IN_d2"]`."""
    text = path.read_text(encoding="utf-8")
    known = {name for name in names if f'"{name}"' in text}
    if not known:
        return
    brackets = (node.slice for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Subscript))
    words = {word.value for inside in brackets for word in ast.walk(inside) if isinstance(word, ast.Constant)}
    yield from sorted(known & {word for word in words if isinstance(word, str)})


def listing() -> list[str]:
    """A line a number: name, value, unit, grade, meaning."""
    rows = [(n.name, f"{n.value:.6g} {n.unit}", n.grade, n.meaning) for n in evidence.load().rows]
    wide = [max(len(row[i]) for row in rows) for i in range(3)]
    return ["  ".join([*(cell.ljust(w) for cell, w in zip(row, wide, strict=False)), row[3]]) for row in rows]


# for pages and the API


def numbers() -> list[dict[str, Any]]:
    """Every number in short: name, meaning, value, unit, range, grade, table, sources."""
    return [short(n) for n in evidence.load().rows]


def short(n: evidence.Number) -> dict[str, Any]:
    """One number in a line."""
    return {
        "name": n.name, "meaning": n.meaning, "value": n.value, "unit": "" if n.unit == "1" else n.unit,
        "lo": n.lo, "hi": n.hi, "grade": n.grade, "table": n.table, "sources": list(n.source),
    }  # fmt: skip


def number(name: str) -> dict[str, Any]:
    """One number in full: distribution, place, rule, inputs, reason, note, sources with their citations, readers."""
    book = evidence.load()
    n = book.find(name)
    return short(n) | {
        "canonical": n.canonical, "canonical_unit": n.canonical_unit, "scale": n.scale, "se": n.se,
        "between_people": n.iiv_sd, "shared_with": n.iiv_with, "place": n.place, "rule": n.rule,
        "inputs": list(n.inputs), "reason": n.reason, "note": n.note,
        "sources_full": [source(key) for key in n.source], "used_in": list(used_in().get(name, ())),
    }  # fmt: skip


def source(key: str) -> dict[str, Any]:
    """One publication or page, and what of it was read."""
    s = evidence.load().source(key)
    return {"key": s.key, "citation": s.citation, "doi": s.doi, "pmid": s.pmid, "url": s.url, "read_as": s.read_as}


def sources() -> list[dict[str, Any]]:
    """All of them, with the numbers and figures that rest on each."""
    book, found = evidence.load(), evidence.trials()
    by: dict[str, list[str]] = {}
    for n in book.rows:
        for key in n.source:
            by.setdefault(key, []).append(n.name)
    figures = Counter(key for f in found.values() for key in f.source)
    return [source(key) | {"numbers": by.get(key, []), "figures": figures[key]} for key in sorted(book.sources)]


def chain() -> list[dict[str, Any]]:
    """The links in order, each with what it reads from others and its nodes with their equations."""
    from resynapse.mechanism import CHAIN

    maker = {node.name: link.name for link in CHAIN.links for node in link.nodes}
    return [
        {
            "name": link.name, "doc": link.doc, "sure": link.sure, "species": link.species, "pace": link.pace,
            "reads": sorted({maker[r] for n in link.nodes for r in (*n.reads, *n.numbers) if r in maker} - {link.name}),
            "nodes": [_node(n) for n in link.nodes],
        }
        for link in CHAIN.links
    ]  # fmt: skip


def _node(n: Node) -> dict[str, Any]:
    return {
        "name": n.name, "kind": n.kind, "unit": n.unit, "doc": n.doc, "label": n.label, "reads": list(n.reads),
        "numbers": list(n.numbers), "equation": equation(n), "inner": {inner: name for name, inner in n.rename},
    }  # fmt: skip


def equation(n: Node) -> str:
    """The function's own source, without its decorator; empty for what has none."""
    if n.function is None or n.function.__name__ == "_nothing":
        return ""
    lines = inspect.getsource(n.function).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    return "\n".join(lines[start:])
