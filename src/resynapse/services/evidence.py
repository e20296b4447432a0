"""The evidence as a use case: one number in full, and what is missing from the tables."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from resynapse import evidence
from resynapse.evidence import Fault
from resynapse.evidence.faults import check_figures

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
