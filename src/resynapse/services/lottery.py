"""A trial drawn again: how often so few people show so many responders, exactly, over draws of what is true."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..evidence import trials

Array = NDArray[np.float64]
N, HITS = 17, 12  # Zarate 2006: people, and those who responded at day 1
Z90 = 1.645


@dataclass(frozen=True)
class Lottery:
    """How often a trial of n people sees `hits` or more responders, as shares of 1.

    by_chance: everybody's chance is `pooled`; with_spread: trials differ as the draws do, their mean `pooled`;
    model_*: the same about the model's own mean. *_error: standard error over draws; by_chance has none.
    """

    n: int
    hits: int
    draws: int
    pooled: float
    by_chance: float
    with_spread: float
    with_spread_error: float
    model: float
    model_by_chance: float
    model_with_spread: float
    model_with_spread_error: float


def tail(n: int, hits: int, p: Array | float) -> Array:
    """Chance of `hits` or more in n at chance p, exact: the binomial sum, from its shorter end up."""
    p = np.asarray(p, float)
    terms = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n, max(hits, 0) - 1, -1)]
    return np.minimum(np.sum(terms, axis=0), 1.0) if terms else np.zeros_like(p)


def mixture(n: int, hits: int, shares: Array) -> tuple[float, float]:
    """Mean of the tails over draws, and its standard error: nothing is tossed, draws alone are random."""
    tails = tail(n, hits, shares)
    error = tails.std(ddof=1) / math.sqrt(len(tails)) if len(tails) > 1 else math.nan
    return float(tails.mean()), float(error)


def recentred(shares: Array, mean: float) -> Array:
    """Shares moved together on the logit, so that their mean is `mean`."""
    inside = np.clip(shares, 1e-9, 1 - 1e-9)
    logit = np.log(inside / (1 - inside))
    lo, hi = -50.0, 50.0
    for _ in range(100):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if (1 / (1 + np.exp(-(logit + mid)))).mean() < mean else (lo, mid)
    return np.asarray(1 / (1 + np.exp(-(logit + lo))))


def drawn_again(shares: Array, n: int = N, hits: int = HITS) -> Lottery:
    """The lottery from each draw's share of responders at day 1, beside the share pooled over trials."""
    pooled = trials()["response_day1_midazolam_trials"].value / 100
    model = float(shares.mean())
    spread, spread_error = mixture(n, hits, recentred(shares, pooled))
    own, own_error = mixture(n, hits, shares)
    return Lottery(
        n, hits, len(shares), pooled, float(tail(n, hits, pooled)), spread, spread_error,
        model, float(tail(n, hits, model)), own, own_error,
    )  # fmt: skip
