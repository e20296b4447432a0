"""How long a response lasts, as ratings would tell: two misses in a row end it, dated at the first.

Given the fluctuation, the rating error is integrated, so every person counts by the chance of having
responded; the schedule and the date chosen decide the number and are printed beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import normal
from .rating import LEVEL, over_draws, within
from .summary import Back, Range

Array = NDArray[np.float64]


def visits(numbers: Mapping[str, Any], until: float) -> Array:
    """Days after the last dose at which people are rated: day 1, then close, then weekly."""
    close = np.arange(1.0, numbers["visit_dense_until"] / 24 + 1e-9, numbers["visit_step"] / 24)
    late = np.arange(close[-1] + numbers["visit_step_late"] / 24, until + 1e-9, numbers["visit_step_late"] / 24)
    return np.concatenate([close, late])


def still_well(y: Array, w: Array, base: Array, days: Array, numbers: Mapping[str, Any]) -> tuple[Array, Array]:
    """Share of responders still well at each visit but the last: (visits - 1, draws); and responders of 100.

    y, w: (visits, draws, people) true score and fluctuation; base: (draws, people); days: (visits,).
    """
    limit = numbers["response_fraction"] * base
    hit = normal.cdf((limit - y - w) / numbers["sig_e"])
    entered = hit[0]
    well, doubtful = entered, np.zeros_like(entered)
    lost = np.zeros_like(entered)
    out = [entered.mean(axis=-1)]
    for k in range(1, len(days)):
        # a loss is confirmed now and dated at the visit before
        lost = lost + doubtful * (1 - hit[k])
        if k > 1:
            out.append((entered - lost).mean(axis=-1))
        well, doubtful = (well + doubtful) * hit[k], well * (1 - hit[k])
    share = np.stack(out) / np.maximum(out[0], 1e-12)
    recur = np.exp(-np.reshape(numbers["lrec"], (1, -1)) * 24 * (days[:-1, None] - days[0]))
    return share * recur, 100 * out[0]


def _median(days: Array, share: Array) -> float:
    below = np.flatnonzero(share <= 0.5)
    return float(days[below[0]]) if len(below) else float("inf")


def back(
    y: Array, w: Array, base: Array, days: Array, last_day: float, numbers: Mapping[str, Any]
) -> Back:  # fmt: skip
    """Half of the responders are back by this day, with its interval between draws."""
    share, responders = still_well(y, w, base, days, numbers)
    weight = responders / max(responders.sum(), 1e-12)
    pooled = (share * weight).sum(axis=1)
    dates = days[:-1]
    each = np.array([_median(dates, share[:, d]) for d in range(share.shape[1])])
    lo, hi = np.percentile(each, LEVEL, method="inverted_cdf")
    value = _median(dates, pooled)
    near = int(np.searchsorted(dates, 28.0, side="right")) - 1
    dense = numbers["visit_dense_until"] / 24
    return Back(
        Range(value, float(lo), float(hi)),
        Range(value + last_day, float(lo) + last_day, float(hi) + last_day),
        within(float(100 * pooled[near]), 100 * share[near]),
        float(dates[-1]),
        over_draws(responders),
        f"rated every {numbers['visit_step'] / 24:g} days to day {dense:g}, then weekly, from the day after the "
        "last dose",
        "lost when two ratings in a row are above half of the start; dated at the first",
    )
