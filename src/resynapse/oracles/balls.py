"""Levels in ball arithmetic: one matrix by hand, its exponential stretch by stretch, certain to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

from .notes import (
    GUT_MOUTH,
    GUT_NOSE,
    GUT_ORAL,
    GUT_RECTUM,
    MOUTH,
    RECTUM,
    TOUCH,
    Array,
    C,
    Case,
    apart,
    entries,
    rates,
    read_levels,
)

BITS = 200


def _balls(a: Array) -> Any:
    return arb_mat([[arb(float(v)) for v in row] for row in a])


def ball_states(case: Case, e: str, times: Sequence[float]) -> Array:
    """States of one enantiomer at ascending times (right limits), (times, states), certain to the last digit."""
    ctx.prec = BITS
    m, feeds = rates(case, e), (C, GUT_NOSE, MOUTH, GUT_MOUTH, GUT_ORAL, RECTUM, GUT_RECTUM)
    size = len(m)
    wide = np.zeros((size + len(feeds),) * 2)
    wide[:size, :size] = m
    for column, into in enumerate(feeds):
        wide[into, size + column] = 1.0
    a, due = _balls(wide), entries(case, e)
    state: Any = arb_mat(size + len(feeds), 1)
    now, out = 0.0, []
    for stop in apart([*times, *(entry[0] for entry in due)]):
        state = (a * (arb(stop) - arb(now))).exp() * state
        now = stop
        for _, into, amount, rate in [entry for entry in due if abs(entry[0] - stop) < TOUCH]:
            state[size + feeds.index(into) if rate else into, 0] += arb(amount)
        if min(abs(stop - t) for t in times) < TOUCH:
            out.append([state[i, 0] for i in range(size)])
    assert max(float(v.rad()) for row in out for v in row) < 1e-25
    return np.array([[float(v.mid()) for v in row] for row in out])


def levels(case: Case, times: Sequence[float]) -> dict[str, Array]:
    """What blood and effect sites hold, mg/L, by the names of the chain."""
    return read_levels(case, *(ball_states(case, e, times) for e in ("S", "R")))
