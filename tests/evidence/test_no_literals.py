"""Equations hold no numbers: a bare literal in the mechanism is a fault.

0, 1 and 2 belong to the mathematics (at rest, all of it, squares and two stages); everything else is
evidence and has a name, a grade and a source. Default and decorator arguments count, docstrings do not.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import resynapse

MECHANISM = Path(resynapse.__file__).parent / "mechanism"
ALLOWED = (0, 1, 2)
MACHINERY = ("declare.py", "read_*.py")
"""How equations are declared and read: no equation stands there, and tolerances are numerics."""


def literals(source: str) -> list[tuple[int, float | complex]]:
    """Line and value of each numeric literal that is not allowed."""
    return [
        (node.lineno, node.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float, complex))
        and not isinstance(node.value, bool)
        and node.value not in ALLOWED
    ]


def equation_files() -> list[Path]:
    files = sorted(MECHANISM.rglob("*.py"))
    return [f for f in files if not any(f.match(pattern) for pattern in MACHINERY)]


def test_there_are_equations() -> None:
    assert len(equation_files()) >= 5


@pytest.mark.parametrize("path", equation_files(), ids=lambda path: path.name)
def test_no_bare_literal(path: Path) -> None:
    found = [f"{path.name}, line {line}: {value!r}" for line, value in literals(path.read_text("utf-8"))]
    assert found == [], "give the number a row in the evidence tables and read it by name"


BAD = '''
"""A docstring may say 37 or 0.5."""

def rate(C, *, CL, V1=25):
    """And so may this one: 40 min."""
    return -CL / V1 * C * 1000

@effect("1", start=0.3)
def level(C):
    return C + 1e-3 - 60 * -3j

GIVEN = given("SBP_0", "mmHg", 120.0, "at the start")
'''

GOOD = '''
@effect("1", start=0.0)
def rate(xp, C, *, CL, V1):
    """0.5 mg/kg over 40 min."""
    half = xp.log(2) / V1
    return -CL * C ** 2 * (1 - half) + 0 * xp.pi if True else -1
'''


def test_a_bad_snippet_is_caught() -> None:
    assert sorted(abs(value) for _, value in literals(BAD)) == [1e-3, 0.3, 3, 25, 60, 120.0, 1000]


def test_a_good_snippet_passes() -> None:
    assert literals(GOOD) == []
