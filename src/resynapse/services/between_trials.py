"""The spread between trials, estimated anew from what figures were missed by, beside the one in use.

One figure of each arm and class, its first: later ones of an arm repeat its trial's effects. The factor stands on the
spread that the draws have between them (ignorance of the numbers included); intervals are those of normals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..inference.between import factor
from .validate_outcomes import Seen

Z90 = 1.645
OF = {"fitted": ("fitted",), "context": ("context",), "both": ("fitted", "context")}
# the spread of people is not between trials
CLASSES = ("level", "gap", "response", "durability", "dissociation", "pressure")
FEWEST = 4  # figures below which no spread is told


@dataclass(frozen=True)
class Estimate:
    """factor: on the spread in use (1), with its 90 % interval; before, after: figures of 100 inside 90 % intervals
    at factor 1 and at `factor`."""

    of: str
    class_: str
    n: int
    factor: float
    lo: float
    hi: float
    before: float
    after: float


def estimates(seen: Iterable[Seen]) -> tuple[Estimate, ...]:
    """By class, from fitted rows, from context rows, and from both."""
    rows = tuple(seen)
    out = []
    for class_ in CLASSES:
        for of, roles in OF.items():
            some = first_of_each([s for s in rows if s.row.class_ == class_ and s.row.role in roles and s.within > 0])
            if len(some) >= FEWEST and (of != "both" or any(s.row.role == "context" for s in some)):
                out.append(_estimate(of, class_, some))
    return tuple(out)


def first_of_each(rows: Iterable[Seen]) -> list[Seen]:
    """The first row of every arm."""
    out: dict[tuple[str, str], Seen] = {}
    for s in rows:
        out.setdefault((s.row.trial, s.row.arm), s)
    return list(out.values())


def _estimate(of: str, class_: str, some: Sequence[Seen]) -> Estimate:
    error, within, between = (np.array([getattr(s, k) for s in some]) for k in ("points", "within", "between"))

    def inside(k: float) -> float:
        return float(100 * np.mean(np.abs(error) <= Z90 * np.sqrt(within**2 + (k * between) ** 2)))

    found = factor(error, within, between)
    return Estimate(of, class_, found.n, found.factor, found.lo, found.hi, inside(1.0), inside(found.factor))
