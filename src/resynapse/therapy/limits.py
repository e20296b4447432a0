"""What is refused, and what is warned about. Every limit of a plan stands here, once.

The limits are those of the plan language: wide enough for any published course, so that what they
stop is a slip (mg for ug, h for min). The warning is where the model's data end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from resynapse.errors import Refused
from resynapse.units import plain

HCL_TO_BASE = 0.867  # ketamine hydrochloride to free base, by mass (evidence/pk.md)
DEVICE_MG = 28.0  # one nasal esketamine device, free base
DEFAULT_GAP_H = 5 / 60  # between devices, if unsaid
DEFAULT_WEIGHT_KG = 70.0  # where a line is echoed for nobody in particular

WEIGHT_KG = (20.0, 300.0)
MOST_MG_PER_KG = 10.0  # in one dose
MOST_MG = 3000.0  # in one infusion; the only one of the two for an infusion above 24 h
INFUSION_H = (1 / 60, 24.0)
LONG_H = 120.0  # with the word long
DOSES_A_WEEK = 60
WARN_MG_PER_KG, WARN_WINDOW_H = 1.5, 2.0  # above: outside the fitted data
COMPOUNDED = (
    "The US FDA warned on 10 October 2023: approved for no psychiatric use; known risks are misuse, psychiatric "
    "events, raised pressure, slowed breathing and bladder symptoms. Breathing is not modelled here."
)
LABEL_NASAL_MG = 84.0  # the largest labelled esketamine dose of one session

# Not clinical: what a line of text may ask of the machine, and the smallest unit that the language writes.
LEAST_MG = 0.001  # 1 ug, or 1 ug/kg
MOST_DOSES = 10_000
MOST_WEEKS = 520

_EPS = 1e-9  # limits hold up to rounding: 40 min at 0.75 mg/kg/h is 0.5 mg/kg


class Given(Protocol):
    """What the limits need to know of a dose that was given."""

    @property
    def time_h(self) -> float: ...
    @property
    def mg_base(self) -> float: ...
    @property
    def duration_h(self) -> float: ...


@dataclass(frozen=True)
class Caution:
    """A warning: the course is computed, and this stands beside the answer."""

    cause: str
    rule: str = ""

    def __str__(self) -> str:
        return f"caution: {self.cause}" + (f". {self.rule}" if self.rule else "")


def above(value: float, limit: float) -> bool:
    """More than the limit, beyond rounding."""
    return value > limit * (1 + _EPS)


def weight(kg: float) -> float:
    """A body weight in kg, inside 20 to 300."""
    low, high = WEIGHT_KG
    if not low <= kg <= high:
        side = "below 20" if kg < low else "above 300" if kg > high else "not a weight from 20 to 300"
        raise Refused(
            f"{plain(kg)} kg is {side} kg",
            "A weight is 20 to 300 kg.",
            ("70 kg",),
        )
    return kg


def amount(value: float, unit: str, long: bool = False) -> None:
    """A dose as written, base: above 0, at least 1 ug, at most 10 mg/kg or 3000 mg.

    A long infusion in mg/kg is held against 3000 mg, here at the lowest weight there is.
    """
    per_kg = MOST_MG / WEIGHT_KG[0] if long else MOST_MG_PER_KG
    most = per_kg if unit == "mg/kg" else MOST_MG
    passes = ("0.5 mg/kg",) if unit == "mg/kg" else ("35 mg",)
    if not value > 0:
        raise Refused(f"a dose of {plain(value)} {unit}", "A dose is above 0.", passes)
    if value < LEAST_MG * (1 - _EPS):
        raise Refused(
            f"{plain(float(f'{value:.6g}'))} {unit} is below 1 ug",
            "A dose is at least 1 ug, the smallest unit that plans are written in.",
            passes,
        )
    if above(value, most):
        raise Refused(
            f"{plain(float(f'{value:.6g}'))} {unit} is above {plain(most)} {unit}",
            "One dose is at most 10 mg/kg, one infusion at most 3000 mg.",
            passes,
        )


def infusion(hours: float, long: bool = True) -> None:
    """How long an infusion lasts: 1 min to 24 h, to 120 h with the word long."""
    rule = "An infusion lasts 1 min to 24 h (above 24 h with the word long, up to 120 h)."
    if hours < INFUSION_H[0] * (1 - _EPS):
        raise Refused(f"{plain(round(hours * 3600, 6))} s is below 1 min", rule, ("40 min",))
    if above(hours, LONG_H):
        raise Refused(f"{plain(round(hours, 6))} h is above 120 h", rule, ("40 min", "120 h long"))
    if above(hours, INFUSION_H[1]) and not long:
        n = plain(round(hours, 6))
        minutes = (f"{n} min",) if hours <= 120 else ()
        raise Refused(f"{n} h is above 24 h", rule, (*minutes, f"{n} h long"))


def interval(hours: float, name: str = "an interval") -> None:
    """Time between doses or devices: 1 min (as the shortest infusion) to the longest course."""
    low, high = INFUSION_H[0], MOST_WEEKS * 168.0
    if not low * (1 - _EPS) <= hours <= high:
        side = "below 1 min" if hours < low else f"above {MOST_WEEKS} weeks"
        raise Refused(f"{name} {side}", f"At least 1 min, at most {MOST_WEEKS} weeks.", ("5 min",))


def often(times_h: Sequence[float]) -> None:
    """At most 60 doses in any seven days; times in ascending order, hours."""
    for first, last in zip(times_h, times_h[DOSES_A_WEEK:], strict=False):
        if last - first < 168.0 * (1 - _EPS):
            raise Refused(
                f"more than {DOSES_A_WEEK} doses in a week",
                f"At most {DOSES_A_WEEK} doses a week.",
                ("0.5 mg/kg over 40 min, mon wed fri, 2 weeks",),
            )


def for_person(mg: float, kg: float, duration_h: float) -> None:
    """A dose held against the limits at this weight. mg: base, all devices of the dose."""
    long = above(duration_h, INFUSION_H[1])
    # A four-day infusion is above 10 mg/kg by design: it is held against 3000 mg alone.
    if not long and above(mg / kg, MOST_MG_PER_KG):
        raise Refused(
            f"{plain(round(mg, 3))} mg is {plain(round(mg / kg, 2))} mg/kg at {plain(kg)} kg",
            "One dose is at most 10 mg/kg.",
            (f"{plain(float(round(kg / 2)))} mg",),
        )
    if above(mg, MOST_MG):
        raise Refused(
            f"{plain(round(mg, 3))} mg at {plain(kg)} kg is above 3000 mg",
            "One infusion is at most 3000 mg.",
            ("0.5 mg/kg",),
        )


def most_within(doses: Sequence[Given], window_h: float) -> float:
    """Most drug, mg base, that enters within any `window_h` hours, both ends counted."""
    edges = sorted({t for d in doses for t in (d.time_h, d.time_h + d.duration_h)})
    starts = [*edges, *(e - window_h for e in edges)]
    return max((_between(doses, s, s + window_h) for s in starts), default=0.0)


def _between(doses: Sequence[Given], start: float, end: float) -> float:
    total = 0.0
    for d in doses:
        if d.duration_h > 0:
            inside = min(end, d.time_h + d.duration_h) - max(start, d.time_h)
            total += d.mg_base * max(0.0, inside) / d.duration_h
        elif start - _EPS <= d.time_h <= end + _EPS:
            total += d.mg_base
    return total
