"""Which tests a fault meets, in order: those of its module, the fast ones of its room, then all that may depend on it.

Not the test that no number stands in an equation, which reads the file and would see any changed number; and not the
one of the refined grid, which takes longer than all others together.
"""

from __future__ import annotations

from pathlib import Path

from . import trial
from .mutants import ROOMS

FIRST = {
    "engine": ("effects", "tail", "normal", "streams", "linear", "grid"),
    "mechanism": (
        "declare", "toy_runs", "side_branches", "routes", "vectors", "few", "same_bits", "levels_flint",
        "effects_lsoda", "units_balance",
    ),
}  # fmt: skip
REST = (
    "engine/*", "mechanism/*", "simulation/*", "test_study", "services/test_explore", "inference/*", "outcome/*",
    "evidence/test_[ls]*",
)  # fmt: skip
# tests of files that are not named for them: other readers, and what serves them alone
JAX = ("tests/mechanism/test_read_jax.py", "tests/test_slopes.py")
PRINT = ("tests/mechanism/test_read_sympy.py", "tests/services/test_sbml.py")
PIECES = ("tests/engine/test_jax_engine.py", *JAX)
OWN = {
    "engine/jax_effects": PIECES, "engine/jax_linear": JAX, "engine/jax_maths": PIECES, "mechanism/read_jax": JAX,
    "engine/moving": ("tests/test_slopes.py",), "mechanism/read_sympy": PRINT, "mechanism/read_latex": PRINT,
    "mechanism/read_formula": PRINT, "mechanism/read_sbml": PRINT, "mechanism/read_sbml_parts": PRINT,
}  # fmt: skip
TOO_SLOW = "--deselect=tests/mechanism/test_effects_lsoda.py::test_effects_reach_the_goal_as_the_grid_is_refined"


def stages(copy: Path, file: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tests of a file of the package, the first ones and the rest."""
    room, name = file.removesuffix(".py").split("/")
    known = {p.stem.removeprefix("test_") for p in (copy / "tests" / room).glob("test_*.py")}
    own = sorted(k for k in known if k.startswith((name, name.removeprefix("read_"))))
    if f"{room}/{name}" in OWN:
        return OWN[f"{room}/{name}"][:1], (*OWN[f"{room}/{name}"][1:],)
    first = [f"tests/{room}/test_{part}.py" for part in dict.fromkeys((*own, *FIRST[room]))]
    every = [str(p.relative_to(copy)) for part in REST for p in sorted(copy.glob(f"tests/{part}.py"))]
    return (*first, TOO_SLOW), (*(p for p in every if "/test_" in p and p not in first), TOO_SLOW)


def patience(copy: Path) -> dict[str, list[float]]:
    """How long each stage may take (s), by room, or by file where that has tests of its own; refuses to begin where a
    test fails without any fault."""
    limits: dict[str, list[float]] = {}
    for room in ROOMS:
        first, rest = stages(copy, f"{room}/none.py")
        limits[room] = [_sound(copy, first), max((v[1] for v in limits.values()), default=0) or _sound(copy, rest)]
    for file, (own, *more) in OWN.items():
        again = next((limits[f] for f in limits if f in OWN and OWN[f] == OWN[file]), None)
        limits[file] = again or [_sound(copy, (own,)), _sound(copy, tuple(more)) if more else 0.0]
    return limits


def _sound(copy: Path, tests: tuple[str, ...]) -> float:
    """Four times what these tests take without a fault, and a little."""
    said, seconds = trial.outcome(copy, tests, 1800.0, sound=True)
    if said != "passed":
        raise SystemExit(f"{said} without a fault: {trial.said(copy)}")
    return 4 * seconds + 10
