"""Geometry of the pictures in Evidence: a number's distribution, claims on their axes, the chain as a graph."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resynapse.views import words as w

Array = NDArray[np.float64]
WIDTH, HEIGHT, BELOW = 640.0, 150.0, 24.0
REACH = 3.2  # SD shown on both sides
Z95, Z50 = 1.959963984540054, 0.6744897501960817
TABLES = {
    "kinetics": "Kinetics", "absorption": "Absorption", "receptor": "Receptor", "glutamate": "Glutamate",
    "plasticity": "Plasticity", "symptoms": "Symptoms", "expectancy": "Hope and time", "dissociation": "Dissociation",
    "circulation": "Circulation", "sedation": "Sedation", "rating": "Rating", "population": "People",
    "session": "Session rules",
}  # fmt: skip
TOKENS = {
    "kinetics": "level", "absorption": "level", "dissociation": "diss", "sedation": "diss", "circulation": "press",
    "session": "press", "symptoms": "symp", "rating": "symp", "expectancy": "hopetxt",
}  # fmt: skip
GRADES = {
    "read": "the figure itself was read in the source",
    "derived": "computed from other figures by the rule given, or fitted",
    "unverified": "quoted or remembered, not read in the source",
    "assumed": "chosen, with the reason given; or fitted, where the data hardly narrow it",
}


def figure(x: float) -> str:
    """A value as it is read: up to four significant digits, no exponent where it can be helped."""
    if x != 0 and not 1e-4 <= abs(x) < 1e6:
        return f"{x:.3g}".replace("-", w.MINUS)
    text = f"{x:.4g}" if abs(x) < 1e4 else f"{x:,.0f}"
    return text.replace("-", w.MINUS)


def valued(n: dict[str, Any]) -> str:
    """Value and unit."""
    return w.unit(figure(n["value"]), n["unit"]) if n["unit"] else figure(n["value"])


def ranged(n: dict[str, Any]) -> str:
    """The printed interval, if there is one."""
    return "" if n["lo"] is None or n["hi"] is None else f"({figure(n['lo'])} to {figure(n['hi'])})"


# a number's distribution


@dataclass(frozen=True)
class Density:
    """A curve as SVG paths in a box of WIDTH x HEIGHT: whole, its middle half, marks and ticks."""

    title: str
    path: str
    half: str
    inner: str
    value_x: float
    ticks: tuple[tuple[float, str], ...]
    words: str
    token: str


def density(n: dict[str, Any], sd: float, title: str) -> Density | None:
    """The curve of a number with an SD on its scale; None where there is none to draw."""
    value = n["value"]
    if sd <= 0 or not math.isfinite(sd) or (n["scale"] == "log" and value <= 0):
        return None
    to, back = _scale(n["scale"])
    z = np.linspace(-REACH, REACH, 161)
    if n["scale"] == "logit" and not 0 < value < 1:
        to, back = (lambda v: v), (lambda v: v)
    x = np.array([back(to(value) + sd * k) for k in z])
    slope = np.gradient(x, z)
    y = np.exp(-z * z / 2) / np.abs(slope)
    lo, hi = float(x.min()), float(x.max())
    place = (x - lo) / (hi - lo) * WIDTH
    top = HEIGHT - 10 - y / y.max() * (HEIGHT - 20)
    ends = [back(to(value) + sd * k) for k in (-Z95, Z95)]
    middle = [back(to(value) + sd * k) for k in (-Z50, Z50)]
    ticks = tuple(((t - lo) / (hi - lo) * WIDTH, figure(t)) for t in _round_ticks(lo, hi))
    three = [f"{v:.3g}".replace("-", w.MINUS) for v in (*ends, *middle)]
    words = f"95 of 100: {three[0]} to {three[1]}; half: {three[2]} to {three[3]}"
    return Density(
        title, _path(place, top), _area(place, top, np.abs(z) <= Z50), _area(place, top, np.abs(z) <= Z95),
        float((value - lo) / (hi - lo) * WIDTH), ticks, words, TOKENS.get(n["table"], "ink2"),
    )  # fmt: skip


def _scale(name: str) -> tuple[Any, Any]:
    if name == "log":
        return math.log, math.exp
    if name == "logit":
        return (lambda v: math.log(v / (1 - v))), (lambda v: 1 / (1 + math.exp(-v)))
    return (lambda v: v), (lambda v: v)


def _round_ticks(lo: float, hi: float) -> list[float]:
    step = 10 ** math.floor(math.log10((hi - lo) / 3))
    step = next(m * step for m in (1, 2, 5, 10) if (hi - lo) / (m * step) <= 6)
    first = math.ceil(lo / step) * step
    return [round(first + k * step, 12) for k in range(int((hi - first) / step + 1e-9) + 1)]


def _path(x: Array, y: Array) -> str:
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))


def _area(x: Array, y: Array, inside: NDArray[np.bool_]) -> str:
    base = HEIGHT - 10
    xs, ys = x[inside], y[inside]
    return f"{_path(xs, ys)}L{xs[-1]:.1f} {base:.1f}L{xs[0]:.1f} {base:.1f}Z"


# an equation, its numbers as doors


def doors(node: dict[str, Any]) -> list[tuple[str, str]]:
    """The source of an equation in pieces: text, and the number it names or nothing."""
    inner: dict[str, str] = {name: name for name in node["numbers"]} | node["inner"]
    inner = {inside: name for inside, name in inner.items() if name in node["numbers"]}
    if not inner:
        return [(node["equation"], "")]
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, sorted(inner, key=len, reverse=True))) + r")\b")
    return [(part, inner.get(part, "")) for part in pattern.split(node["equation"]) if part]


# claims


@dataclass(frozen=True)
class Mark:
    """One line of a claim on its axis: where it stands, in per cent of the width."""

    words: str
    text: str
    value: float
    lo: float
    hi: float
    trial: bool
    key: str
    grade: str


@dataclass(frozen=True)
class Axis:
    """Lines of one unit, with ticks: (per cent, text)."""

    unit: str
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]


def axes(rows: Iterable[tuple[str, Any, str, str]]) -> tuple[Axis, ...]:
    """Rows (from `views.claims`: Row, with source key and grade) gathered by unit, each unit on an axis of its own."""
    by: dict[str, list[tuple[Any, str, str]]] = {}
    for _, row, key, grade in rows:
        by.setdefault(row.axis, []).append((row, key, grade))
    return tuple(_axis(unit, group) for unit, group in by.items())


def _axis(unit: str, group: Sequence[tuple[Any, str, str]]) -> Axis:
    ends = [v for row, _, _ in group for v in (row.lo, row.hi, row.value) if v is not None and math.isfinite(v)]
    lo, hi = (min(0.0, *ends), max(0.0, *ends)) if ends else (0.0, 1.0)
    if unit in ("of 100", "trials of 100"):
        lo, hi = 0.0, 100.0
    hi = max(hi, lo + 1.0)

    def at(v: float | None) -> float:
        return 100 * (min(max(v, lo), hi) - lo) / (hi - lo) if v is not None and math.isfinite(v) else 100.0

    marks = tuple(
        Mark(r.label, r.text, at(r.value), at(r.lo if r.lo is not None else r.value),
             at(r.hi if r.hi is not None else r.value), r.trial, key, grade)
        for r, key, grade in group
    )  # fmt: skip
    ticks = tuple((at(t), figure(t)) for t in _round_ticks(lo, hi))
    return Axis(unit, marks, ticks)


# the chain as a graph

BOX_W, BOX_H, GAP_X, GAP_Y = 196.0, 58.0, 24.0, 34.0


@dataclass(frozen=True)
class Box:
    """One link: its corner, and where the lines that reach it come from."""

    name: str
    x: float
    y: float
    link: dict[str, Any]


@dataclass(frozen=True)
class Graph:
    """Boxes and edges (from, to, path) in a picture of `width` x `height`."""

    boxes: tuple[Box, ...]
    edges: tuple[tuple[str, str, str], ...]
    width: float
    height: float


def graph(links: Sequence[dict[str, Any]]) -> Graph:
    """Links in rows by how far they are from the dose; each below what it reads."""
    depth = _depths(links)
    rows: dict[int, list[dict[str, Any]]] = {}
    for link in links:
        rows.setdefault(depth[link["name"]], []).append(link)
    widest = max(map(len, rows.values()))
    width = widest * BOX_W + (widest - 1) * GAP_X
    boxes: dict[str, Box] = {}
    for row, those in sorted(rows.items()):
        ordered = sorted(those, key=lambda link: _mean([boxes[r].x for r in link["reads"] if r in boxes]))
        free = (width - len(ordered) * BOX_W - (len(ordered) - 1) * GAP_X) / 2
        for k, link in enumerate(ordered):
            boxes[link["name"]] = Box(link["name"], free + k * (BOX_W + GAP_X), row * (BOX_H + GAP_Y), link)
    edges = tuple((r, link["name"], _edge(boxes[r], boxes[link["name"]])) for link in links for r in link["reads"])
    return Graph(tuple(boxes.values()), edges, width, len(rows) * (BOX_H + GAP_Y) - GAP_Y)


def _depths(links: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Rows: below all it reads; a link that reads nothing stands just above the first that reads it."""
    depth: dict[str, int] = {}
    for link in links:
        depth[link["name"]] = 1 + max((depth[r] for r in link["reads"] if r in depth), default=-1)
    for link in links:
        readers = [depth[other["name"]] for other in links if link["name"] in other["reads"]]
        if not link["reads"] and readers:
            depth[link["name"]] = min(readers) - 1
    return depth


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 1e9


def _edge(a: Box, b: Box) -> str:
    x1, y1, x2, y2 = a.x + BOX_W / 2, a.y + BOX_H, b.x + BOX_W / 2, b.y
    mid = (y1 + y2) / 2
    return f"M{x1:.1f} {y1:.1f}C{x1:.1f} {mid:.1f} {x2:.1f} {mid:.1f} {x2:.1f} {y2 - 5:.1f}"
