"""An outcome as an xarray dataset with units, and as a tidy table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..version import __version__
from .summary import Range

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from .outcome import Outcome

ARMS = {
    "plan": "MADRS, true score on this plan",
    "inert": "MADRS, true score on an inert dose they believed in",
    "untreated": "MADRS, true score untreated",
    "compared": "MADRS, true score on what the plan is compared with",
}


def dataset(out: Outcome) -> xr.Dataset:
    """Dims: arm (plans), time (h), draw, patient; minute (of the first session), site, own_patient.

    For one person alone: arm, time, patient (responder, non-responder). Doses and seed are attributes.
    """
    import xarray as xr

    variables = _alone(out) if out.people is None else _weeks(out)
    variables |= _minutes(out)
    coords: dict[str, Any] = {"arm": [p.tag for p in out.plans]}
    return xr.Dataset(
        {name: xr.Variable(*v) for name, v in variables.items()},
        coords=coords | _times(out),
        attrs={
            "doses": json.dumps(_doses(out)), "seed": out.seed, "resynapse": __version__,
            "person": out.patient.line, "setting": out.setting.name,
        },
    )  # fmt: skip


def _times(out: Outcome) -> dict[str, Any]:
    times: dict[str, Any] = {"time": ("time", _hours(out), {"units": "h"})}
    said = {"units": "min", "long_name": "from the start of the first session"}
    times["minute"] = ("minute", _minute_grid(), said)
    return times


def _hours(out: Outcome) -> Any:
    from ..simulation.weeks import study_times

    return study_times(out.until_h)


def _minute_grid() -> Any:
    from .sessions import SHOWN_MIN

    return SHOWN_MIN


def _weeks(out: Outcome) -> dict[str, Any]:
    dims = ("arm", "time", "draw", "patient")
    found: dict[str, Any] = {}
    for name, meaning in ARMS.items():
        title = "MADRS" if name == "plan" else f"MADRS_{name}"
        value = np.stack([getattr(p.weeks, name) for p in out.plans])
        found[title] = (dims, value, {"units": "point", "long_name": meaning})
    rated = np.stack([p.observed for p in out.plans if p.observed is not None])
    found["MADRS_rated"] = (dims, rated, {"units": "point", "long_name": "MADRS as a rater would record it"})
    weeks = out.plans[0].weeks
    assert weeks is not None
    found["responder"] = (dims[2:], weeks.responder, {"units": "1", "long_name": "can respond to the drug"})
    return found


def _alone(out: Outcome) -> dict[str, Any]:
    value = np.stack([p.typical.at("MADRS", _hours(out)) for p in out.plans])
    return {
        "MADRS": (
            ("arm", "time", "patient"),
            value,
            {"units": "point", "long_name": "responder, then non-responder"},
        )
    }


def _minutes(out: Outcome) -> dict[str, Any]:
    """Every labelled read-out that moves in minutes, whatever the chain holds."""
    grid = _minute_grid()
    dims = ("arm", "minute", "site", "own_patient")
    found: dict[str, Any] = {}
    sessions = [p.minutes for p in out.plans]
    for name in sessions[0].values:
        node = out.chain[name]
        value = np.stack([m.values[name][m.near(grid)] for m in sessions])
        found[name] = (dims, value, {"units": node.unit, "long_name": node.label})
    return found


def _doses(out: Outcome) -> list[dict[str, Any]]:
    return [
        {
            "arm": p.tag, "time_h": d.time_h, "mg_base": d.mg_base, "drug": d.drug.name, "route": d.route,
            "duration_h": d.duration_h, "session": d.session_number,
        }
        for p in out.plans
        for d in p.plan.doses
    ]  # fmt: skip


def table(out: Outcome) -> pd.DataFrame:
    """One row a plan, day and quantity: value with its 90 % interval."""
    import pandas as pd

    return pd.DataFrame(list(_rows(out)), columns=["plan", "day", "quantity", "unit", "value", "lo", "hi", "of"])


def _rows(out: Outcome) -> Iterator[tuple[Any, ...]]:
    for plan in out.summary.plans:
        for day in plan.days:
            shares = day.shares
            rows: list[tuple[str, str, Range]] = [
                ("response", "people of 100", day.response), ("compared", "people of 100", day.compared),
                ("remission", "people of 100", day.remission),
                ("remission, wider", "people of 100", day.remission_wide),
                ("worse than at the start", "people of 100", day.worse), ("MADRS", "point", day.madrs),
                ("gained", "point", shares.total), ("drug", "point", shares.drug),
                ("hope and setting", "point", shares.hope),
                ("time", "point", shares.time),
            ]  # fmt: skip
            for name, unit, r in rows:
                yield plan.tag, day.day, name, unit, r.value, r.lo, r.hi, r.of
        for peak in plan.session.peaks:
            yield (
                plan.tag,
                0.0,
                f"{peak.label}, peak",
                peak.unit,
                peak.value.value,
                peak.value.lo,
                peak.value.hi,
                "people",
            )
