"""Routes: how a dose enters the linear part. One row a route; a route not in the table is not built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..engine.grid import ends
from ..therapy.dose import GivenDose
from .read_numpy import Input

Numbers = Mapping[str, Any]
ENANTIOMERS = ("S", "R")


def _over(time: float, hours: Any, into: str, amount: Any) -> list[Input]:
    """A constant rate for some hours, or all at once; where people differ in the hours, each stops at their own.

    Hours of people are taken to the nearest of `grid.ends`, all of which are then times of the grid, whoever the
    people are; no drug is lost.
    """
    if np.ndim(hours) == 0:
        if hours == 0:
            return [Input(time, into, amount)]
        return [Input(time, into, amount / hours, True), Input(time + hours, into, -amount / hours, True)]
    known = ends()
    which = np.searchsorted((known[:-1] + known[1:]) / 2, hours)
    rate = amount / known[which]
    stops = [Input(time + h, into, np.where(which == k, -rate, 0.0), True) for k, h in enumerate(known.tolist())]
    return [Input(time, into, rate, True), *stops]


def _iv(dose: GivenDose, mg: float, e: str, _: Numbers) -> list[Input]:
    return _over(dose.time_h, dose.duration_h, f"C_{e}", mg)


def _nasal(dose: GivenDose, mg: float, e: str, numbers: Numbers) -> list[Input]:
    """Part through the mucosa at once, part of the rest swallowed over some minutes (pk.md 2.3)."""
    through = numbers["IN_Fn2" if dose.device else "IN_Fn1"]
    swallowed = (1 - through) * numbers["IN_Fa"] * mg
    return [
        Input(dose.time_h, f"mu_in_{e}", through * mg),
        *_over(dose.time_h, numbers["IN_d2"], f"g_in_{e}", swallowed),
    ]


def _im(dose: GivenDose, mg: float, e: str, numbers: Numbers) -> list[Input]:
    return [Input(dose.time_h, f"mu_im_{e}", numbers["IM_F"] * mg)]


def _sc(dose: GivenDose, mg: float, e: str, numbers: Numbers) -> list[Input]:
    return [Input(dose.time_h, f"mu_sc_{e}", numbers["SC_F"] * mg)]


def _sublingual(dose: GivenDose, mg: float, e: str, numbers: Numbers) -> list[Input]:
    """Held in the mouth for 10 min: part through its mucosa, the rest swallowed."""
    held = numbers["SL_Fmu"]
    return [
        *_over(dose.time_h, numbers["SL_d1"], f"mu_sl_{e}", held * mg),
        *_over(dose.time_h, numbers["SL_d2"], f"g_sl_{e}", (1 - held) * mg),
    ]


def _oral(dose: GivenDose, mg: float, e: str, numbers: Numbers) -> list[Input]:
    return _over(dose.time_h, numbers["PO_d2"], f"g_po_{e}", mg)


def _rectal(dose: GivenDose, mg: float, e: str, numbers: Numbers) -> list[Input]:
    """Part past the liver, the rest through it."""
    past = numbers["PR_Fmu"]
    return [
        *_over(dose.time_h, numbers["PR_d1"], f"mu_pr_{e}", past * mg),
        *_over(dose.time_h, numbers["PR_d2"], f"g_pr_{e}", (1 - past) * mg),
    ]


ROUTES: dict[str, Callable[[GivenDose, float, str, Numbers], list[Input]]] = {
    "iv": _iv, "im": _im, "sc": _sc, "nasal": _nasal, "sublingual": _sublingual, "oral": _oral, "rectal": _rectal,
}  # fmt: skip


def inputs(doses: Iterable[GivenDose], numbers: Numbers) -> list[Input]:
    """All inputs of a course, in time. numbers may be batch-shaped; so are the amounts then."""
    out = [
        entry
        for dose in doses
        for e in ENANTIOMERS
        if (part := getattr(dose.drug, e.lower()))
        for entry in ROUTES[dose.route](dose, part * dose.mg_base, e, numbers)
    ]
    return sorted(out, key=lambda entry: entry.time.real)
