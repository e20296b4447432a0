"""A number's distribution as SVG that stands in the page: classes for colours, no style, text that keeps its size.

Across, everything is in per cent, so that the picture is as wide as its column and letters stay letters;
the curve alone is stretched, in a box of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from resynapse.views import evidence_words as ew
from resynapse.views import words as w
from resynapse.views.html import esc, tag

Array = NDArray[np.float64]
WIDE, TALL = 1000.0, 140.0  # the stretched box of the curve
TOP, AXIS, BELOW = 18.0, 4.0, 22.0
REACH = (-3.5, 2.75)  # SD shown on both sides; a log scale is long to the right
Z90, Z50 = 1.6448536269514722, 0.6744897501960817
POINTS = 181
SAME = 2e-3  # a printed range is rounded
NEAR_END = 6.0  # per cent: text nearer to an end stands inside it
Of = Literal["people", "value"]


@dataclass(frozen=True)
class Spread:
    """A normal on its scale around `value`. of: how people differ, or how well the value is known."""

    of: Of
    scale: str
    value: float
    sd: float
    printed: tuple[float, float] | None = None  # the range of the row, where it is this nine in ten

    def at(self, z: Any) -> Any:
        """The value z SD from the middle."""
        if self.scale == "log":
            return self.value * np.exp(self.sd * np.asarray(z))
        if self.scale == "logit":
            odds = self.value / (1 - self.value) * np.exp(self.sd * np.asarray(z))
            return odds / (1 + odds)
        return self.value + self.sd * np.asarray(z)

    def curve(self, z: Array) -> Array:
        """Density at the values z SD from the middle, its own scale factor left out."""
        x = self.at(z)
        slope = {"log": x, "logit": x * (1 - x)}.get(self.scale, np.ones_like(x))
        return np.asarray(np.exp(-z * z / 2) / slope)

    @property
    def quantiles(self) -> tuple[float, float, float, float, float]:
        """At 5, 25, 50, 75 and 95 of 100."""
        a, b, c, d, e = (float(self.at(z)) for z in (-Z90, -Z50, 0.0, Z50, Z90))
        lo, hi = self.printed or (a, e)
        return lo, b, c, d, hi


def spread(n: ew.Number) -> Spread | None:
    """What is known of the spread of a number; None where there is nothing to draw."""
    of: Of = "people" if n["between_people"] else "value"
    sd = n["between_people"] or n["se"]
    inside = {"log": n["value"] > 0, "logit": 0 < n["value"] < 1, "id": True}.get(n["scale"], False)
    if not sd or not math.isfinite(sd) or not inside:
        return None
    s = Spread(of, n["scale"], n["value"], sd)
    lo, *_, hi = s.quantiles
    pairs = ((lo, n["lo"]), (hi, n["hi"]))
    same = all(p is not None and math.isclose(x, p, rel_tol=SAME) for x, p in pairs)
    return replace(s, printed=(n["lo"], n["hi"])) if same else s


def told(s: Spread) -> list[str]:
    """The quantiles in words, in the decimals they share."""
    places = ew.digits(s.value, s.quantiles)
    return [w.number(x, places) for x in s.quantiles]


def nice(lo: float, hi: float, most: int = 6) -> list[float]:
    """Round ticks inside an axis, at most so many."""
    if not hi > lo:
        return [lo]
    power = 10.0 ** math.floor(math.log10((hi - lo) / most))
    steps = (1, 2, 5, 10, 20) if power < 10 else (1, 2, 2.5, 5, 10, 20)
    step = next(k * power for k in steps if (hi - lo) / (k * power) <= most)
    first = math.ceil(lo / step - 1e-9)
    return [round(k * step, 12) + 0.0 for k in range(first, math.floor(hi / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Across:
    """An axis from left to right in per cent of the width."""

    lo: float
    hi: float

    def at(self, x: float) -> float:
        """Place of a value, per cent; what lies outside stands at the end."""
        return 100 * (min(max(x, self.lo), self.hi) - self.lo) / (self.hi - self.lo)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Ticks with their text, the same decimals for all."""
        values = nice(self.lo, self.hi, most)
        places = max(len(ew.figure(v).partition(".")[2]) for v in values)
        return [(self.at(v), w.number(v, places)) for v in values]


def per(x: float) -> str:
    """A place in per cent."""
    return f"{x:.2f}%"


def anchor(x: float, near: float = NEAR_END) -> str:
    """Which end of a text stands at a place: text at an end stays inside."""
    return "start" if x < near else "end" if x > 100 - near else "middle"


def words_at(text: str, x: float, y: float, kind: str, to: str = "") -> str:
    """Text at a place, per cent across and px down."""
    return tag("text", esc(text), x=per(x), y=f"{y:g}", text_anchor=to or anchor(x), class_=f"t {kind}")


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line, per cent across and px down."""
    return tag("line", "", x1=per(x1), y1=f"{y1:g}", x2=per(x2), y2=f"{y2:g}", class_=kind)


def picture(parts: Iterable[str], height: float, label: str) -> str:
    """Parts as one picture, as wide as its column; the label says the result."""
    inner = "".join(parts)
    return tag("svg", inner, class_="across", width="100%", height=f"{height:g}", role="img", aria_label=label)


# the two pictures of a number


def density(n: ew.Number, s: Spread) -> str:
    """The curve with its middle half and nine in ten."""
    z = np.linspace(*REACH, POINTS) if s.scale == "log" else np.linspace(-REACH[1], REACH[1], POINTS)
    x, y = np.asarray(s.at(z)), s.curve(z)
    across = Across(*_ends(s, float(x[0]), float(x[-1])))
    place = np.array([across.at(v) for v in x]) / 100 * WIDE
    down = TALL - y / y.max() * (TALL - 2)
    colour = ew.token(n["table"])
    shapes = [
        _shape(_area(place, down, np.abs(z) <= Z90), f"f-{colour} b90"),
        _shape(_area(place, down, np.abs(z) <= Z50), f"f-{colour} b50"),
        _shape(_path(place, down), f"s-{colour} curve"),
    ]
    curve = tag("svg", "".join(shapes), x="0", y=f"{TOP:g}", width="100%", height=f"{TALL:g}",
                viewBox=f"0 0 {WIDE:g} {TALL:g}", preserveAspectRatio="none")  # fmt: skip
    heights = np.interp([s.quantiles[0], s.value, s.quantiles[4]], x, down) + TOP
    return picture([curve, *_named(s, across, heights, colour), *_axis(across, TOP + TALL, n["unit"])],
                   TOP + TALL + BELOW, _label(n, s))  # fmt: skip


def _label(n: ew.Number, s: Spread) -> str:
    lo, quarter, middle, three, hi = told(s)
    what = "how people differ" if s.of == "people" else "how well it is known"
    unit = f" {ew.unit_said(n['unit'])}" if n["unit"] else ""
    return f"{ew.title(n)}, {what}: middle {middle}{unit}, half {quarter} to {three}, 9 in 10 {lo} to {hi}"


def _ends(s: Spread, lo: float, hi: float) -> tuple[float, float]:
    """Ends of the axis: from 0 where the curve begins near it, a share within 0 to 1."""
    if s.scale == "log" and lo < 0.3 * hi:
        return 0.0, hi
    return (0.0, 1.0) if s.scale == "logit" and hi - lo > 0.5 else (lo, hi)


def _named(s: Spread, across: Across, heights: Sequence[float] | Array, colour: str) -> list[str]:
    """The line of the value, and the values at it and at both ends of the nine in ten."""
    lo, _, middle, _, hi = told(s)
    left, centre, right = (across.at(v) for v in (s.quantiles[0], s.value, s.quantiles[4]))
    return [
        line(centre, float(heights[1]), centre, TOP + TALL, f"s-{colour} middle"),
        words_at(middle, centre, TOP - 5, f"strong f-{colour}"),
        words_at(lo, max(left - 0.8, 0), float(heights[0]) - 4, f"f-{colour}", "end" if left > 8 else "start"),
        words_at(hi, min(right + 0.8, 100), float(heights[2]) - 4, f"f-{colour}", "start" if right < 92 else "end"),
    ]


def _axis(across: Across, y: float, unit: str) -> list[str]:
    out = [line(0, y, 100, y, "s-edge")]
    ticks = across.ticks()
    for k, (x, text) in enumerate(ticks):
        named = w.unit(text, ew.unit_said(unit)) if k == len(ticks) - 1 else text
        out += [line(x, y, x, y + AXIS, "s-edge"), words_at(named, x, y + 18, "f-ink3")]
    return out


def interval(n: ew.Number) -> str:
    """A range without a distribution: a line with the value on it."""
    lo, hi, value = n["lo"], n["hi"], n["value"]
    start = 0.0 if 0 <= lo < 0.6 * hi else lo - 0.15 * (hi - lo)
    across = Across(start, hi + 0.15 * (hi - lo))
    colour, y = ew.token(n["table"]), 34.0
    places = ew.digits(value, (lo, hi))
    names = [(x, w.number(x, places), kind) for x, kind in ((lo, ""), (value, "strong "), (hi, ""))]
    shown = [(x, text, kind) for x, text, kind in names if kind or x != value]
    parts = [
        line(across.at(lo), y, across.at(hi), y, f"s-{colour} span"),
        tag("circle", "", cx=per(across.at(value)), cy=f"{y:g}", r="5", class_=f"f-{colour}"),
        *(words_at(text, across.at(x), y - 12, f"{kind}f-{colour}") for x, text, kind in shown),
        *_axis(across, y + 20, n["unit"]),
    ]
    label = f"{ew.title(n)}: {ew.in_full(n)}; a range, no distribution"
    return picture(parts, y + 20 + BELOW, label)


def _shape(path: str, kind: str) -> str:
    return tag("path", "", d=path, class_=kind, vector_effect="non-scaling-stroke")


def _path(x: Array, y: Array) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))


def _area(x: Array, y: Array, inside: NDArray[np.bool_]) -> str:
    xs, ys = x[inside], y[inside]
    return f"{_path(xs, ys)}L{xs[-1]:.1f} {TALL:g}L{xs[0]:.1f} {TALL:g}Z"
