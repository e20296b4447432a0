"""Exponential collocation in JAX: the same rule as `effects`, for any steps, with slopes in all it is given.

y' = a(t) - b(t) y; the forcing is a parabola through start, middle and end of each step.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from .effects import SERIES, SERIES_BELOW, TERMS


def _moments(z: Any) -> tuple[Any, Any, Any]:
    """Integrals over u in 0..1 of exp(-z (1 - u)) times 1, u and u squared: a series below 1, the closed form above."""
    small = z < SERIES_BELOW
    low, high = jnp.where(small, z, 0.5), jnp.where(small, 2.0, z)
    m2 = jnp.full_like(low, SERIES[TERMS - 1])
    for c in reversed(SERIES[: TERMS - 1]):
        m2 = m2 * low + c
    m1 = (1 - low * m2) / 2
    h0 = -jnp.expm1(-high) / high
    h1 = (1 - h0) / high
    pairs = ((1 - low * m1, h0), (m1, h1), (m2, (1 - 2 * h1) / high))
    a, b, c = (jnp.where(small, one, other) for one, other in pairs)
    return a, b, c


def weights(rate: Any, step: Any) -> tuple[Any, Any, tuple[Any, ...], tuple[Any, ...]]:
    """Decay to middle and end, and the weights of the forcing's three values for each."""
    z, half = rate * step, step / 2
    m0, m1, m2 = _moments(z)
    q0, q1, q2 = _moments(z / 2)
    mid = (half * (q0 - 1.5 * q1 + 0.5 * q2), half * (2 * q1 - q2), half * 0.5 * (q2 - q1))
    end = (step * (m0 - 3 * m1 + 2 * m2), step * 4 * (m1 - m2), step * (2 * m2 - m1))
    return 1 - z / 2 * q0, 1 - z * m0, mid, end


def _scan(alpha: Any, beta: Any, start: float) -> Any:
    """y[k + 1] = alpha[k] y[k] + beta[k]: (K + 1, n)."""
    alpha = jnp.broadcast_to(alpha, beta.shape)

    def step(y: Any, ab: tuple[Any, Any]) -> tuple[Any, Any]:
        y = ab[0] * y + ab[1]
        return y, y

    first = jnp.full(beta.shape[1:], start)
    return jnp.concatenate([first[None], jax.lax.scan(step, first, (alpha, beta))[1]])


def steady(a: Any, rate: Any, step: Any, start: float) -> Any:
    """Loss constant in time. a: (3, K, n); rate: () or (n,); step: (K,). Returns (3, K, n)."""
    to_mid, to_end, mid, end = weights(jnp.reshape(rate, (1, -1)), step[:, None])
    y = _scan(to_end, sum(w * v for w, v in zip(end, a, strict=True)), start)
    middle = to_mid * y[:-1] + sum(w * v for w, v in zip(mid, a, strict=True))
    return jnp.stack([y[:-1], middle, y[1:]])


def varying(a: Any, b: Any, step: Any, start: float) -> Any:
    """Loss b (3, K, n) that varies. The step's own mid-loss is taken exactly, the rest collocated."""
    to_mid, to_end, m, e = weights(b[1], step[:, None])
    c0, c2 = b[0] - b[1], b[2] - b[1]
    down = 1 + e[2] * c2
    y = _scan((to_end - e[0] * c0) / down, (e[0] * a[0] + e[1] * a[1] + e[2] * a[2]) / down, start)
    middle = (to_mid - m[0] * c0) * y[:-1] + m[0] * a[0] + m[1] * a[1] + m[2] * a[2] - m[2] * c2 * y[1:]
    return jnp.stack([y[:-1], middle, y[1:]])
