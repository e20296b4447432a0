"""The closed vocabulary of equations, for arrays. Each reader has its own of these."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import normal


class Maths:
    """Mathematics that equations may use, over NumPy arrays or floats."""

    tiny = 1e-300  # keeps a logarithm finite where nothing is there

    exp = staticmethod(np.exp)
    log = staticmethod(np.log)
    maximum = staticmethod(np.maximum)
    minimum = staticmethod(np.minimum)
    where = staticmethod(np.where)
    phi = staticmethod(normal.cdf)
    truncated = staticmethod(normal.truncated_halves)

    @staticmethod
    def positive(a: Any) -> Any:
        """The value, or 0 where it is negative."""
        return np.maximum(a, 0.0)

    @staticmethod
    def power(a: Any, n: Any) -> Any:
        """a**n with a cut at 0."""
        a = np.maximum(a, 0.0)
        if np.ndim(n) == 0 and n in (1.0, 2.0):
            return a if n == 1.0 else a * a
        return np.power(a, n)

    @classmethod
    def hill(cls, a: Any, half: Any, n: Any) -> Any:
        """Saturation: r / (1 + r) with r = (a / half)**n.

        The two powers are taken apart, so that the axes of the one are not multiplied by those of the other.
        """
        r = cls.power(a, n) / cls.power(half, n)
        return r / (1 + r)

    @staticmethod
    def expit(a: Any) -> Any:
        """Logistic function."""
        return 1 / (1 + np.exp(-np.asarray(a, float)))
