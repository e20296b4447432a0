"""Visits. A session is one visit: what is given before the person can leave counts as one.

The rule: a dose belongs to the running session if it starts less than 6 h after the session's start,
or while a dose of that session is still running (an infusion, devices to come) or as it ends. So a second
nasal device, a bolus before an infusion and two rates in a row are one session; a dose every 6 h is a new
one each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resynapse.therapy.dose import SESSION_H, Dose

_EPS_H = 1e-9  # an end and a start that differ by rounding are one instant


@dataclass(frozen=True)
class PlannedDose:
    """A dose and when it starts, hours from the start of the course."""

    time_h: float
    dose: Dose


@dataclass(frozen=True)
class Session:
    """One visit. number: from 1; start_h: start of its first dose; doses: in order."""

    number: int
    start_h: float
    doses: tuple[PlannedDose, ...]

    @property
    def end_h(self) -> float:
        """When the last of its doses has been given, hours from the start of the course."""
        return max(map(_end_h, self.doses))


def _end_h(p: PlannedDose) -> float:
    """When all of a dose has been given: end of the infusion, time of the last device."""
    return p.time_h + p.dose.duration_h + (p.dose.devices - 1) * p.dose.gap_h


def sessions(planned: Sequence[PlannedDose]) -> tuple[Session, ...]:
    """Doses, in order of time, gathered into visits."""
    visits: list[list[PlannedDose]] = []
    running_until = 0.0
    for p in planned:
        new = not visits or (
            p.time_h - visits[-1][0].time_h >= SESSION_H - _EPS_H and p.time_h > running_until + _EPS_H
        )
        if new:
            visits.append([p])
            running_until = _end_h(p)
        else:
            visits[-1].append(p)
            running_until = max(running_until, _end_h(p))
    return tuple(Session(i, v[0].time_h, tuple(v)) for i, v in enumerate(visits, start=1))
