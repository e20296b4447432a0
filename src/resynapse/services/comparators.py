"""Two simple rivals of the model, fitted to the same rows: a mean whatever the time, and an Emax in time.

Each is fitted by least squares to the fitted rows of one class, arms with drug apart from those without, every row
with the same weight. What they predict is a normal about their curve with their residual SD (its degrees of freedom
counted); they know nothing of dose, design or size of the trial. On fitted rows they are scored where they were
fitted, as the model is; on context rows nothing was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..evidence.observations import OutcomeRow, SafetyRow
from ..inference.scores import crps_normal

Array = NDArray[np.float64]
FEWEST = 4  # rows: with fewer a mean and an SD, or a curve, are told by chance
HALF_TIMES_H = np.geomspace(0.01, 20_000.0, 400)  # half times tried: from at once to never within a trial


@dataclass(frozen=True)
class Fit:
    """top, half_h: of top * t / (t + half_h), or of top * half_h / (t + half_h) where what is gained is lost again.

    mean_sd, emax_sd: residual SDs, in the unit of the rows.
    """

    mean: float
    mean_sd: float
    top: float
    half_h: float
    falling: bool
    emax_sd: float

    def at(self, hours: float) -> float:
        """The Emax curve at a time."""
        return self.top * float(_shape(np.array([hours]), self.half_h, self.falling)[0])


Row = OutcomeRow | SafetyRow
Key = tuple[str, str, bool]
Fits = Mapping[Key, Fit]


def _key(row: Row, sham: bool) -> Key:
    return row.class_, row.unit, sham


def since(row: Row) -> float:
    """Hours that the row's curve runs over: from the first dose, or from entry where people are followed."""
    return row.time_h - (row.entry_h[-1] if row.class_ == "durability" and row.entry_h else 0.0)


def fitted(rows: Iterable[tuple[Row, bool]]) -> Fits:
    """Both rivals for every class, unit and kind of arm with rows enough."""
    groups: dict[Key, list[Row]] = {}
    for row, sham in rows:
        groups.setdefault(_key(row, sham), []).append(row)
    return {key: _fit(np.array([since(r) for r in some]), np.array([r.value for r in some]), key[0] == "durability")
            for key, some in groups.items() if len(some) >= FEWEST}  # fmt: skip


def _fit(time: Array, value: Array, falling: bool) -> Fit:
    mean = float(value.mean())
    shapes = _shape(time[None, :], HALF_TIMES_H[:, None], falling)
    tops = (shapes @ value) / np.maximum(np.square(shapes).sum(axis=1), 1e-12)
    squares = np.square(value - tops[:, None] * shapes).sum(axis=1)
    k = int(np.argmin(squares))
    return Fit(mean, _sd(np.square(value - mean).sum(), len(value) - 1), float(tops[k]), float(HALF_TIMES_H[k]),
               falling, _sd(squares[k], len(value) - 2))  # fmt: skip


def _shape(time: Array, half: Array | float, falling: bool) -> Array:
    return np.asarray((half if falling else time) / (time + half))


def _sd(squares: float, freedom: int) -> float:
    """Residual SD; 0 where nothing is left to judge it by."""
    return float(np.sqrt(squares / freedom)) if freedom > 0 else 0.0


def crps_of(fits: Fits, row: Row, sham: bool) -> tuple[float, float]:
    """Scores of the mean and of the Emax at one row; nan where too few fitted rows are of its kind."""
    fit = fits.get(_key(row, sham))
    if fit is None:
        return float("nan"), float("nan")
    return (float(crps_normal(fit.mean, fit.mean_sd, row.value)),
            float(crps_normal(fit.at(since(row)), fit.emax_sd, row.value)))  # fmt: skip
