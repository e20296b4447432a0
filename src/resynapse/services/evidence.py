"""The evidence as a use case: one number in full, and what is missing from the tables."""

from __future__ import annotations

import ast
import inspect
import textwrap
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resynapse import evidence
from resynapse.evidence import Fault
from resynapse.evidence.faults import check_figures

if TYPE_CHECKING:
    from resynapse.mechanism import Link, Node

    from .claims import Claim

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


def numbers(q: str = "") -> list[dict[str, Any]]:
    """Every number in short, or those that hold all words of `q`: name, value, unit, range, grade, table, sources."""
    wanted = folded(q).split()
    return [short(n) for n in evidence.load().rows if all(word in searched(n.name) for word in wanted)]


def folded(text: str) -> str:
    """A text as it is searched: lower case, without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)).lower()


# what people also call them
_ALSO = {"s-ketamine": "esketamine", "r-ketamine": "arketamine", "s-norketamine": "esnorketamine"}


@cache
def searched(name: str) -> str:
    """What a search for a number looks at: name, meaning, grade, table, drug, sources with their citations."""
    book = evidence.load()
    n = book.find(name)
    sources = [f"{key} {book.source(key).citation}" for key in _keys(n)]
    text = folded(" ".join([n.name, n.meaning, n.grade, n.table, *sources]))
    return " ".join([text, *(other for word, other in _ALSO.items() if word in text)])


def _keys(n: evidence.Number) -> list[str]:
    """Sources of a number: those it is read from, and those it is made of."""
    return list(dict.fromkeys((*n.source, *(i for i in n.inputs if i in evidence.load().sources))))


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
        "inputs": list(n.inputs), "reason": n.reason, "note": n.note, "drawn": _drawn(name),
        "sources_full": [source(key) for key in n.source], "used_in": list(used_in().get(name, ())),
    }  # fmt: skip


def fitted() -> tuple[str, ...]:
    """The numbers that runs draw together, from their covariance."""
    return evidence.covariance()[0]


def _drawn(name: str) -> str:
    """Whether runs draw the value anew: "together" with the other fitted numbers, "alone", or not at all."""
    from resynapse.inference.draws import ALONE

    return "together" if name in fitted() else "alone" if name in ALONE else ""


def source(key: str) -> dict[str, Any]:
    """One publication or page, and what of it was read."""
    s = evidence.load().source(key)
    return {"key": s.key, "citation": s.citation, "doi": s.doi, "pmid": s.pmid, "url": s.url, "read_as": s.read_as}


def sources() -> list[dict[str, Any]]:
    """All of them, with the numbers and the figures of trials that rest on each."""
    book, found = evidence.load(), evidence.trials()
    by: dict[str, list[str]] = {}
    for n in book.rows:
        for key in _keys(n):
            by.setdefault(key, []).append(n.name)
    figures = Counter(key for f in found.values() for key in f.source)
    return [source(key) | {"numbers": by.get(key, []), "figures": figures[key]} for key in sorted(book.sources)]


# the claims: seconds of computing, once for the process

_ANSWERING = threading.Lock()
_ANSWERED: list[tuple[Claim, ...]] = []


def answered() -> bool:
    """Whether the claims have their answers already."""
    return bool(_ANSWERED)


def answering() -> bool:
    """Whether somebody is computing them right now."""
    return _ANSWERING.locked()


def answers() -> tuple[Claim, ...]:
    """The claims with their answers; whoever asks first computes them, whoever comes meanwhile waits."""
    from .claims import answer

    with _ANSWERING:
        if not _ANSWERED:
            _ANSWERED.append(answer())
        return _ANSWERED[0]


# the chain, as it declares itself


@cache
def chain() -> tuple[dict[str, Any], ...]:
    """The links in order: what each reads from others, whether it leads to mood, its nodes with their equations."""
    from resynapse.mechanism import CHAIN

    maker = {node.name: link.name for link in CHAIN.links for node in link.nodes}
    to_mood = {maker[name] for name in CHAIN.upstream(["MADRS"]) if name in maker}
    return tuple(_link(link, maker, to_mood) for link in CHAIN.links)


def _link(link: Link, maker: dict[str, str], to_mood: set[str]) -> dict[str, Any]:
    passes: dict[str, list[str]] = {}
    for name in dict.fromkeys(r for n in link.nodes for r in (*n.reads, *n.numbers) if r in maker):
        if maker[name] != link.name:
            passes.setdefault(maker[name], []).append(name)
    return {
        "name": link.name, "doc": link.doc, "sure": link.sure, "species": link.species, "pace": link.pace,
        "to_mood": link.name in to_mood, "reads": sorted(passes), "passes": passes,
        "nodes": [_node(n) for n in link.nodes],
    }  # fmt: skip


def _node(n: Node) -> dict[str, Any]:
    return {
        "name": n.name, "kind": n.kind, "unit": n.unit, "doc": n.doc, "label": n.label, "by": n.by,
        "reads": list(n.reads), "numbers": list(n.numbers), "equation": equation(n), "inner": _inner(n),
    }  # fmt: skip


def _inner(n: Node) -> dict[str, str]:
    """Names inside the equation, where a copy of a link has others outside."""
    if n.function is None:
        return {}
    own = [p.name for p in inspect.signature(n.function).parameters.values() if p.kind is not p.KEYWORD_ONLY]
    reads = zip(own[n.wants_xp :], n.reads, strict=True)
    return {inside: name for inside, name in (*reads, *((i, o) for o, i in n.rename)) if inside != name}


def equation(n: Node) -> str:
    """The function's own source, without decorator and docstring; empty for what has none."""
    if n.function is None or n.function.__name__ == "_nothing":
        return ""
    text = textwrap.dedent(inspect.getsource(n.function))
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    lines, (first, *rest) = text.splitlines(), function.body
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and bool(rest)
    body = rest[0].lineno if said else first.lineno
    head = next(k for k, line in enumerate(lines) if line.startswith("def "))
    until = first.lineno if said else body
    return "\n".join([*lines[head : until - 1], *lines[body - 1 :]])
