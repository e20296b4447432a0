"""Verify: how exact this installation is, for someone who does not believe us. Every check prints its worst error."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec

from ..errors import Place, Refused
from . import verify_numbers as numbers
from . import verify_readers as readers
from . import verify_same as same
from .verify_seen import Seen, Size

MOST = {"regimens": 100_000, "effects": 10_000}


@dataclass(frozen=True)
class Check:
    """What is checked, against what, what has to be installed for that, how it is got, and whether it mostly waits for
    other processes or compilers."""

    name: str
    against: str
    run: Callable[[Size], list[Seen]]
    needs: tuple[str, ...] = ()
    cure: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Checked:
    """A check with what it saw; nothing where it could not be made."""

    check: Check
    seen: tuple[Seen, ...]

    @property
    def made(self) -> bool:
        """Whether what it needs is installed."""
        return bool(self.seen)

    @property
    def holds(self) -> bool:
        """Whether no error is above its bound; a check that was not made does not fail."""
        return all(s.holds for s in self.seen)


VERIFY, FAST = 'pip install ".[verify]"', 'pip install ".[fast]"'
CHECKS = (
    Check("levels", "ball arithmetic at 200 bits", numbers.levels, ("flint", "scipy"), VERIFY),
    Check("effects", "LSODA at 1e-10", numbers.effects, ("flint", "scipy"), VERIFY),
    Check("mass", "drug given", numbers.mass),
    Check("ranges", "what a value can be", numbers.ranges),
    Check("same bits", "the same people", same.bits),
    Check("same bytes", "the same command again", same.bytes_, waits=True),
    Check("JAX", "NumPy", readers.jax_values, ("jax",), FAST, waits=True),
    Check("slopes", "differences of NumPy", readers.slopes, ("jax",), FAST, waits=True),
    Check(
        "SBML", "libRoadRunner at 1e-9", readers.sbml, ("libsbml", "sympy", "roadrunner"),
        'pip install ".[sbml]" libroadrunner',
    ),
)  # fmt: skip


def verified(size: Size, checks: tuple[Check, ...] = CHECKS) -> Iterator[Checked]:
    """Every check in its place; two are made at a time. One that stops has failed, and the others are still made."""
    slow = sorted(checks, key=lambda check: not check.waits)  # what waits for others begins first
    pool = ThreadPoolExecutor(2)
    try:
        made = {check: pool.submit(_seen, check, size) for check in slow}
        for check in checks:
            yield Checked(check, made[check].result())
    finally:  # on Ctrl-C nothing is waited for
        pool.shutdown(wait=False, cancel_futures=True)


def _seen(check: Check, size: Size) -> tuple[Seen, ...]:
    """What a check saw; nothing where something it needs is not installed."""
    if any(find_spec(name) is None for name in check.needs):
        return ()
    try:
        return tuple(check.run(size))
    except Exception as no:  # a library that does not load, a solver that gives up
        said = str(no).strip().partition("\n")[0][:60]
        return (Seen(f"stopped: {type(no).__name__} {said}".strip(), 0, math.inf, 0.0),)


def size_of(seed: int, regimens: int, effects: int) -> Size:
    """How much is checked. Refused: counts below 1 or beyond what fits a day, a seed that is none."""
    for name, value in (("regimens", regimens), ("effects", effects)):
        if not 1 <= value <= MOST[name]:
            place = Place(field=f"--{name}")
            raise Refused(f"{value} is no count of {name}", f"A whole number from 1 to {MOST[name]}.", ("40",), place)
    if not 0 <= seed < 2**63:
        place = Place(field="--seed")
        raise Refused(f"{seed} is no seed", "A seed is a whole number from 0 to 2**63 - 1.", ("1",), place)
    return Size(seed, regimens, effects)
