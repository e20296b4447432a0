"""When the doses of one part of a course are given."""

from __future__ import annotations

from dataclasses import dataclass

from resynapse.errors import Refused
from resynapse.therapy import limits
from resynapse.therapy.dose import time_text

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Schedule:
    """`once`; `days` (0 is Monday) for `count` weeks; `every` interval_h, `count` times.

    The first named day is day 0.
    """

    kind: str = "once"
    count: int = 1
    days: tuple[int, ...] = ()
    interval_h: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in {"once", "days", "every"}:
            raise Refused(f"{self.kind!r} is no schedule", "A schedule is once, days or every.", ("once",))
        if self.count < 1:
            raise Refused("a count of 0", "Counts start at 1.", ("once",))
        if self.kind == "days":
            self._order_days()
        if self.kind == "every":
            limits.interval(self.interval_h)
        self._check_size()

    def _order_days(self) -> None:
        """Days are kept in the order they come, from the first named one."""
        if not self.days or len(set(self.days)) != len(self.days) or not set(self.days) <= set(range(7)):
            raise Refused("days are not seven different ones", "Each day once.", ("mon wed fri, 2 weeks",))
        first = self.days[0]
        object.__setattr__(self, "days", tuple(sorted(self.days, key=lambda d: (d - first) % 7)))

    def _check_size(self) -> None:
        if self.given > limits.MOST_DOSES or self.length_h > limits.MOST_WEEKS * 168.0:
            raise Refused(
                "the schedule is longer than a course can be",
                f"A course has at most {limits.MOST_DOSES} doses and {limits.MOST_WEEKS} weeks.",
                ("once",),
            )

    @property
    def given(self) -> int:
        """How many doses."""
        return self.count * (len(self.days) if self.kind == "days" else 1)

    @property
    def length_h(self) -> float:
        """Hours from its start until the next part may start, the dose itself apart (`once`: 0)."""
        return {"once": 0.0, "days": 168.0 * self.count, "every": self.interval_h * self.count}[self.kind]

    @property
    def offsets_h(self) -> tuple[float, ...]:
        """Times of the doses, hours from the start of the part, ascending."""
        if self.kind == "days":
            week = [24.0 * ((d - self.days[0]) % 7) for d in self.days]
            return tuple(168.0 * w + t for w in range(self.count) for t in week)
        return tuple(self.interval_h * k for k in range(self.count))

    @property
    def text(self) -> str:
        """As it is written; empty for once, which need not be said."""
        if self.kind == "days":
            return f"{' '.join(DAYS[d] for d in self.days)}, {self.count} weeks"
        return f"every {time_text(self.interval_h)}, {self.count} times" if self.kind == "every" else ""
