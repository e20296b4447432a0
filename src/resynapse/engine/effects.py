"""Exponential collocation of a state that is affine in itself: y' = a(t) - b(t) y.

The decay at mid-step is integrated exactly; what is left of the forcing is the parabola through start,
middle and end of the step. Middle and end then solve two linear equations, so all steps are one affine scan.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SERIES_BELOW = 1.0
TERMS = 19


def _moments(z: Array) -> tuple[Array, Array, Array]:
    """Integrals over u in 0..1 of exp(-z (1 - u)) times 1, u and u squared."""
    small = np.abs(z) < SERIES_BELOW
    tame = np.where(small, z, 0.0)
    bold = np.where(small, 1.0, z)
    series = []
    for k in range(3):
        term = np.full_like(z, 1.0 / (k + 1))
        total = term.copy()
        for j in range(1, TERMS):
            term = term * -tame / (k + 1 + j)
            total += term
        series.append(total)
    m0 = -np.expm1(-bold) / bold
    m1 = (1 - m0) / bold
    m2 = (1 - 2 * m1) / bold
    return tuple(np.where(small, s, m) for s, m in zip(series, (m0, m1, m2), strict=True))  # type: ignore[return-value]


def weights(rate: Array, step: Array) -> tuple[Array, Array, tuple[Array, ...], tuple[Array, ...]]:
    """Decay to middle and end, and the weights of the forcing's three values for each.

    rate and step broadcast together; the results have their shape.
    """
    z = rate * step
    m0, m1, m2 = _moments(z)
    end = (step * (m0 - 3 * m1 + 2 * m2), step * 4 * (m1 - m2), step * (2 * m2 - m1))
    q0, q1, q2 = _moments(z / 2)
    half = step / 2
    mid = (half * (q0 - 1.5 * q1 + 0.5 * q2), half * (2 * q1 - q2), half * 0.5 * (q2 - q1))
    return np.exp(-z / 2), np.exp(-z), mid, end


def _scan(alpha: Array, beta: Array, start: Array | float) -> Array:
    """y[k + 1] = alpha[k] y[k] + beta[k]: (K + 1, *batch)."""
    shape = np.broadcast_shapes(alpha.shape, beta.shape)
    out = np.empty((shape[0] + 1, *shape[1:]))
    out[0] = start
    alpha = np.broadcast_to(alpha, shape)
    for k in range(shape[0]):
        out[k + 1] = alpha[k] * out[k] + beta[k]
    return out


def steady(a: Array, rate: Array, step: Array, start: float) -> Array:
    """Loss constant in time. a: (3, K, *batch) forcing; rate: batch; step: (K,). Returns (3, K, *batch)."""
    h = step.reshape(-1, *(1,) * (a.ndim - 2))
    sizes, index = np.unique(h, return_inverse=True)
    index = index.reshape(-1)
    to_mid, to_end, mid, end = weights(rate[None], sizes.reshape(-1, *(1,) * (a.ndim - 2)))
    beta = sum(w[index] * a[i] for i, w in enumerate(end))
    y = _scan(to_end[index], np.asarray(beta), start)
    middle = to_mid[index] * y[:-1] + sum(w[index] * a[i] for i, w in enumerate(mid))
    return np.stack([y[:-1], middle, y[1:]])


def varying(a: Array, b: Array, step: Array, start: float) -> Array:
    """Loss b (3, K, *batch) that varies. The step's own mid-loss is taken exactly, the rest collocated."""
    h = step.reshape(-1, *(1,) * (a.ndim - 2))
    to_mid, to_end, m, e = weights(b[1], h)
    c = b - b[1]  # zero in the middle
    # (1) ym + m2 c2 ye = to_mid y0 + m0 (a0 - c0 y0) + m1 a1 + m2 a2;  (2) ye likewise with e
    grow_m, add_m = to_mid - m[0] * c[0], m[0] * a[0] + m[1] * a[1] + m[2] * a[2]
    grow_e, add_e = to_end - e[0] * c[0], e[0] * a[0] + e[1] * a[1] + e[2] * a[2]
    down = 1 + e[2] * c[2]
    y = _scan(grow_e / down, add_e / down, start)
    middle = grow_m * y[:-1] + add_m - m[2] * c[2] * y[1:]
    return np.stack([y[:-1], middle, y[1:]])
