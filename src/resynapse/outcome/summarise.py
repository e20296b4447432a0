"""From an outcome to the plain values that faces print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..engine.last import Last
from ..engine.threads import beside
from ..evidence.digest import digest, version
from ..mechanism.read_numpy import evaluate
from ..simulation.weeks import study_times
from ..therapy.setting import COMPARED
from ..version import __version__
from . import leanings as leanings_
from . import words
from .domain import domain
from .rating import chance_below, each_over_draws, spread
from .sessions import bands, view
from .strips import strips
from .summary import Back, Bands, Contrast, Lines, OnDay, Plan, Range, Shares, Strip, Strips, Summary

if TYPE_CHECKING:
    from .outcome import Outcome, PlanResult

Array = NDArray[np.float64]
DAYS = (1, 3, 7, 14, 28, 42)
NOTHING = Range(float("nan"), float("nan"), float("nan"))
EMPTY = np.array([])
NO_STRIP = Strip("", "", "", "", EMPTY, False, "", "", "", "")
NO_STRIPS = Strips(
    EMPTY, 0.0, "", NO_STRIP, NO_STRIP, NO_STRIP, NO_STRIP, NO_STRIP, NO_STRIP, NO_STRIP, EMPTY, EMPTY, EMPTY
)
NO_LINES = Lines(EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, NOTHING, "")
NINE_IN_TEN = 1.6448536269514722  # normal quantile of 95 %


@dataclass(frozen=True)
class Ask:
    """What of a summary is wanted. days: besides the usual ones; session: whose minutes; outputs: those of its
    read-outs that are drawn (None: all); leanings: what the answer leans on; lines: of one person;
    strips: of the first session."""

    days: tuple[int, ...] = ()
    session: int = 1
    outputs: tuple[str, ...] | None = None
    leanings: bool = True
    lines: bool = True
    strips: bool = True


ALL = Ask()


def summarise(out: Outcome, ask: Ask = ALL) -> Summary:
    """Everything that is said about the plans, for these people."""
    chain_numbers = [n for n in out.chain.numbers if n in out.ledger]
    people, days = out.people, tuple(sorted({*DAYS, *ask.days}))
    days = tuple(d for d in days if d * 24 <= out.until_h)
    return Summary(
        out.patient.line, words.facts(out), out.setting.words, COMPARED[out.setting.compare].words,
        tuple(_plan(out, p, ask, days) for p in out.plans), _contrasts(out, days),
        leanings_.leanings(out) if ask.leanings else (),
        words.KNOWN, words.ASSUMED, words.CANNOT_TELL, words.defaults(out), words.sources(out, chain_numbers),
        out.until_h / 24, people.draws * people.people if people else 1, people.draws if people else 0,
        people.people if people else 1, out.seed, out.date, __version__, version(), digest(), out.command,
    )  # fmt: skip


def _plan(out: Outcome, p: PlanResult, ask: Ask, days: tuple[int, ...]) -> Plan:
    course, plan = p.plan.course, p.plan
    mg = [sum(d.mg_base for d in plan.doses if d.session_number == s.number) for s in course.sessions]
    total = {**out.numbers, **out.draws}
    number, own = min(ask.session, len(course.sessions)), len(out.people.own_draw) if out.people else 0
    session = beside(lambda: view(out, p, number, ask.outputs), own)
    within, between = p.kept("widths", lambda: _widths(p, total))
    shown = _strips(out, p) if ask.strips else NO_STRIPS
    return Plan(
        p.tag, course.text, p.cut, course.words(plan.weight), words.count(mg), float(sum(mg)),
        tuple(float(s) / 24 for s in plan.starts), words.calendar(course, plan.weight), domain(out, p),
        tuple(f"{c.cause}. {c.rule}".strip(" .") + "." for c in course.cautions(plan.weight)),
        p.weight_of_hope, _days(p, days, total),
        p.back or Back(NOTHING, NOTHING, NOTHING, 0.0, NOTHING, "", ""), p.kept("bands", lambda: _bands(p)),
        p.kept("compared", lambda: _compared(p)), p.kept("lines", lambda: _lines(out, p)) if ask.lines else NO_LINES,
        session(), shown, within, between,
    )  # fmt: skip


def _compared(p: PlanResult) -> Array:
    """Median of the counterfactual."""
    if p.observed_compared is None:
        return np.array([])
    return np.asarray(np.median(p.observed_compared.reshape(len(p.observed_compared), -1), axis=1))


def _strips(out: Outcome, p: PlanResult) -> Strips:
    """Plans that begin alike share their strips, where the data hold for both or for neither."""
    spread = (p.plan.omega, p.plan.omega_own, p.plan.nasal)
    first = (
        p.cut,
        p.weight_of_hope,
        domain(out, p).inside,
        spread,
        *(d for d in p.plan.doses if d.session_number == 1),
    )
    kept: Last[Strips] = out.shelf.setdefault("strips", Last())
    return kept.of(first, lambda: strips(out, p))


def _days(p: PlanResult, days: tuple[int, ...], numbers: dict[str, Any]) -> tuple[OnDay, ...]:
    if p.weeks is None:
        return ()
    return tuple(p.kept(("on day", d), partial(_on_day, p, d, numbers)) for d in days)


def _each(p: PlanResult, day: int, numbers: dict[str, Any]) -> dict[str, Array]:
    """What holds on one day in each draw, (draws,): people of 100, points."""
    w = p.weeks
    assert w is not None
    i, sd = w.at(24.0 * day), spread(numbers)
    half = numbers["response_fraction"] * w.base
    return {
        "response": chance_below(w.plan[i], half, sd), "compared": chance_below(w.compared[i], half, sd),
        "remission": chance_below(w.plan[i], numbers["rem_cut"], sd),
        "remission_wide": chance_below(w.plan[i], numbers["rem_cut_wide"], sd),
        "worse": 100 - chance_below(w.plan[i], w.base, sd), "madrs": w.plan[i].mean(axis=-1),
        "gained": (w.base - w.plan[i]).mean(axis=-1), "drug": (w.inert[i] - w.plan[i]).mean(axis=-1),
        "hope": (w.untreated[i] - w.inert[i]).mean(axis=-1), "time": (w.base - w.untreated[i]).mean(axis=-1),
    }  # fmt: skip


def each(p: PlanResult, day: int, numbers: dict[str, Any]) -> dict[str, Array]:
    """As `_each`, kept with the plan."""
    found: dict[str, Array] = p.kept(("each", day), lambda: _each(p, day, numbers))
    return found


def _on_day(p: PlanResult, day: int, numbers: dict[str, Any]) -> OnDay:
    r = each_over_draws(each(p, day, numbers))
    shares = Shares(r["gained"], r["drug"], r["hope"], r["time"])
    return OnDay(
        float(day), r["response"], r["compared"], r["remission"], r["remission_wide"], r["worse"], r["madrs"], shares
    )


def _contrasts(out: Outcome, days: tuple[int, ...]) -> tuple[Contrast, ...]:
    pair = [p for p in out.plans if p.weeks is not None]
    if len(pair) != 2:
        return ()
    numbers = {**out.numbers, **out.draws}
    return tuple(_contrast(pair[0], pair[1], d, numbers) for d in days)


def _contrast(a: PlanResult, b: PlanResult, day: int, numbers: dict[str, Any]) -> Contrast:
    ours, theirs = (each(p, day, numbers) for p in (a, b))
    assert a.weeks is not None
    assert a.observed is not None
    assert b.observed is not None
    i = a.weeks.at(24.0 * day)
    ahead = 100 * ((a.observed[i] < b.observed[i]).mean() + 0.5 * (a.observed[i] == b.observed[i]).mean())
    names = ("response", "remission", "worse", "madrs", "drug", "hope", "time")
    less = each_over_draws({name: ours[name] - theirs[name] for name in names})
    return Contrast(float(day), **less, better=float(ahead))


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
