"""The vocabulary of equations for JAX: values as NumPy's, and slopes that are finite everywhere.

A branch that is not taken must not be asked for a slope it does not have, so what enters it is made harmless first.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr, ndtri


def density(x: Any) -> Any:
    """Standard normal density."""
    return jnp.exp(-0.5 * jnp.square(x)) / math.sqrt(2 * math.pi)


@jax.custom_jvp
def ppf(p: Any) -> Any:
    """Quantile of the standard normal; p is cut to 1e-12 and 1 - 1e-12."""
    return ndtri(jnp.clip(p, 1e-12, 1 - 1e-12))


@ppf.defjvp
def _ppf_slope(values: tuple[Any, ...], slopes: tuple[Any, ...]) -> tuple[Any, Any]:
    x = ppf(values[0])
    return x, slopes[0] / density(x)


class Maths:
    """Mathematics that equations may use, over traced arrays."""

    tiny = 1e-300

    exp = staticmethod(jnp.exp)
    log = staticmethod(jnp.log)
    where = staticmethod(jnp.where)
    expit = staticmethod(jax.nn.sigmoid)
    phi = staticmethod(ndtr)

    @staticmethod
    def maximum(a: Any, b: Any) -> Any:
        """The larger; at a tie the slope of the second."""
        return jnp.where(jnp.greater(a, b), a, b)

    @staticmethod
    def minimum(a: Any, b: Any) -> Any:
        """The smaller; at a tie the slope of the second."""
        return jnp.where(jnp.less(a, b), a, b)

    @staticmethod
    def positive(a: Any) -> Any:
        """The value, or 0 where it is negative; no slope at 0."""
        return jnp.where(jnp.greater(a, 0.0), a, 0.0)

    @staticmethod
    def power(a: Any, n: Any) -> Any:
        """a**n with a cut at 0, where it has no slope."""
        above = jnp.greater(a, 0.0)
        return jnp.where(above, jnp.power(jnp.where(above, a, 1.0), n), 0.0)

    @classmethod
    def hill(cls, a: Any, half: Any, n: Any) -> Any:
        """Saturation: r / (1 + r) with r = (a / half)**n."""
        r = cls.power(a, n) / cls.power(half, n)
        return r / (1 + r)

    @classmethod
    def truncated(cls, z: Any, lo: Any, hi: Any) -> Any:
        """A standard normal carried to the normal cut at lo < 0 and hi > 0, each half on its own."""
        a, b, rank = ndtr(lo), ndtr(hi), ndtr(z)
        below = ppf(a + (0.5 - a) * 2 * cls.minimum(rank, 0.5))
        above = ppf(0.5 + (b - 0.5) * 2 * (cls.maximum(rank, 0.5) - 0.5))
        return jnp.where(jnp.less(z, 0.0), below, above)


class Uncut(Maths):
    """The same vocabulary, where the positive part of a value is the value itself."""

    @staticmethod
    def positive(a: Any) -> Any:
        """The value as it is."""
        return a
