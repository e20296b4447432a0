"""A course compiled for one weight: inputs, grid, and the signals that visits give to hope."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.grid import Grid, make, plain
from ..mechanism.read_numpy import Input
from ..mechanism.routes import inputs as route_inputs
from ..therapy.course import Course
from ..therapy.dose import GivenDose
from ..therapy.drug import ESKETAMINE

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CompiledPlan:
    """A course for a person of `weight` kg, with numbers in canonical units.

    refine: how many times the grid's steps are halved; below 0 they are doubled, for a picture that moves.
    nodes: of exposure, if fewer than the usual ones will do.
    """

    course: Course
    weight: float
    numbers: Mapping[str, Any]
    first_only: bool = False
    refine: int = 0
    nodes: int | None = None

    @cached_property
    def doses(self) -> tuple[GivenDose, ...]:
        """Doses as given, mg base."""
        given = self.course.doses(self.weight)
        return tuple(d for d in given if d.session_number == 1) if self.first_only else given

    @cached_property
    def starts(self) -> Array:
        """Starts of the sessions, h."""
        starts = np.array([s.start_h for s in self.course.sessions])
        return starts[:1] if self.first_only else starts

    @property
    def nasal(self) -> float:
        """1 where nasal esketamine is part of the course."""
        return float(any(d.route == "nasal" and d.drug == ESKETAMINE for d in self.doses))

    @property
    def omega(self) -> float:
        """Spread of exposure between people, the larger one where routes are mixed."""
        return max(float(self.numbers[f"omega_x_{_short(d.route)}"]) for d in self.doses)

    @property
    def omega_own(self) -> float:
        """The same where people have their own kinetics: potency only."""
        return max(float(self.numbers[f"omega_x0_{_short(d.route)}"]) for d in self.doses)

    @property
    def codes(self) -> tuple[str, ...]:
        """What the names of its routes' numbers begin with: ("IN_", "SL_")."""
        return tuple(sorted({prefix(d.route) for d in self.doses}))

    def inputs(self, numbers: Mapping[str, Any] | None = None, sessions: Container[int] | None = None) -> list[Input]:
        """Drug into the body; of some sessions only if asked."""
        doses = (d for d in self.doses if sessions is None or d.session_number in sessions)
        return route_inputs(doses, self.numbers if numbers is None else numbers)

    def felt_in(self, session: int, hours: float) -> range:
        """Sessions whose drug may still be there in this one: those that began within some hours before it."""
        start = self.starts[session - 1]
        return range(int(np.searchsorted(self.starts, start - hours)) + 1, session + 1)

    def visits(self) -> list[Input]:
        """What each visit, with treatment or sham, gives to hope."""
        return [Input(float(t), name, 1.0) for t in self.starts for name in ("kick", "kick_rise")]

    @property
    def over_from(self) -> float:
        """When the last visit and its grace have passed, h."""
        return float(self.starts[-1] + self.numbers["grace"])

    def grid(self, outputs: Iterable[float], sessions: Sequence[int] | None = None) -> Grid:
        """Grid with every event and output a node; of some sessions, from the start of the first of them."""
        drug = self.inputs(sessions=sessions)
        jumps = [i.time for i in drug if not i.rate]
        marks = [float(self.starts[sessions[0] - 1])] if sessions else [0.0, *self.starts, self.over_from]
        return make((i.time for i in drug), [*marks, *outputs], self.refine, sharp=jumps)

    def visit_grid(self, outputs: Iterable[float]) -> Grid:
        """Visits, their end and outputs as the only nodes: hope and time are exact at any step."""
        return plain([0.0, *self.starts, self.over_from, *outputs])

    def signals(self, grid: Grid, ndim: int) -> dict[str, Array]:
        """Stepwise inputs of the chain on a grid: (K, 1, ...) with `ndim` batch dimensions."""
        start = grid.time[:-1] + 1e-9
        session = np.maximum(1, np.searchsorted(self.starts, start))
        shape = (grid.steps, *(1,) * ndim)
        return {
            "over": (start > self.over_from).astype(float).reshape(shape),
            "session": session.astype(float).reshape(shape),
        }

    def changes(self) -> list[tuple[float, str, float]]:
        """The same as times at which they change: (h, name, new value)."""
        later = [(float(t), "session", float(k)) for k, t in enumerate(self.starts[1:], 2)]
        return [*later, (self.over_from, "over", 1.0)]


def _short(route: str) -> str:
    return {"nasal": "in", "sublingual": "sl", "oral": "po", "rectal": "pr"}.get(route, route)


def prefix(route: str) -> str:
    """What the names of a route's numbers begin with: "SL_"."""
    return f"{_short(route).upper()}_"
