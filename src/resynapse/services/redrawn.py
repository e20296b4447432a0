"""A figure drawn again: what each draw of the model would have given with the trial's own people.

Shares are tossed person by person, means and SDs drawn from their sampling distribution; a figure whose n is not
known gets the published standard error instead.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..engine.streams import normals, uniforms
from ..evidence.observations import OutcomeRow
from ..outcome.endpoints import Rated

Array = NDArray[np.float64]
SHARES = ("resp", "respw", "rem", "imp30", "any2", "sus", "cond", "stab", "surv")


def redrawn(row: OutcomeRow, truth: Array, arm: dict[str, Rated], seed: int) -> Array:
    """The figure as that trial would have printed it in each draw, (draws,), in the row's unit."""
    draws, stream = len(truth), f"sampled:{row.id}"
    if row.measure in SHARES and row.n:
        return tossed(truth, row.n, seed, stream)
    error = normals(seed, stream, 1, draws)[0]
    if row.measure == "chg" and row.n:
        return np.asarray(truth + error * arm[row.arm].sd_change(row.time_h) / np.sqrt(row.n))
    if row.measure in ("sd", "sdy") and row.n:
        z = normals(seed, stream, 1, draws, row.n - 1)[0]
        return np.asarray(truth * np.sqrt(np.square(z).mean(axis=1)))
    if row.measure == "diff" and row.n and row.n_against:
        of = ((row.arm, row.n), (row.against, row.n_against))
        return np.asarray(truth + error * np.sqrt(sum(arm[name].sd_change(row.time_h) ** 2 / n for name, n in of)))
    value = truth + error * (row.se or 0.0)
    return np.asarray(np.clip(value, 0, 100) if row.measure in SHARES else value)


def tossed(share: Array, n: int, seed: int, stream: str) -> Array:
    """People of 100 among n, each of whom is one with a chance of `share` of 100: (draws,)."""
    return np.asarray(100 * (uniforms(seed, stream, 1, len(share), n)[0] < share[:, None] / 100).mean(axis=1))
