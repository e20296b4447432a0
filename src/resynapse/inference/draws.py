"""Draws of the fitted numbers, jointly from their covariance, never from marginal intervals."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.streams import paired
from ..evidence import Ledger
from ..evidence.ledger import DATA

Array = NDArray[np.float64]
# set apart from the fit, each with its own SD on the logit
ALONE = {"n_adm": "sd_n_adm", "n_mask": "sd_n_mask"}


@cache
def covariance() -> tuple[tuple[str, ...], Array]:
    """Names of the 22 fitted numbers and their covariance on the fit scale."""
    with (DATA / "covariance.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return tuple(rows[0][1:]), np.array([[float(v) for v in row[1:]] for row in rows[1:]])


def to_fit(value: Any, scale: str) -> Any:
    """A value on the scale of the fit."""
    if scale == "log":
        return np.log(value)
    return np.log(value / (1 - value)) if scale == "logit" else value


def from_fit(value: Any, scale: str) -> Any:
    """Back from the scale of the fit."""
    if scale == "log":
        return np.exp(value)
    return 1 / (1 + np.exp(-value)) if scale == "logit" else value


def shifted(ledger: Ledger, shifts: Mapping[str, Array]) -> dict[str, Array]:
    """Canonical numbers moved by shifts on their fit scale."""
    out = {}
    for name, shift in shifts.items():
        number = ledger[name]
        unit = number.canonical / number.value if number.value else 1.0
        out[name] = from_fit(to_fit(number.value, number.scale) + shift, number.scale) * unit
    return out


def parameters(ledger: Ledger, seed: int, draws: int) -> dict[str, Array]:
    """Drawn numbers, canonical units: name to (draws, 1). kL is not among them: it is set anew from them."""
    names, cov = covariance()
    z = paired(seed, "theta", draws, len(names)) @ np.linalg.cholesky(cov).T
    shifts = {name: z[:, [j]] for j, name in enumerate(names)}
    for name, sd in ALONE.items():
        shifts[name] = ledger[sd].value * paired(seed, name, draws, 1)
    return shifted(ledger, shifts)
