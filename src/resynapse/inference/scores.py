"""How good a predictive distribution was: coverage, width, and the continuous ranked probability score.

The score of draws is the fair one: without the bias that few draws have (Ferro 2014, doi 10.1002/qj.2270). That of a
normal is in closed form (Gneiting and Raftery 2007, doi 10.1198/016214506000001437).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import normal

Array = NDArray[np.float64]


def crps(draws: Array, observed: float) -> float:
    """Fair score of draws (m,), m of 2 or more, in their unit; 0 is best."""
    x = np.sort(draws)
    m = len(x)
    # mean distance of all pairs of sorted values, in one pass
    apart = 2 * np.dot(2 * np.arange(1, m + 1) - m - 1, x) / (m * (m - 1))
    return float(np.abs(x - observed).mean() - apart / 2)


def crps_normal(mean: Any, sd: Any, observed: Any) -> Array:
    """Score of a normal, elementwise; of a point where sd is 0."""
    mean, sd, observed = (np.asarray(v, float) for v in (mean, sd, observed))
    z = (observed - mean) / np.where(sd > 0, sd, 1.0)
    wide = sd * (z * (2 * normal.cdf(z) - 1) + 2 * normal.density(z) - 1 / np.sqrt(np.pi))
    return np.asarray(np.where(sd > 0, wide, np.abs(observed - mean)))


def interval(draws: Array, level: float) -> tuple[float, float]:
    """Middle part of draws (m,) that holds `level` of 1."""
    lo, hi = np.quantile(draws, ((1 - level) / 2, (1 + level) / 2))
    return float(lo), float(hi)
