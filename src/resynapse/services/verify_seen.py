"""What a check saw: the worst error of a kind, beside its bound."""

from __future__ import annotations

import math
from dataclasses import dataclass

THOUSANDTH = "the value, or 1e-3 of its peak"


@dataclass(frozen=True)
class Seen:
    """what: a quantity; count: how many were looked at; worst: the largest error, in `of`."""

    what: str
    count: int
    worst: float
    bound: float
    of: str = "the value"

    @property
    def holds(self) -> bool:
        """Whether the worst error is within its bound."""
        return self.worst <= self.bound


@dataclass(frozen=True)
class Size:
    """How much is checked: random regimens for levels and for effects, of this seed."""

    seed: int = 1
    regimens: int = 25
    effects: int = 12


class Worst:
    """Largest errors by name, as they come."""

    def __init__(self) -> None:
        self.count: dict[str, int] = {}
        self.worst: dict[str, float] = {}

    def note(self, name: str, error: float, count: int = 1) -> None:
        """One more error; what is not a number is the largest there is."""
        error = math.inf if math.isnan(error) else error
        self.worst[name] = max(error, self.worst.get(name, 0.0))
        self.count[name] = self.count.get(name, 0) + count
