"""Exponential collocation of a state that is affine in itself: y' = a(t) - b(t) y.

The decay at mid-step is integrated exactly; what is left of the forcing is the parabola through start,
middle and end of the step. Middle and end then solve two linear equations, so all steps are one affine scan.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# below the first the series has few terms, below the second all, above it the closed form is as exact
FEW_BELOW, SERIES_BELOW = 1 / 16, 1.0
FEW, TERMS = 9, 18  # what is left out is below 1e-18
BLOCK = 32  # steps of a scan that are taken one by one, in all blocks at once
# of the integral over u in 0..1 of exp(-z (1 - u)) u**2: 2 (-z)**j / (j + 3)!
SERIES = tuple(2 * (-1) ** j / math.factorial(j + 3) for j in range(TERMS))


def _moments(z: Array) -> tuple[Array, Array, Array]:
    """Integrals over u in 0..1 of exp(-z (1 - u)) times 1, u and u squared.

    Small z: the series of the last, then down to the others (upwards would lose digits). Large z: upwards. Each z
    goes by itself alone, whatever stands beside it.
    """
    out = _downwards(z, FEW)
    if not z.size or z.max() < FEW_BELOW:
        return out
    large = z >= SERIES_BELOW
    for mask, rule in ((z >= FEW_BELOW) & ~large, lambda z: _downwards(z, TERMS)), (large, _upwards):
        if mask.any():
            for whole, part in zip(out, rule(z[mask]), strict=True):
                whole[mask] = part
    return out


def _downwards(z: Array, terms: int) -> tuple[Array, Array, Array]:
    m2 = np.full_like(z, SERIES[terms - 1])
    for c in reversed(SERIES[: terms - 1]):
        m2 *= z
        m2 += c
    m1 = (1 - z * m2) / 2
    return 1 - z * m1, m1, m2


def _upwards(z: Array) -> tuple[Array, Array, Array]:
    m0 = -np.expm1(-z) / z
    m1 = (1 - m0) / z
    return m0, m1, (1 - 2 * m1) / z


def weights(rate: Array, step: Array) -> tuple[Array, Array, tuple[Array, ...], tuple[Array, ...]]:
    """Decay to middle and end, and the weights of the forcing's three values for each.

    rate and step broadcast together; the results have their shape.
    """
    z = rate * step
    m0, m1, m2 = _moments(z)
    end = _thirds(m0, m1, m2, step)
    q0, q1, q2 = _moments(z / 2)
    half = step / 2
    mid = (half * (q0 - 1.5 * q1 + 0.5 * q2), half * (2 * q1 - q2), half * 0.5 * (q2 - q1))
    return 1 - z / 2 * q0, 1 - z * m0, mid, end


def _thirds(m0: Array, m1: Array, m2: Array, step: Array) -> tuple[Array, Array, Array]:
    """Weights of the forcing's three values in the end of a step."""
    return step * (m0 - 3 * m1 + 2 * m2), step * 4 * (m1 - m2), step * (2 * m2 - m1)


def _scan(alpha: Array, beta: Array, start: Array | float) -> Array:
    """y[k + 1] = alpha[k] y[k] + beta[k]: (K + 1, *batch).

    In blocks: all blocks run side by side from 0, then each is given what the one before ends with. Their size does
    not go by the number of steps: two runs that begin alike are alike to the bit until they part.
    """
    shape = np.broadcast_shapes(alpha.shape, beta.shape)
    steps, size = shape[0], BLOCK
    blocks = -(-steps // size)
    a = _blocked(np.broadcast_to(alpha, (steps, *alpha.shape[1:])), blocks, size, 1.0)
    y = _blocked(np.broadcast_to(beta, shape), blocks, size, 0.0)
    for i in range(1, size):
        y[:, i] += a[:, i] * y[:, i - 1]
        a[:, i] *= a[:, i - 1]
    ends = np.empty((blocks, *shape[1:]))
    ends[0] = start
    for j in range(1, blocks):
        ends[j] = y[j - 1, -1] + a[j - 1, -1] * ends[j - 1]
    y += a * ends[:, None]
    out = np.empty((steps + 1, *shape[1:]))
    out[0] = start
    out[1:] = y.reshape(blocks * size, *shape[1:])[:steps]
    return out


def _blocked(values: Array, blocks: int, size: int, rest: float) -> Array:
    """Steps in blocks of one size, the last filled up: (blocks, size, *batch), a copy."""
    out = np.full((blocks * size, *values.shape[1:]), rest)
    out[: len(values)] = values
    return out.reshape(blocks, size, *values.shape[1:])


def steady(a: Array, rate: Array, step: Array, start: float, uncut: Array | None = None) -> Array:
    """Loss constant in time. a: (3, K, *batch) forcing; rate: batch; step: (K,). Returns (3, K, *batch).

    uncut: where the forcing is the positive part of something, that itself, of the shape of a.
    """
    h = step.reshape(-1, *(1,) * (a.ndim - 2))
    sizes, index = np.unique(h, return_inverse=True)
    index = index.reshape(-1)
    to_mid, to_end, mid, end = weights(rate[None], sizes.reshape(-1, *(1,) * (a.ndim - 2)))
    to_middle, beta = (np.asarray(sum(w[index] * a[i] for i, w in enumerate(some))) for some in (mid, end))
    if uncut is not None and (across := _across(uncut)).any():
        shape = across.shape
        part = (np.broadcast_to(v, shape)[across] for v in (rate[None], h))
        to_middle[across], beta[across] = positive_part(uncut[:, across], *part)
    y = _scan(to_end[index], beta, start)
    middle = to_mid[index] * y[:-1] + to_middle
    return np.stack([y[:-1], middle, y[1:]])


def _across(uncut: Array) -> NDArray[np.bool_]:
    """Steps, (K, *batch), in which what is cut at 0 passes it."""
    return np.asarray((uncut < 0).any(axis=0) & (uncut > 0).any(axis=0))


def positive_part(g: Array, rate: Array, step: Array) -> tuple[Array, Array]:
    """What a forcing gives to the middle and to the end of a step that it passes 0 in: a parabola has a corner there.

    g: (3, n) before it is cut; rate, step: (n,).
    """
    to_middle = _half(g, 0.0, rate, step)
    return to_middle, np.exp(-rate * step / 2) * to_middle + _half(g, 0.5, rate, step)


def _half(g: Array, begin: float, rate: Array, step: Array) -> Array:
    """What the positive part of the parabola gives to the end of one half of a step, which begins at 0 or at 0.5."""
    first, last = _at(g, begin), _at(g, begin + 0.5)
    change = first * last < 0
    root = begin + np.where(change, _root(g, begin, change), 0.0) / 2
    low = np.where(first < 0, np.where(change, root, begin + 0.5), begin)
    high = np.where(last < 0, np.where(change, root, low), begin + 0.5)
    _, _, _, end = weights(rate, (high - low) * step)
    given = sum(w * _at(g, u) for w, u in zip(end, (low, (low + high) / 2, high), strict=True))
    return np.asarray(np.exp(-rate * (begin + 0.5 - high) * step) * given)


def _at(g: Array, u: Array | float) -> Array:
    """The parabola through start, middle and end of a step, u in 0..1."""
    return np.asarray(g[0] + u * (-3 * g[0] + 4 * g[1] - g[2] + u * 2 * (g[0] - 2 * g[1] + g[2])))


def _root(g: Array, begin: float, change: NDArray[np.bool_]) -> Array:
    """Where in one half, 0..1, the parabola passes 0; any number where it does not."""
    q0, q2 = _at(g, begin), (g[0] - 2 * g[1] + g[2]) / 2
    q1 = _at(g, begin + 0.5) - q0 - q2
    turn = q1 + np.copysign(np.sqrt(np.where(change, np.maximum(q1 * q1 - 4 * q2 * q0, 0.0), 1.0)), q1)
    near = -2 * q0 / turn  # a change of sign takes a slope, so turn is never 0
    far = -turn / (2 * np.where(q2 == 0, 1.0, q2))
    return np.asarray(np.where((near >= 0) & (near <= 1), near, far))


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


def ends(a: Array, b: Array, step: Array, start: float | Array) -> Array:
    """As `varying`, at the nodes only, (K + 1, *batch). a, b: (2 K + 1, *batch), by half steps, without jumps.

    The middle of a step has no part in its end: what is left of the loss is 0 there.
    """
    h = step.reshape(-1, *(1,) * (a.ndim - 1))
    loss = b[1::2]
    z = loss * h
    m0, m1, m2 = _moments(z)
    e0, e1, e2 = _thirds(m0, m1, m2, h)
    beta = e0 * a[:-1:2]
    beta += np.multiply(e1, a[1::2], out=e1)
    beta += e2 * a[2::2]
    alpha = 1 - np.multiply(z, m0, out=m0)
    alpha -= np.multiply(e0, b[:-1:2] - loss, out=e0)
    down = np.multiply(e2, b[2::2] - loss, out=e2)
    down += 1
    alpha /= down
    beta /= down
    out = np.empty((len(alpha) + 1, *alpha.shape[1:]))
    out[0] = start
    for k in range(len(alpha)):
        np.multiply(alpha[k], out[k], out=out[k + 1])
        out[k + 1] += beta[k]
    return out
