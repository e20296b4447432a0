"""An answer as the page shows it: sentences, pictures and read-outs as JSON values. No number is made here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from resynapse.outcome.summary import Contrast, OnDay, Plan, Range, Summary
from resynapse.views import pictures, points, sentence, tokens
from resynapse.views import strips as strips_
from resynapse.views import words as w
from resynapse.views.minutes import session_of_two
from resynapse.views.plotspec import Array, Fill, Line, PlotSpec, Size, Table

# The weeks and the minutes hang together: same left edge, same gutter. px.
WIDE, WIDE_STRIPS = Size(840.0, tokens.TICK_PX, 1.35), Size(840.0)
SLIM = Size(343.0, tokens.TICK_PX, 1.35, narrow=True)
SLIM_STRIPS = Size(343.0, tokens.TICK_PX, 1.0, narrow=True)
SIDE = Size(260.0)
EDGES = {"screen": (46.0, 112.0), "phone": (34.0, 62.0)}
DIGITS = 5


@dataclass(frozen=True)
class Shown:
    """What is looked at: the day of the cursor, one plan's minutes, people or one person, a size.

    strips: drawn anew; while something moves those of before stand until it rests.
    """

    day: float = sentence.MAIN_DAY
    plan: int = 0
    view: str = "people"
    size: str = "screen"
    panels: tuple[str, ...] = ()
    strips: bool = True


def page(summary: Summary, shown: Shown) -> dict[str, Any]:
    """Everything the page draws or says about one answer."""
    told = sentence.inside(summary)
    return {
        "headline": sentence.headline(summary) if shown.size == "screen" else sentence.short(summary),
        "ground": sentence.ground(summary),
        "pictures": {spec.key: drawn(spec) for spec in _specs(summary, shown)},
        "people": [_people(p, shown.day, summary) for p in told if sentence.on_day(p, shown.day)],
        "difference": _difference(summary, shown.day),
        "shares": _shares(told, shown.day),
        "day": w.day(shown.day),
        "leave": [sentence.leave_words(p) for p in summary.plans],
        "foot": foot(summary),
    }


def foot(summary: Summary) -> str:
    """Seed, people, evidence: "seed 1 · 4,000 people · evidence 2026.11"."""
    return f"seed {summary.seed} · {w.count(summary.people)} people · evidence {summary.evidence_version}"


# pictures


def _specs(summary: Summary, shown: Shown) -> Iterable[PlotSpec]:
    narrow = shown.size == "phone"
    wide, left_right = (SLIM if narrow else WIDE), EDGES[shown.size]
    which = min(shown.plan, len(summary.plans) - 1)
    if shown.strips:
        yield strips_.strips(summary, SLIM_STRIPS if narrow else WIDE_STRIPS, beside=True)
    alone = shown.view == "one" or not summary.plans[0].bands.time.size
    weeks = pictures.person(summary, wide, which) if alone else pictures.course(summary, wide)
    yield _edged(replace(weeks, key="weeks", lanes=pictures.course(summary, wide).lanes), left_right)
    yield _edged(session_of_two(summary, wide, which, shown.panels), left_right)
    told = sentence.inside(summary)
    if not told or not told[0].days:
        return
    for k, plan in enumerate(summary.plans):
        if plan.domain.inside:
            yield pictures.people(summary, SIDE, k, shown.day)
    yield pictures.shares(summary, SIDE, shown.day)
    if (difference := pictures.difference(summary, SIDE, shown.day)) is not None:
        yield difference


def _edged(spec: PlotSpec, edges: tuple[float, float]) -> PlotSpec:
    return replace(spec, left=edges[0], right=edges[1])


# read-outs


def _people(plan: Plan, day: float, summary: Summary) -> dict[str, Any]:
    on = sentence.on_day(plan, day)
    assert on is not None
    _, short = w.compared_words(summary.compared_with)
    return {
        "tag": plan.tag, "counts": points.counts(on),
        "respond": w.bare_people(on.response.value), "respond_range": _ends(on.response),
        "compared": w.bare_people(on.compared.value), "compared_words": short, "compared_range": _ends(on.compared),
        "remission": w.bare_people(on.remission.value), "remission_range": _ends(on.remission),
        "worse": w.bare_people(on.worse.value), "worse_range": _ends(on.worse),
    }  # fmt: skip


def _ends(r: Range) -> str:
    return f"{w.bare_people(r.lo)} to {w.bare_people(r.hi)}" if w.has_interval(r) else ""


def _difference(summary: Summary, day: float) -> dict[str, Any] | None:
    c: Contrast | None = sentence.contrast_on(summary, day)
    if c is None:
        return None
    return {
        "title": f"A minus B, MADRS on {w.day(day)}", "value": w.tenth(c.madrs.value),
        "range": w.interval(c.madrs, w.tenth), "words": points.difference_words(c),
        "better": w.people(c.better),
    }  # fmt: skip


def _shares(told: tuple[Plan, ...], day: float) -> dict[str, Any] | None:
    rows = [(p, on) for p in told if (on := sentence.on_day(p, day)) is not None]
    if not rows:
        return None
    first, on = rows[0]
    drug = on.shares.drug
    return {
        "title": f"Where plan {first.tag}’s {w.tenth(w.share_out(points.parts_of(on))[1])} points come from",
        "definitions": [list(row) for row in points.DEFINITIONS],
        "sum": w.sum_written_out(points.parts_of(on)),
        "drug": w.tenth(w.share_out(points.parts_of(on))[0][0]), "drug_range": w.interval(drug, w.tenth),
        "parts": [_parts(p, on) for p, on in rows],
    }  # fmt: skip


def _parts(plan: Plan, on: OnDay) -> dict[str, Any]:
    parts, total = w.share_out(points.parts_of(on))
    return {"tag": plan.tag, "total": w.tenth(total), "drug": w.tenth(parts[0]), "hope": w.tenth(parts[1]),
            "time": w.tenth(parts[2])}  # fmt: skip


# JSON


def drawn(spec: PlotSpec) -> dict[str, Any]:
    """A picture as JSON values; curves point to the `grids` they share."""
    grids = _Grids()
    out: dict[str, Any] = lean(spec, grids)
    # each to so many digits of its own: on a log axis the first of them are the smallest
    return {**out, "grids": [[float(f"{v:.{DIGITS}g}") for v in x.tolist()] for x in grids.known]}


class _Grids:
    """The arrays of x in a picture, each kept once."""

    def __init__(self) -> None:
        self.known: list[Array] = []

    def __call__(self, x: Array) -> int:
        """Place of an array among those known."""
        for k, old in enumerate(self.known):
            if old is x or np.array_equal(old, x):
                return k
        self.known.append(x)
        return len(self.known) - 1


def lean(value: Any, grids: _Grids) -> Any:
    """As `json_out.jsonable`, with arrays rounded to what a screen can show and empty parts left out."""
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        return _rounded(value)
    if isinstance(value, (list, tuple)):
        return [lean(v, grids) for v in value]
    return _fields(value, grids)


def _fields(value: Any, grids: _Grids) -> dict[str, Any]:
    given = [(name, getattr(value, name)) for name in value.__dataclass_fields__]
    if isinstance(value, Table):
        return {name: [list(row) if isinstance(row, tuple) else row for row in part] for name, part in given}
    if isinstance(value, (Line, Fill)):
        return {name: grids(v) if name == "x" else lean(v, grids) for name, v in given}
    # what a picture need not carry: nothing, and only nothing
    return {name: lean(v, grids) for name, v in given if name in _KEPT or not _nothing(v)}


def _nothing(value: Any) -> bool:
    return value is None or (isinstance(value, (str, tuple)) and not value)


_KEPT = frozenset({"text"})


def _rounded(y: Array) -> list[float | None]:
    """An array to `DIGITS` digits of its largest value; gaps as null."""
    finite = np.isfinite(y)
    top = float(np.abs(y[finite]).max()) if finite.any() else 0.0
    decimals = DIGITS - 1 - math.floor(math.log10(top)) if top > 0 else 0
    out = np.round(y, decimals)
    return out.tolist() if finite.all() else [v if ok else None for v, ok in zip(out.tolist(), finite, strict=True)]
