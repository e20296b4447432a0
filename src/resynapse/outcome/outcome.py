"""The outcome: arrays with names and units, and the doors to a picture, a table and a dataset."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..evidence import Ledger
from ..mechanism import Chain
from ..mechanism.read_numpy import Run
from ..simulation.minutes import Minutes
from ..simulation.people import People
from ..simulation.plan import CompiledPlan
from ..simulation.weeks import Weeks
from ..therapy.patient import Patient
from ..therapy.setting import Setting
from .summary import Back, Summary

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
PER_NG = 1e3  # mg/L to ng/mL
DOOR_UNITS = {"mg/L": ("ng/mL", PER_NG)}  # what people read, from what equations use


@dataclass(frozen=True)
class PlanResult:
    """One plan. weeks, observed are None for one person alone. Parts that cost are made when first asked for.

    chain: that of this plan, with `cut` held at rest. make: how the parts are made, by name; shelf: those
    that are made, and what is read off them.
    """

    tag: str
    plan: CompiledPlan
    chain: Chain
    cut: tuple[str, ...]
    weight_of_hope: float
    make: Mapping[str, Callable[..., Any]]
    weeks: Weeks | None = None
    observed: Array | None = None
    observed_compared: Array | None = None
    shelf: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What stands on the shelf under a key, made if it is not there yet."""
        if key not in self.shelf:
            self.shelf[key] = make()
        return self.shelf[key]

    @property
    def typical(self) -> Run:
        """The typical person's run, responder and non-responder along (K + 1, 2)."""
        run: Run = self.kept("typical", self.make["typical"])
        return run

    @property
    def minutes(self) -> Minutes:
        """The first session."""
        return self.session(1)

    def session(self, number: int) -> Minutes:
        """One session in minutes, from 1."""
        found: Minutes = self.kept(("session", number), lambda: self.make["session"](number))
        return found

    @property
    def back(self) -> Back | None:
        """How long responses last; None for one person alone."""
        found: Back | None = self.kept("back", self.make["back"])
        return found


@dataclass(frozen=True)
class Outcome:
    """What came of one or two plans for one kind of person.

    draws: numbers drawn, name to (draws, 1). date: as given, for the report; nothing is read from a clock.
    """

    chain: Chain
    ledger: Ledger
    numbers: Mapping[str, Any]
    draws: Mapping[str, Array]
    patient: Patient
    setting: Setting
    floor_min: float | None
    floor_source: str
    until_h: float
    seed: int
    people: People | None
    plans: tuple[PlanResult, ...]
    date: str = ""
    command: str = ""
    shelf: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def alone(self) -> bool:
        """One person without draws: two lines and their share."""
        return self.people is None

    @cached_property
    def summary(self) -> Summary:
        """The answer as plain values, all that faces print."""
        from .summarise import summarise

        return summarise(self)

    @cached_property
    def dataset(self) -> xr.Dataset:
        """xarray dataset with units: dims arm, patient, draw, time (h), and minute for the first session."""
        from .dataset import dataset

        return dataset(self)

    def table(self) -> pd.DataFrame:
        """Tidy table, one row a plan, day and quantity: value, lo, hi, unit."""
        from .dataset import table

        return table(self)

    def plot(self, picture: str = "course") -> Figure:
        """A matplotlib figure: course, session, strips, person."""
        from ..views.plot import plot

        return plot(self.summary, picture)

    def report(self) -> str:
        """One HTML file without script."""
        from ..views.report import report

        return report(self.summary)

    def __repr__(self) -> str:
        plans = "; ".join(p.plan.course.text for p in self.plans)
        who = "one person" if self.people is None else f"{self.people.draws} draws of {self.people.people} people"
        return f"<Outcome of {plans}: {who}, seed {self.seed}>"

    def _repr_html_(self) -> str:
        from html import escape

        from ..views.terminal import render

        return f"<pre>{escape(render(self.summary, colour=False))}</pre>"
