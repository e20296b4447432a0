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


def steady(a: Any, rate: Any, step: Any, start: float, uncut: Any = None) -> Any:
    """Loss constant in time. a: (3, K, n); rate: () or (n,); step: (K,). Returns (3, K, n).

    uncut: where the forcing is the positive part of something, that itself, (3, K, n).
    """
    rate, step = jnp.reshape(rate, (1, -1)), step[:, None]
    to_mid, to_end, mid, end = weights(rate, step)
    to_middle, beta = (sum(w * v for w, v in zip(some, a, strict=True)) for some in (mid, end))
    if uncut is not None:
        across = (uncut < 0).any(axis=0) & (uncut > 0).any(axis=0)
        cut_middle, cut_end = _positive_part(jnp.where(across, uncut, 1.0), rate, step)
        to_middle, beta = jnp.where(across, cut_middle, to_middle), jnp.where(across, cut_end, beta)
    y = _scan(to_end, beta, start)
    middle = to_mid * y[:-1] + to_middle
    return jnp.stack([y[:-1], middle, y[1:]])


def _positive_part(g: Any, rate: Any, step: Any) -> tuple[Any, Any]:
    """As `effects.positive_part`: g (3, K, n), where it passes 0."""
    to_middle = _half(g, 0.0, rate, step)
    return to_middle, jnp.exp(-rate * step / 2) * to_middle + _half(g, 0.5, rate, step)


def _half(g: Any, begin: float, rate: Any, step: Any) -> Any:
    first, last = _at(g, begin), _at(g, begin + 0.5)
    change = first * last < 0
    root = begin + jnp.where(change, _root(g, begin, change), 0.0) / 2
    low = jnp.where(first < 0, jnp.where(change, root, begin + 0.5), begin)
    high = jnp.where(last < 0, jnp.where(change, root, low), begin + 0.5)
    _, _, _, end = weights(rate, (high - low) * step)
    given = sum(w * _at(g, u) for w, u in zip(end, (low, (low + high) / 2, high), strict=True))
    return jnp.exp(-rate * (begin + 0.5 - high) * step) * given


def _at(g: Any, u: Any) -> Any:
    return g[0] + u * (-3 * g[0] + 4 * g[1] - g[2] + u * 2 * (g[0] - 2 * g[1] + g[2]))


def _root(g: Any, begin: float, change: Any) -> Any:
    q0, q2 = _at(g, begin), (g[0] - 2 * g[1] + g[2]) / 2
    q1 = _at(g, begin + 0.5) - q0 - q2
    inside = jnp.where(change, q1 * q1 - 4 * q2 * q0, 1.0)
    turn = q1 + jnp.where(q1 < 0, -1.0, 1.0) * jnp.sqrt(jnp.where(inside > 0, inside, 1.0))
    near = -2 * q0 / turn
    far = -turn / (2 * jnp.where(q2 == 0, 1.0, q2))
    return jnp.where((near >= 0) & (near <= 1), near, far)


def varying(a: Any, b: Any, step: Any, start: float) -> Any:
    """Loss b (3, K, n) that varies. The step's own mid-loss is taken exactly, the rest collocated."""
    to_mid, to_end, m, e = weights(b[1], step[:, None])
    c0, c2 = b[0] - b[1], b[2] - b[1]
    down = 1 + e[2] * c2
    y = _scan((to_end - e[0] * c0) / down, (e[0] * a[0] + e[1] * a[1] + e[2] * a[2]) / down, start)
    middle = (to_mid - m[0] * c0) * y[:-1] + m[0] * a[0] + m[1] * a[1] + m[2] * a[2] - m[2] * c2 * y[1:]
    return jnp.stack([y[:-1], middle, y[1:]])
