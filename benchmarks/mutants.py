"""Faults that can be seeded in the engine and the mechanism, by the operators of cosmic-ray, and a fair sample.

Left out by rule, for they change nothing or would flatter the score:

* annotations (`X | Y` among them) and what stands under `if TYPE_CHECKING`; docstrings and imports have no operators;
* replacements that any float refuses: arithmetic by shifts and bits, bits by arithmetic, a sign by `~` or `not`
  (signs, `not` and `~` are deleted instead), and stars of signatures, which are no operators;
* `is` for a comparison of values: the same for names, false for numbers;
* decorators: without its own a declared function stops the import, and without its cache a result is the same;
* `strict` of `zip`, which only says what is so.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOMS = ("engine", "mechanism")
LEAST = 3  # of each file
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
BITS = {"BitOr", "BitAnd", "BitXor"}
BINARY = {"arith_expr", "term", "power", "expr", "and_expr", "xor_expr"}  # what holds a true operator
Place = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One fault. nth: which of the operator's places in the file; line, column: where that is."""

    file: str
    function: str
    operator: str
    nth: int
    place: Place

    def code(self, source: str) -> str:
        """The file with the fault in it."""
        return str(mutate_code(source, get_operator(self.operator)(), self.nth))

    def lines(self, source: str) -> tuple[str, str]:
        """The line as it is and with the fault."""
        at = self.place[0] - 1
        return source.splitlines()[at].strip(), self.code(source).splitlines()[at].strip()


def files(package: Path) -> list[Path]:
    """The modules that are mutated."""
    return [f for room in ROOMS for f in sorted((package / room).glob("*.py"))]


def mutants(package: Path, file: Path) -> Iterator[Mutant]:
    """All faults of a file but those left out."""
    source = file.read_text("utf-8")
    nodes, spans = list(ast_nodes(get_ast(source))), list(_mute(ast.parse(source)))
    for name in filter(_kept, operator_names()):
        operator = get_operator(name)()
        found = ((node, start) for node in nodes for start, _ in operator.mutation_positions(node))
        for nth, (node, start) in enumerate(found):
            if _counts(name, node) and not any(a <= start < b for a, b in spans):
                within = ASTQuery(node).get_definition_name() or ""
                yield Mutant(str(file.relative_to(package)), within, name, nth, start)


def _kept(name: str) -> bool:
    """Whether an operator says something of the tests."""
    family, *change = name.split("/")[1].split("_")
    if family == "ReplaceBinaryOperator":
        return {*change} <= ARITHMETIC or {*change} <= BITS
    if family == "ReplaceUnaryOperator":
        return change[0] == "Delete"
    if family == "ReplaceComparisonOperator":
        return change[0].startswith("Is") or not change[1].startswith("Is")
    return family != "RemoveDecorator" and not get_operator(name).arguments()


def _counts(name: str, node: Any) -> bool:
    """Whether an operator's place is one: no star of a signature, no strict of a zip."""
    if "BinaryOperator" in name:
        return node.parent.type in BINARY
    before = node.parent.children[0] if node.parent and node.parent.type == "argument" else None
    return getattr(before, "value", "") != "strict"


def _mute(tree: ast.AST) -> Iterator[tuple[Place, Place]]:
    """Where annotations stand, and what only a type checker reads."""
    for node in ast.walk(tree):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if part is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno, part.end_col_offset)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            yield (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)


def sample(package: Path, size: int | None, seed: int) -> list[Mutant]:
    """So many faults, from each file its share and a few at least; a place comes twice only after all came once."""
    every = {file: list(mutants(package, file)) for file in files(package)}
    places = {file: len({m.place for m in found}) for file, found in every.items()}
    chosen = []
    for file, found in every.items():
        share = len(found) if size is None else max(LEAST, round(size * places[file] / sum(places.values())))
        chosen += sorted(_drawn(found, f"{seed}:{file.name}")[:share], key=lambda m: m.place)
    return chosen


def _drawn(found: list[Mutant], seed: str) -> list[Mutant]:
    """In random order, place by place before any place again."""
    random.Random(seed).shuffle(found)
    seen: Counter[Place] = Counter()
    turns = {}
    for mutant in found:
        turns[mutant] = seen[mutant.place]
        seen[mutant.place] += 1
    return sorted(found, key=turns.__getitem__)
