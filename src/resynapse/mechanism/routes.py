"""Routes: how a dose enters the linear part. One row a route; a route not in the table is not built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..therapy.dose import GivenDose
from .read_numpy import Input

Numbers = Mapping[str, Any]
ENANTIOMERS = ("S", "R")


def _over(time: float, hours: Any, into: str, amount: Any) -> list[Input]:
    """A constant rate for some hours, or all at once."""
    if hours == 0:
        return [Input(time, into, amount)]
    return [Input(time, into, amount / hours, True), Input(time + hours, into, -amount / hours, True)]


def _iv(dose: GivenDose, mg: float, e: str, _: Numbers) -> list[Input]:
    return _over(dose.time_h, dose.duration_h, f"C_{e}", mg)


def _nasal(dose: GivenDose, mg: float, e: str, numbers: Numbers) -> list[Input]:
    """Part through the mucosa at once, part of the rest swallowed over some minutes (pk.md 2.3)."""
    through = numbers["IN_Fn2" if dose.device else "IN_Fn1"]
    swallowed = (1 - through) * numbers["IN_Fa"] * mg
    return [
        Input(dose.time_h, f"mu_{e}", through * mg),
        *_over(dose.time_h, numbers["IN_d2"], f"g_{e}", swallowed),
    ]


ROUTES: dict[str, Callable[[GivenDose, float, str, Numbers], list[Input]]] = {"iv": _iv, "nasal": _nasal}


def inputs(doses: Iterable[GivenDose], numbers: Numbers) -> list[Input]:
    """All inputs of a course, in time. numbers may be batch-shaped; so are the amounts then."""
    out = [
        entry
        for dose in doses
        for e in ENANTIOMERS
        if (part := getattr(dose.drug, e.lower()))
        for entry in ROUTES[dose.route](dose, part * dose.mg_base, e, numbers)
    ]
    return sorted(out, key=lambda entry: entry.time)
