"""What a trial would report of an arm: changes, shares and how long responses last, per draw, smooth over people.

Shares integrate the rating error; those that follow people over visits keep the fluctuation within each person.
The floor of the scale at 0 is left out, as in the fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import normal
from .rating import chance_below, spread

Array = NDArray[np.float64]
PER_DAY = 24.0
STABLE_REMISSION = 12.0  # MADRS, the withdrawal trial's own mark (Daly 2019, SUSTAIN-1)


@dataclass(frozen=True)
class Rated:
    """Everybody of one arm. hours: (T,); y: (T, draws, people) true score; base: (draws, people).

    numbers: as drawn, (draws, 1) or plain. z: standard normals (visits, draws, people), of the fluctuation at the
    first, second ... of the visits that a row follows.
    """

    hours: Sequence[float]
    y: Array
    base: Array
    numbers: Mapping[str, Any]
    z: Array

    def at(self, hours: float) -> Array:
        """True scores at a time, (draws, people)."""
        found: Array = self.y[list(self.hours).index(hours)]
        return found

    # without regard to who is who

    def change(self, hours: float) -> Array:
        """Mean change from the start, points, (draws,)."""
        return np.asarray((self.at(hours) - self.base).mean(axis=-1))

    def sd_change(self, hours: float) -> Array:
        """SD of the rated change between people, (draws,)."""
        return self._sd(self.at(hours) - self.base)

    def sd_score(self, hours: float) -> Array:
        """SD of the rating between people, (draws,)."""
        return self._sd(self.at(hours))

    def _sd(self, y: Array) -> Array:
        return np.asarray(np.sqrt(y.var(axis=-1) + np.square(spread(self.numbers)).ravel()))

    def below(self, hours: float, limit: Array | float) -> Array:
        """People of 100 rated at or below a limit, (draws,)."""
        return chance_below(self.at(hours), limit, spread(self.numbers))

    def half(self) -> Array:
        """Rating of a response, (draws, people)."""
        return np.asarray(self.numbers["response_fraction"] * self.base)

    # followed over visits

    def hits(self, visits: Sequence[float], limits: Sequence[Array | float]) -> list[Array]:
        """Chance that each person is at or below each limit at each visit, given the fluctuation: (draws, people)."""
        n, out, w = self.numbers, [], np.zeros_like(self.base)
        for k, (hours, limit) in enumerate(zip(visits, limits, strict=True)):
            keep = np.exp(-(hours - visits[k - 1]) / n["tau_w"]) if k else 0.0
            w = keep * w + np.sqrt(1 - keep * keep) * n["sig_w"] * self.z[k]
            out.append(normal.cdf((limit - self.at(hours) - w) / n["sig_e"]))
        return out

    def two_of(self, visits: Sequence[float]) -> Array:
        """People of 100 with a response at two visits or more."""
        none, one = np.ones_like(self.base), np.zeros_like(self.base)
        for hit in self.hits(visits, [self.half()] * len(visits)):
            none, one = none * (1 - hit), one * (1 - hit) + none * hit
        return np.asarray(100 * (1 - none - one).mean(axis=-1))

    def at_all(self, visits: Sequence[float]) -> Array:
        """People of 100 with a response at every one of the visits."""
        return np.asarray(100 * np.prod(self.hits(visits, [self.half()] * len(visits)), axis=0).mean(axis=-1))

    def sustained(self, entry: float, visits: Sequence[float]) -> Array:
        """People of 100 with a response at entry and at the last visit, and never two misses in a row between."""
        hits = self.hits([entry, *visits], [self.half()] * (1 + len(visits)))
        well, doubtful = hits[0], np.zeros_like(self.base)
        for hit in hits[1:]:
            well, doubtful = (well + doubtful) * hit, well * (1 - hit)
        return np.asarray(100 * well.mean(axis=-1))

    def late(self, entry: float, hours: float) -> Array:
        """People of 100 with a response later, among those without one at entry."""
        first, then = self.hits([entry, hours], [self.half()] * 2)
        return np.asarray(100 * ((1 - first) * then).mean(axis=-1) / (1 - first).mean(axis=-1))

    def still_well(
        self, entries: Sequence[float], rule: str, visits: Sequence[float], limit: float | None, in_a_row: int
    ) -> Array:  # fmt: skip
        """Share of 1 of those who entered still well at each visit, (visits, draws).

        rule: see `_entered`. limit: lost above it, None: above half of the start; at `in_a_row` visits in a row (1 or
        2), dated at the last of them. The recurrence hazard runs from the last visit of entry.
        """
        above = self.half() if limit is None else limit
        every = [*entries, *visits]
        follow = self.hits(every, [above] * len(every))[len(entries) :]
        well = self._entered(entries, rule)
        entered, doubtful, out = well.mean(axis=-1), np.zeros_like(well), []
        for hit in follow:
            if in_a_row == 1:
                well = well * hit
            else:
                well, doubtful = (well + doubtful) * hit, well * (1 - hit)
            out.append((well + doubtful).mean(axis=-1) / entered)
        since = np.array(visits)[:, None] - entries[-1]
        return np.asarray(np.stack(out) * np.exp(-np.ravel(self.numbers["lrec"]) * since))

    def _entered(self, entries: Sequence[float], rule: str) -> Array:
        """Chance that each person enters, (draws, people)."""
        low = np.minimum(self.half(), STABLE_REMISSION)
        response = np.prod(self.hits(entries, [self.half()] * len(entries)), axis=0)
        if rule == "response":
            return np.asarray(response)
        remission = np.prod(self.hits(entries, [low] * len(entries)), axis=0)
        if rule == "response at both, not remission at both":
            return np.asarray(response - remission)
        if rule == "MADRS <= 12 at both":
            return np.asarray(np.prod(self.hits(entries, [STABLE_REMISSION] * len(entries)), axis=0))
        raise ValueError(rule)


def days_well(share: Array, entry: float, visits: Sequence[float]) -> Array:
    """Mean days well from entry to the last visit: (visits, draws) -> (draws,), straight lines between visits."""
    hours = np.array([entry, *visits])
    return np.asarray(np.trapezoid(np.vstack([np.ones_like(share[:1]), share]), hours / PER_DAY, axis=0))
