"""A plan as a function of its numbers and of the amount, time and duration of each dose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.grid import Grid
from ..engine.moving import Moving, moving
from ..mechanism import Chain
from ..mechanism.read_numpy import Input, Run, run
from ..mechanism.routes import inputs as route_inputs
from .plan import CompiledPlan

Array = NDArray[np.float64]
STEP = 1e-30  # of the imaginary part that carries a derivative: beside it nothing is lost


class _Placed(Grid):
    """A grid whose inputs say their node: where steps have no length a time would not tell it."""

    def at(self, times: Iterable[float]) -> NDArray[np.intp]:
        """The nodes, as they are said."""
        return np.array([int(t) for t in times])


@dataclass(frozen=True)
class Laid:
    """One place of everything. events: times of all that the grid stands on, in the order of `MovablePlan.order`."""

    numbers: dict[str, Any]
    given: dict[str, Any]
    inputs: list[Input]
    events: list[Any]


@dataclass(frozen=True)
class MovablePlan:
    """plan: as it is; outputs: times that do not move, h; given: what the chain is told, from the numbers; beside: by
    input, derivatives of what it is told that no formula of the numbers gives.

    Where an event and an output share a time, the output comes after it: slopes are those of a dose given earlier.
    """

    plan: CompiledPlan
    outputs: tuple[float, ...]
    given: Callable[[Mapping[str, Any]], dict[str, Any]]
    beside: Callable[[str], Mapping[str, float]] = field(default=lambda _: {})

    @cached_property
    def values(self) -> dict[str, float]:
        """Everything that may move, by name: evidence names; `dose 2 amount` (mg), `time` (h), `duration` (h)."""
        out = {name: float(v) for name, v in self.plan.numbers.items()}
        for k, dose in enumerate(self.plan.doses, 1):
            out |= {f"dose {k} amount": dose.mg_base, f"dose {k} time": dose.time_h}
            out |= {f"dose {k} duration": dose.duration_h} if dose.duration_h else {}
        return out

    def laid(self, changed: Mapping[str, Any]) -> Laid:
        """Everything where some of `values` are others, floats or complex."""
        numbers = {**self.plan.numbers, **{n: v for n, v in changed.items() if n in self.plan.numbers}}
        doses = [
            replace(
                dose, mg_base=changed.get(f"dose {k} amount", dose.mg_base),
                time_h=changed.get(f"dose {k} time", dose.time_h),
                duration_h=changed.get(f"dose {k} duration", dose.duration_h),
            )
            for k, dose in enumerate(self.plan.doses, 1)
        ]  # fmt: skip
        numbered = [d.session_number for d in doses]
        starts = [doses[numbered.index(s)].time_h for s in dict.fromkeys(numbered)]
        visits = [Input(t, name, 1.0) for t in starts for name in ("kick", "kick_rise")]
        drug = route_inputs(doses, numbers)
        events = [0.0, *starts, starts[-1] + numbers["grace"], *(i.time for i in drug), *self.outputs]
        return Laid(numbers, self.given(numbers), [*drug, *visits], events)

    @cached_property
    def order(self) -> list[int]:
        """Events by time, those of one time as they are listed: outputs last."""
        events = self.laid({}).events
        return sorted(range(len(events)), key=lambda i: events[i].real)

    @cached_property
    def grid(self) -> Moving:
        """The plan's grid, ready to move."""
        events = self.laid({}).events
        return moving(self.plan.grid(self.outputs), [float(events[i]) for i in self.order])

    @cached_property
    def _node(self) -> dict[int, int]:
        """The node of each event, by its place in the list."""
        return dict(zip(self.order, self.grid.hard.tolist(), strict=True))

    @property
    def seen_at(self) -> list[int]:
        """Nodes of the outputs."""
        count = len(self.order)
        return [self._node[i] for i in range(count - len(self.outputs), count)]

    @property
    def entering(self) -> list[int]:
        """Nodes of the inputs, as `laid` lists them."""
        sessions = len(self.plan.starts)
        drug = len(self.order) - len(self.outputs) - sessions - 2
        return [
            *(self._node[sessions + 2 + i] for i in range(drug)),
            *(self._node[1 + s] for s in range(sessions) for _ in range(2)),
        ]

    @property
    def signals(self) -> dict[str, Any]:
        """Stepwise inputs, (K, 1): they change at the nodes of their own events."""
        step, sessions = np.arange(self.grid.grid.steps), len(self.plan.starts)
        begun = np.sort([self._node[1 + s] for s in range(sessions)])
        number = np.maximum(1, np.searchsorted(begun, step, side="right"))
        return {
            "over": (step >= self._node[1 + sessions]).astype(float)[:, None],
            "session": number.astype(float)[:, None],
        }

    def moved(self, laid: Laid) -> Grid:
        """The grid of another place, for a reader that takes no slopes."""
        return self.grid.moved(np.array([float(laid.events[i]) for i in self.order]))

    def slope(self, name: str) -> Laid:
        """How everything moves with one of `values`: as `laid`, derivatives in place of values."""
        laid = self.laid({name: self.values[name] + STEP * 1j})

        def part(value: Any) -> Any:
            return np.imag(value) / STEP

        inputs = [replace(i, amount=part(i.amount)) for i in laid.inputs]
        numbers, given = ({n: part(v) for n, v in d.items()} for d in (laid.numbers, laid.given))
        return Laid(numbers, given | dict(self.beside(name)), inputs, list(map(part, laid.events)))

    def run(self, chain: Chain, want: Iterable[str], changed: Mapping[str, float]) -> Run:
        """By NumPy, where some of `values` are others, the grid moved with them."""
        laid = self.laid(changed)
        grid = self.moved(laid)
        told = laid.given | {name: v[:, 0] for name, v in self.signals.items()}
        inputs = [replace(i, time=node) for i, node in zip(laid.inputs, self.entering, strict=True)]
        placed = _Placed(grid.time, grid.step, grid.size, grid.sizes)
        return run(chain, list(want), placed, laid.numbers, told, inputs)

    def sizes(self, laid: Laid) -> Array:
        """Sizes of the steps, (K,)."""
        return np.diff(self.grid.times(np.array([laid.events[i] for i in self.order])))
