"""From true scores to ratings: fluctuation within a person, rating error, response and remission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import normal
from ..engine.streams import normals
from .summary import Range

Array = NDArray[np.float64]
BLOCK = 32  # days of noise drawn at once, so that a longer run keeps the days it had
LEVEL = (5.0, 95.0)


def over_draws(value: Array) -> Range:
    """Mean over draws with the 90 % interval between them."""
    return within(float(value.mean()), value)


def each_over_draws(values: Mapping[str, Array]) -> dict[str, Range]:
    """`over_draws` of many at once, each (draws,)."""
    lo, hi = np.percentile(np.stack(list(values.values())), LEVEL, axis=1)
    return {
        name: Range(float(value.mean()), float(lo[i]), float(hi[i])) for i, (name, value) in enumerate(values.items())
    }


def within(middle: float, draws: Array) -> Range:
    """A value with the 90 % interval of its draws."""
    lo, hi = np.percentile(draws, LEVEL)
    return Range(middle, float(lo), float(hi))


def spread(numbers: Mapping[str, Any]) -> Array:
    """SD of a rating around the true score, per draw: fluctuation and rating error together."""
    return np.asarray(np.sqrt(np.square(numbers["sig_w"]) + np.square(numbers["sig_e"])))


def chance_below(y: Array, limit: Array | float, sd: Array) -> Array:
    """People of 100 rated at or below a limit, smooth, per draw: y (draws, people) -> (draws,)."""
    return np.asarray(100 * normal.cdf((limit - y) / sd).mean(axis=-1))


def _days(seed: int, name: str, draws: int, people: int, days: int) -> Array:
    """Standard normals (days, draws, people), keyed by day."""
    blocks = [normals(seed, f"{name}:{b}", draws, people, BLOCK) for b in range(-(-days // BLOCK))]
    return np.moveaxis(np.concatenate(blocks, axis=2), 2, 0)[:days]


def fluctuation(seed: int, draws: int, people: int, days: int, numbers: Mapping[str, Any]) -> Array:
    """Fluctuation within people on whole days, (days + 1, draws, people), points; nothing on day 0."""
    keep = np.exp(-24.0 / numbers["tau_w"])
    steps = _days(seed, "w", draws, people, days)
    out = np.zeros((days + 1, draws, people))
    if days:
        out[1] = steps[0]
    for d in range(1, days):
        out[d + 1] = keep * out[d] + np.sqrt(1 - keep * keep) * steps[d]
    return np.asarray(out * numbers["sig_w"])


def rating_error(seed: int, draws: int, people: int, days: int) -> Array:
    """Rating error in standard deviations, (days + 1, draws, people); none on day 0."""
    return np.concatenate([np.zeros((1, draws, people)), _days(seed, "e", draws, people, days)])


def observed(time: Array, y: Array, w: Array, error: Array, numbers: Mapping[str, Any]) -> Array:
    """What a rater would record at `time` (h): score, fluctuation of that day, error, floor and ceiling."""
    day = np.ceil(time / 24 - 1e-9).astype(int)
    return np.asarray(np.clip(y + w[day] + numbers["sig_e"] * error[day], 0, numbers["MADRS_max"]))
