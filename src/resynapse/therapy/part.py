"""One part of a course: a dose and its schedule."""

from __future__ import annotations

from dataclasses import dataclass, field

from resynapse.therapy.dose import Dose
from resynapse.therapy.schedule import Schedule


@dataclass(frozen=True)
class Part:
    """The same dose on every date of the schedule."""

    dose: Dose
    schedule: Schedule = field(default_factory=Schedule)

    @property
    def text(self) -> str:
        """As it is written, shortest."""
        when = self.schedule.text
        return f"{self.dose.text}, {when}" if when else self.dose.text
