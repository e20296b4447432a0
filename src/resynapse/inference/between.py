"""How far trials differ beyond their own sampling, from figures with known means and known errors.

Paule and Mandel (1982, doi 10.6028/jres.087.022): the spread at which the weighted squares add up to what they
should. Here each figure brings its own error and its own size of spread, and one factor on all sizes is found.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STEPS = 200  # halvings of the bracket: to the last bit


@dataclass(frozen=True)
class Spread:
    """factor: on the sizes given; q: the weighted squares at factor 1; n: figures; lo, hi: 90 % interval of factor."""

    factor: float
    lo: float
    hi: float
    q: float
    n: int


def factor(error: Array, within: Array, between: Array) -> Spread:
    """Factor k on `between` at which sum of error^2 / (within^2 + k^2 between^2) is the count of figures.

    All (n,), in one unit each; the means are given, not estimated, so n counts whole. The interval takes the sum as a
    chi-square of n degrees (Wilson and Hilferty's quantiles), which holds where figures are independent. 0 where even
    no spread between trials leaves the sum too small.
    """
    n = len(error)

    def squares(k: float) -> float:
        return float(np.sum(error**2 / (within**2 + k * k * between**2)))

    def solved(target: float) -> float:
        return _falling(squares, target)

    return Spread(solved(n), solved(chi2_quantile(n, 1.645)), solved(chi2_quantile(n, -1.645)), squares(1.0), n)


def chi2_quantile(n: int, z: float) -> float:
    """Quantile of a chi-square of n degrees at the standard normal's z (Wilson and Hilferty 1931)."""
    return n * max(1 - 2 / (9 * n) + z * math.sqrt(2 / (9 * n)), 0.0) ** 3


def _falling(f: Callable[[float], float], target: float) -> float:
    """Where a falling function of k >= 0 takes a value; 0 if it starts below."""
    if f(0.0) <= target:
        return 0.0
    lo, hi = 0.0, 1.0
    while f(hi) > target:
        lo, hi = hi, 2 * hi
        if hi > 1e6:
            return math.inf
    for _ in range(STEPS):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if f(mid) > target else (lo, mid)
    return (lo + hi) / 2
