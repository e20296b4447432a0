"""A trial drawn again: how often so few people show so many responders, exactly, over draws of what is true."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..engine.streams import uniforms
from ..errors import Place, Refused
from ..evidence import trials

Array = NDArray[np.float64]
N, HITS = 17, 12  # Zarate 2006: people, and those who responded at day 1
Z90 = 1.645
MOST_N, MOST_TRIALS = 500, 1_000_000  # technical: binomial sums stay inside floats; a second or two of drawing
BLOCK = 1000  # trials drawn from one stream: a trial stays the same when more are asked for


@dataclass(frozen=True)
class Lottery:
    """How often a trial of n people sees `hits` or more responders, as shares of 1.

    by_chance: everybody's chance is `pooled`; with_spread: trials differ as the draws do, their mean `pooled`;
    model_*: the same about the model's own mean. *_error: standard error over draws; by_chance has none.
    """

    n: int
    hits: int
    draws: int
    pooled: float
    by_chance: float
    with_spread: float
    with_spread_error: float
    model: float
    model_by_chance: float
    model_with_spread: float
    model_with_spread_error: float


def tail(n: int, hits: int, p: Array | float) -> Array:
    """Chance of `hits` or more in n at chance p, exact: the binomial sum, from its shorter end up."""
    p = np.asarray(p, float)
    terms = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n, max(hits, 0) - 1, -1)]
    return np.minimum(np.sum(terms, axis=0), 1.0) if terms else np.zeros_like(p)


def mixture(n: int, hits: int, shares: Array) -> tuple[float, float]:
    """Mean of the tails over draws, and its standard error: nothing is tossed, draws alone are random."""
    tails = tail(n, hits, shares)
    error = tails.std(ddof=1) / math.sqrt(len(tails)) if len(tails) > 1 else math.nan
    return float(tails.mean()), float(error)


def recentred(shares: Array, mean: float) -> Array:
    """Shares moved together on the logit, so that their mean is `mean`."""
    inside = np.clip(shares, 1e-9, 1 - 1e-9)
    logit = np.log(inside / (1 - inside))
    lo, hi = -50.0, 50.0
    for _ in range(100):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if (1 / (1 + np.exp(-(logit + mid)))).mean() < mean else (lo, mid)
    return np.asarray(1 / (1 + np.exp(-(logit + lo))))


def drawn_again(shares: Array, n: int = N, hits: int = HITS) -> Lottery:
    """The lottery from each draw's share of responders at day 1, beside the share pooled over trials."""
    pooled = trials()["response_day1_midazolam_trials"].value / 100
    model = float(shares.mean())
    spread, spread_error = mixture(n, hits, recentred(shares, pooled))
    own, own_error = mixture(n, hits, shares)
    return Lottery(
        n, hits, len(shares), pooled, float(tail(n, hits, pooled)), spread, spread_error,
        model, float(tail(n, hits, model)), own, own_error,
    )  # fmt: skip


@dataclass(frozen=True)
class Redrawn:
    """Trials of n people tossed one by one. counts: of the trials, by responders, 0 to n; share: of 1 with `hits`.

    error: standard error of `share`, from the tossing alone. exact: the same chances without a toss.
    """

    n: int
    hits: int
    trials: int
    seed: int
    counts: tuple[int, ...]
    share: float
    error: float
    exact: Lottery


def responders(seed: int, shares: Array, n: int, start: int, stop: int) -> NDArray[np.intp]:
    """Responders in each of the trials `start` to `stop` - 1, (trials,).

    Each trial is one draw of what is true (sites differ), each of its n people responds at that draw's share.
    shares: of 1, (draws,). Streams are keyed by seed and block: how trials are asked for changes none.
    """
    out = []
    for block in range(start // BLOCK, -(-stop // BLOCK)):
        u = uniforms(seed, f"trial:{block}", 1, BLOCK, n + 1)[0]
        site = np.minimum((u[:, 0] * len(shares)).astype(np.intp), len(shares) - 1)
        hits = (u[:, 1:] < shares[site, None]).sum(axis=1)
        first = block * BLOCK
        out.append(hits[max(start - first, 0) : min(stop - first, BLOCK)])
    return np.concatenate(out) if out else np.zeros(0, np.intp)


def tossed(seed: int, shares: Array, n: int, hits: int, trials_: int, step: int = BLOCK) -> Iterator[Redrawn]:
    """The trials drawn again, told after every `step` of them; the last has all."""
    counts, exact = np.zeros(n + 1, int), drawn_again(shares, n, hits)
    for start in range(0, trials_, step):
        stop = min(start + step, trials_)
        counts = counts + np.bincount(responders(seed, shares, n, start, stop), minlength=n + 1)
        yield _redrawn(seed, n, hits, counts, exact)


def _redrawn(seed: int, n: int, hits: int, counts: NDArray[np.intp], exact: Lottery) -> Redrawn:
    total = int(counts.sum())
    share = float(counts[hits:].sum() / total)
    error = math.sqrt(share * (1 - share) / total)
    return Redrawn(n, hits, total, seed, tuple(int(c) for c in counts), share, error, exact)


def checked(n: int, hits: int, trials_: int, most: int = MOST_TRIALS) -> None:
    """Refused where there is no such trial, or too many of them."""
    for name, value, low, top in (("n", n, 1, MOST_N), ("hits", hits, 0, n), ("trials", trials_, 1, most)):
        if not low <= value <= top:
            passes = str(min(max(value, low), top))
            raise Refused(f"{name} {value} is outside {low} to {top}", f"{_MEANS[name]}.", (passes,),
                          Place(field=name))  # fmt: skip


_MEANS = {
    "n": "n is the people in a trial",
    "hits": "hits is how many of its people respond, or more",
    "trials": "trials is how often it is drawn again",
}


@lru_cache(maxsize=8)
def shares_of(seed: int) -> tuple[float, ...]:
    """Share of responders at day 1 after one infusion, of 1, in each of 400 draws of the model."""
    from .claims import Study

    return tuple((Study(seed).many.responded(24.0) / 100).tolist())


def redrawn(n: int = N, hits: int = HITS, trials: int = 1000, seed: int = 1) -> Redrawn:
    """The trial drawn again `trials` times from the model. Refused if there is no such trial."""
    checked(n, hits, trials)
    *_, last = tossed(seed, np.array(shares_of(seed)), n, hits, trials, step=trials)
    return last
