"""Exact propagation in JAX: the same steps as `linear`, people on the last axis, slopes in rates, doses and times.

Steps are half a tick doubled some times, from one ladder of matrices; what is shorter goes by the polynomial.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from .grid import CAP_H, TICK_H
from .linear import DEGREE

LEVELS = 14  # of the ladder: from half a tick to the longest step
assert TICK_H * 2.0 ** (LEVELS - 1) > CAP_H  # no step is longer than the last


class Steps(NamedTuple):
    """size: (K,) in h; level: (K,) its place in the ladder, 0 for what goes by the polynomial."""

    size: Any
    level: Any


def _doubled(whole: Any, own: Any) -> tuple[Any, Any]:
    """exp(2 A) from exp(A); the diagonal less 1 is kept apart while it is small, as in `linear.Grown`."""
    others = whole * (1 - jnp.eye(whole.shape[-1]))
    own = (2 + own) * own + (others * jnp.swapaxes(others, -1, -2)).sum(-1)
    return _settled(whole @ whole, own)


def _settled(whole: Any, own: Any) -> tuple[Any, Any]:
    diagonal = jnp.diagonal(whole, axis1=-2, axis2=-1)
    small, eye = jnp.abs(own) < 0.5, jnp.eye(whole.shape[-1])
    own, diagonal = jnp.where(small, own, diagonal - 1), jnp.where(small, 1 + own, diagonal)
    return whole * (1 - eye) + diagonal[..., None] * eye, own


def ladder(a: Any, halvings: int) -> Any:
    """exp(A h) at half a tick and its doubles. a: (m, m, n); result by columns, (LEVELS, m, m, n).

    halvings: how often half a tick is halved before the polynomial holds.
    """
    one = jnp.moveaxis(a, -1, 0) * (TICK_H / 2.0 ** (halvings + 1))
    eye = jnp.eye(a.shape[0])
    term, moved = eye, jnp.zeros_like(one)
    for k in range(1, DEGREE + 1):
        term = one @ term / k if k > 1 else one
        moved = moved + term
    pair = _settled(moved + eye, jnp.diagonal(moved, axis1=-2, axis2=-1))
    for _ in range(halvings):
        pair = _doubled(*pair)

    def rung(pair: Any, _: None) -> tuple[Any, Any]:
        return _doubled(*pair), pair[0]

    return jnp.transpose(jax.lax.scan(rung, pair, None, LEVELS)[1], (0, 3, 2, 1))


def _times(columns: Any, x: Any, at: Any = None) -> Any:
    """Columns (m, r, n), or those of one level (L, m, r, n), times (m, n): (r, n).

    Column by column: each is then read where it lies; a whole matrix would be copied first.
    """
    parts = [(columns[j] if at is None else columns[at, j]) * x[j] for j in range(x.shape[0])]
    return sum(parts[1:], parts[0])


def _polynomial(columns: Any, x: Any, h: Any, halvings: int) -> tuple[Any, Any]:
    """States after half of h and after h, in two parts or more: the middle is a state on the way."""
    count = 2 ** (halvings + 1)
    orders = jnp.arange(1.0, DEGREE + 1)

    def power(carry: tuple[Any, Any], j: Any) -> tuple[tuple[Any, Any], None]:
        term = _times(columns, carry[0]) * (h / count / j)
        return (term, carry[1] + term), None

    def half(x: Any) -> Any:
        for _ in range(count // 2):
            _, x = jax.lax.scan(power, (x, x), orders)[0]
        return x

    mid = half(x)
    return mid, half(mid)


def propagate(a: Any, steps: Steps, jumps: Any, fed: Any, rows: Any, halvings: int, moving: bool) -> Any:
    """States `rows` at start, middle and end of each step: (3, K, rows, n).

    a: (m, m, n) or (m, m, 1); jumps: (K, q, n or 1), added to states `fed` (q,) before each step. moving: step sizes
    have slopes (their values are those of the ladder all the same).
    """
    table, columns = ladder(a, halvings), jnp.swapaxes(a, 0, 1)
    half = table if moving else table[:, :, rows]  # no slice of one table serves both: it would be written out

    def regular(x: Any, h: Any, level: Any) -> tuple[Any, Any]:
        mid, end = _times(half, x, level - 1), _times(table, x, level)
        if moving:
            slip = h - jax.lax.stop_gradient(h)  # 0, with the slope of the step
            mid, end = (mid + _times(columns, mid) * slip / 2)[rows], end + _times(columns, end) * slip
        return mid, end

    def brief(x: Any, h: Any, _: Any) -> tuple[Any, Any]:
        mid, end = _polynomial(columns, x, h, halvings)
        return mid[rows], end

    def step(x: Any, now: Any) -> tuple[Any, Any]:
        h, level, jump = now
        x = x.at[fed].add(jump)
        mid, end = jax.lax.cond(level > 0, regular, brief, x, h, level)
        return end, (x[rows], mid, end[rows])

    start = jnp.zeros((a.shape[0], max(a.shape[-1], jumps.shape[-1])))
    return jnp.stack(jax.lax.scan(step, start, (*steps, jumps))[1])
