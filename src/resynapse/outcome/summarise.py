"""From an outcome to the plain values that faces print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..evidence.digest import digest, version
from ..mechanism.read_numpy import evaluate
from ..simulation.weeks import study_times
from ..therapy.setting import COMPARED
from ..version import __version__
from . import leanings as leanings_
from . import words
from .domain import domain
from .rating import chance_below, over_draws, spread
from .sessions import bands, view
from .strips import strips
from .summary import Back, Bands, Contrast, Lines, OnDay, Plan, Range, Shares, Strips, Summary

if TYPE_CHECKING:
    from ..simulation.weeks import Weeks
    from .outcome import Outcome, PlanResult

Array = NDArray[np.float64]
DAYS = (1, 3, 7, 14, 28, 42)
NOTHING = Range(float("nan"), float("nan"), float("nan"))
NINE_IN_TEN = 1.6448536269514722  # normal quantile of 95 %


def summarise(out: Outcome) -> Summary:
    """Everything that is said about the plans, for these people."""
    told: dict[tuple[Any, ...], Strips] = {}  # plans that begin alike share their strips
    chain_numbers = [n for n in out.chain.numbers if n in out.ledger]
    people = out.people
    return Summary(
        out.patient.line, words.facts(out), out.setting.words, COMPARED[out.setting.compare].words,
        tuple(_plan(out, p, told) for p in out.plans), _contrasts(out), leanings_.leanings(out),
        words.KNOWN, words.ASSUMED, words.CANNOT_TELL, words.defaults(out), words.sources(out, chain_numbers),
        out.until_h / 24, people.draws * people.people if people else 1, people.draws if people else 0,
        people.people if people else 1, out.seed, out.date, __version__, version(), digest(), out.command,
    )  # fmt: skip


def _plan(out: Outcome, p: PlanResult, told: dict[tuple[Any, ...], Strips]) -> Plan:
    course, plan = p.plan.course, p.plan
    mg = [sum(d.mg_base for d in plan.doses if d.session_number == s.number) for s in course.sessions]
    total = {**out.numbers, **out.draws}
    within, between = _widths(p, total)
    return Plan(
        p.tag, course.text, course.words(plan.weight), words.count(mg), float(sum(mg)),
        tuple(float(s) / 24 for s in plan.starts), words.calendar(course, plan.weight), domain(out, p),
        tuple(f"{c.cause}. {c.rule}".strip(" .") + "." for c in course.cautions(plan.weight)),
        p.weight_of_hope, _days(out, p, total),
        p.back or Back(NOTHING, NOTHING, NOTHING, 0.0, NOTHING, "", ""), _bands(p),
        np.median(p.observed_compared.reshape(len(p.observed_compared), -1), axis=1)
        if p.observed_compared is not None else np.array([]),
        _lines(out, p), view(out, p), _strips(out, p, told), within, between,
    )  # fmt: skip


def _strips(out: Outcome, p: PlanResult, told: dict[tuple[Any, ...], Strips]) -> Strips:
    first = (p.weight_of_hope, *(d for d in p.plan.doses if d.session_number == 1))
    if first not in told:
        told[first] = strips(out, p)
    return told[first]


def _days(out: Outcome, p: PlanResult, numbers: dict[str, Any]) -> tuple[OnDay, ...]:
    if p.weeks is None:
        return ()
    return tuple(_day(p.weeks, d, numbers) for d in DAYS if d * 24 <= out.until_h)


def _day(w: Weeks, day: int, numbers: dict[str, Any]) -> OnDay:
    i, sd = w.at(24.0 * day), spread(numbers)
    half = numbers["response_fraction"] * w.base
    mean = {name: getattr(w, name)[i].mean(axis=-1) for name in ("plan", "drug", "hope", "spent")}
    gained = (w.base - w.plan[i]).mean(axis=-1)
    return OnDay(
        float(day), over_draws(chance_below(w.plan[i], half, sd)), over_draws(chance_below(w.compared[i], half, sd)),
        over_draws(chance_below(w.plan[i], numbers["rem_cut"], sd)),
        over_draws(chance_below(w.plan[i], numbers["rem_cut_wide"], sd)),
        over_draws(100 - chance_below(w.plan[i], w.base, sd)), over_draws(mean["plan"]),
        Shares(*(over_draws(v) for v in (gained, mean["drug"], mean["hope"], mean["spent"]))),
    )  # fmt: skip


def _contrasts(out: Outcome) -> tuple[Contrast, ...]:
    pair = [p.weeks for p in out.plans if p.weeks is not None]
    if len(pair) != 2:
        return ()
    numbers = {**out.numbers, **out.draws}
    rated = [p.observed for p in out.plans if p.observed is not None]
    return tuple(_contrast(rated, pair[0], pair[1], d, numbers) for d in DAYS if d * 24 <= out.until_h)


def _contrast(rated: Sequence[Array], a: Weeks, b: Weeks, day: int, numbers: dict[str, Any]) -> Contrast:
    i, sd = a.at(24.0 * day), spread(numbers)
    half = numbers["response_fraction"] * a.base

    def minus(f: Any) -> Range:
        return over_draws(f(a) - f(b))

    ours, theirs = (r[i] for r in rated)
    ahead = 100 * ((ours < theirs).mean() + 0.5 * (ours == theirs).mean())
    return Contrast(
        float(day), minus(lambda w: chance_below(w.plan[i], half, sd)),
        minus(lambda w: chance_below(w.plan[i], numbers["rem_cut"], sd)),
        minus(lambda w: -chance_below(w.plan[i], w.base, sd)), minus(lambda w: w.plan[i].mean(axis=-1)),
        minus(lambda w: w.drug[i].mean(axis=-1)), minus(lambda w: w.hope[i].mean(axis=-1)),
        minus(lambda w: w.spent[i].mean(axis=-1)), float(ahead),
    )  # fmt: skip


def _widths(p: PlanResult, numbers: dict[str, Any]) -> tuple[float, float]:
    """SD of people within a draw and SD of the means between draws: rated change on day 1."""
    if p.weeks is None:
        return float("nan"), float("nan")
    change = p.weeks.plan[p.weeks.at(24.0)] - p.weeks.base
    within = np.sqrt((change.var(axis=-1) + np.square(spread(numbers)).ravel()).mean())
    return float(within), float(change.mean(axis=-1).std())


def _bands(p: PlanResult) -> Bands:
    if p.observed is None or p.weeks is None:
        empty = np.array([])
        return Bands(*[empty] * 6)
    return bands(p.weeks.time / 24, p.observed)


def _lines(out: Outcome, p: PlanResult) -> Lines:
    """Median responder and non-responder with the spread of their ratings; the share with its range."""
    time = study_times(out.until_h)
    score = np.broadcast_to(p.typical.at("MADRS", time), (len(time), 2))
    wide = NINE_IN_TEN * float(np.mean(spread(out.numbers))) * (time > 0)
    top = out.numbers["MADRS_max"]

    def three(y: Array) -> tuple[Array, Array, Array]:
        return y, np.clip(y - wide, 0, top), np.clip(y + wide, 0, top)

    share = 100 * float(evaluate(out.chain, ["share"], {}, out.numbers, {"nasal": p.plan.nasal})["share"])
    if p.weeks is not None:
        lo, hi = np.percentile(100 * p.weeks.share, (5, 95))
        between = Range(share, float(lo), float(hi))
    else:
        between = Range(share, share, share)
    return Lines(time / 24, *three(score[:, 0]), *three(score[:, 1]), between,
                 "9 in 10 ratings around the line: fluctuation and rating error")  # fmt: skip
