"""Guess first: ordinary states of Explore, each with a question whose answer is read off the model.

The right option and its sentence are computed from the answer of that state, never written down.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from ..errors import Refused
from ..outcome.summary import Plan, Summary
from ..views import words as w
from ..views.plotspec import Axis, Bar, Panel, PlotSpec, Table, Tick
from . import lottery
from .explore import Query, outcome_of

TRIALS = 1000


@dataclass(frozen=True)
class Told:
    """The answer: the right option, a sentence, why, and a picture where there is one."""

    right: int
    sentence: str
    why: str
    picture: PlotSpec | None = None


@dataclass(frozen=True)
class Preset:
    """A question about a state of Explore. blind: the curves stand without their names until the guess."""

    key: str
    title: str
    question: str
    options: tuple[str, ...]
    plan: str
    against: str = ""
    cut: tuple[str, ...] = ()
    blind: bool = False

    @property
    def address(self) -> str:
        """The page that opens with this question."""
        given = {"a": self.plan, "b": self.against, "cut": ",".join(self.cut), "guess": self.key}
        return "/explore?" + urlencode({k: v for k, v in given.items() if v})

    def query(self, seed: int) -> Query:
        """The state as the page would ask for it, people of the example."""
        return Query(self.plan, self.against, "woman-44", seed=seed, cut=self.cut)


def preset(key: str) -> Preset:
    """One by its key; Refused with the keys there are."""
    found = {p.key: p for p in presets()}
    if key not in found:
        raise Refused(f"{key[:40]!r} is no question", f"There are {', '.join(found)}.", tuple(found)[:1])
    return found[key]


def tell(key: str, seed: int = 1) -> Told:
    """What the model answers to a question."""
    one = preset(key)
    with outcome_of(one.query(seed)) as outcome:
        summary = outcome.summary
    return _TELLS[key](summary, seed)


# what is read off an answer


def _peak(plan: Plan, name: str) -> float:
    return float(plan.session.bands[name].q50.max())


def _nearest(value: float, at: tuple[float, ...]) -> int:
    """Which option a value is nearest to."""
    return min(range(len(at)), key=lambda i: abs(value - at[i]))


def _bolus(s: Summary, _: int) -> Told:
    slow, fast = (_peak(p, "ketamine_arterial") for p in s.plans)
    ratio = fast / slow
    cadss = [_peak(p, "CADSS") for p in s.plans]
    return Told(
        0 if ratio < 1.5 else 1 if ratio < 3 else 2,
        f"At once, arterial blood peaks at {w.level(fast)} ng/mL, over 40 minutes at {w.level(slow)}: "
        f"{w.tenth(ratio)} times as high, from the same dose.",
        f"Dissociation follows the peak: CADSS {w.whole(cadss[1])} at once, {w.whole(cadss[0])} over 40 minutes. How "
        "much drug is given decides the area under the curve; how fast it is given decides the peak.",
    )  # fmt: skip


def _anaesthetic(s: Summary, _: int) -> Told:
    low, high = (p.strips.surge for p in s.plans)
    ratio = high / low
    return Told(
        0 if ratio > 1.1 else 2 if ratio < 0.9 else 1,
        f"The surge over the first two hours is {_compared(ratio)} after 2 mg/kg at once: block of the inhibiting "
        "cells lets glutamate surge, deeper block stops it, an inverted U.",
        "Timing and sign only: the link is contested, seen in rats and, with conflict, in people. Mood at this dose "
        "is outside the fitted data, and the model is known to be wrong there: nothing is headlined, the line is "
        "dashed.",
    )


def _compared(ratio: float) -> str:
    return "smaller" if ratio < 0.9 else "larger" if ratio > 1.1 else "as large"


def _six(s: Summary, _: int) -> Told:
    six, one = (next(d for d in p.days if d.day == 14) for p in s.plans)
    more = six.response.value - one.response.value
    return Told(
        _nearest(more, (5, 25, 50)),
        f"On day 14 {w.people(six.response.value)} respond after six, {w.bare_people(one.response.value)} after one: "
        f"{w.whole(more)} more.",
        f"Part of it is hope: {w.bare_people(six.compared.value)} and {w.bare_people(one.compared.value)} would "
        "respond on an active placebo with as many visits. Each pulse adds to new connections that fade within days.",
    )


def _cut(s: Summary, _: int) -> Told:
    whole, cut = (p.days[0] for p in s.plans)
    left, inert, full = cut.response.value, whole.compared.value, whole.response.value
    return Told(
        _nearest(left, (0, inert, full / 2)),
        f"{w.first_upper(w.people(left))} respond by the next day instead of {w.bare_people(full)}: as many as on an "
        f"active placebo they believed in ({w.bare_people(inert)}).",
        "Level, dissociation and pressure stay as they are: they are not on this path. The ground for this link stands "
        "below the strips; in people it is unproven.",
    )


def _placebo(s: Summary, seed: int) -> Told:
    drug, inert = (p.days[0] for p in s.plans)
    line = 2 if seed % 2 else 1
    apart = inert.madrs.value - drug.madrs.value
    return Told(
        line - 1,
        f"Line {line} was the inert dose. On day 1 the two averages are {w.tenth(apart)} points apart; "
        f"{w.people(inert.response.value)} respond on the inert dose, {w.bare_people(drug.response.value)} on drug.",
        "Most of what the upper line gains is hope, setting and time. The bands of people overlap: no single course "
        "tells which of the two somebody got.",
    )


def _lottery(s: Summary, seed: int) -> Told:
    many = lottery.redrawn(seed=seed, trials=TRIALS)
    hits = sum(many.counts[many.hits :])
    return Told(
        _nearest(hits, (1, 80, 400)),
        f"{w.count(hits)} of {w.count(TRIALS)} trials of {many.n} see {many.hits} or more respond, though "
        f"{w.people(s.plans[0].days[0].response.value)} do in the long run.",
        "Chance alone gives fewer; trials also differ in who comes and what they expect. A first small trial with a "
        "large effect is what gets noticed.",
        _histogram(many.counts, many.hits),
    )


def _histogram(counts: tuple[int, ...], hits: int) -> PlotSpec:
    """Trials by how many of their people respond; those at or above `hits` in full colour."""
    top, height = max(counts), 110.0
    looks = [("symp", "solid") if k >= hits else ("planb", "bar90") for k in range(len(counts))]
    bars = tuple(
        Bar(k - 0.42, k + 0.42, c / 2, height * c / top, token, look)
        for k, (c, (token, look)) in enumerate(zip(counts, looks, strict=True))
        if c
    )
    ticks = tuple(Tick(float(k), str(k)) for k in (0, 5, hits, len(counts) - 1))
    n, many = len(counts) - 1, sum(counts[hits:])
    alt = f"{w.count(sum(counts))} trials of {n}: {w.count(many)} see {hits} or more respond."
    return PlotSpec(
        "lottery", f"Trials of {n}", "responders in each", alt, 260.0, 8.0, 8.0, Axis(-0.6, n + 0.6, ticks),
        (Panel("lottery", height, 0.0, float(top), bars=bars),),
        Table(("Respond", "Trials"), tuple((str(k), w.count(c)) for k, c in enumerate(counts))),
    )  # fmt: skip


_TELLS: dict[str, Callable[[Summary, int], Told]] = {
    "bolus": _bolus, "anaesthetic": _anaesthetic, "six": _six, "ampa": _cut, "placebo": _placebo, "lottery": _lottery,
}  # fmt: skip


@cache
def presets() -> tuple[Preset, ...]:
    """All of them, in the order of a lesson."""
    rows = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["preset"]
    return tuple(Preset(**{**r, "options": tuple(r["options"]), "cut": tuple(r.get("cut", ()))}) for r in rows)
