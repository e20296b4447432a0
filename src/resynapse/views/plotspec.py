"""One description of a picture, drawn by paper here and by the page elsewhere; plain enough for JSON.

Everything is in the units of its axis; sizes that are not are px. Colours are token names, strokes and
looks are names in `tokens`. Order of drawing: hairlines, verticals, fills, thresholds, lines, blocks, bars,
marks, labels, each list from back to front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resynapse.views import tokens
from resynapse.views.json_out import jsonable

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """A curve; `name` says what it is, for tables and for reading aloud."""

    x: Array
    y: Array
    token: str
    stroke: str = "a"
    name: str = ""


@dataclass(frozen=True)
class Fill:
    """An area between two curves: a band, a strip, a layer of a stack."""

    x: Array
    lo: Array
    hi: Array
    token: str
    look: str
    edge: str = ""  # token of a line on the upper edge
    name: str = ""


@dataclass(frozen=True)
class Tick:
    """A tick. kind: plain (with a hairline), mark (text only), start (bold, in the panel's colour)."""

    at: float
    text: str
    kind: str = "plain"


@dataclass(frozen=True)
class Threshold:
    """A named level. `text` stands at its right end; loaded for the site: another dash; `number`: its entry."""

    at: float
    text: str
    site: bool = False
    number: str = ""


@dataclass(frozen=True)
class Label:
    """Text in a picture.

    place: end (right gutter at `y`), top (upper right corner), left or right (of the panel), point (at x, y),
    inner (the same with a halo), above (the line at `y`, with a halo).
    """

    text: str
    token: str
    y: float = 0.0
    x: float = 0.0
    place: str = "end"
    strong: bool = False
    anchor: str = "middle"
    number: str = ""  # name of the number in the evidence it stands for
    row: int = 0  # lines of text below its place


@dataclass(frozen=True)
class Block:
    """A dose in minutes: length is time, height is rate (0 to 1 of the tallest), so area is dose."""

    start: float
    length: float
    height: float
    text: str


@dataclass(frozen=True)
class Dose:
    """A dose in weeks; `size` from 0 to 1 is its mg/kg within the picture."""

    at: float
    size: float
    name: str


@dataclass(frozen=True)
class Lane:
    """A plan's doses below the weeks. shape: disc (A) or diamond (B)."""

    tag: str
    shape: str
    doses: tuple[Dose, ...]
    text: str
    height: float


@dataclass(frozen=True)
class Mark:
    """One of the marks: people (remission, response, neither, worse), ring or disc."""

    x: float
    y: float
    kind: str
    shape: str
    token: str


@dataclass(frozen=True)
class Bar:
    """A bar from `lo` to `hi` at height `y`; `text` stands inside, or right of it if it does not fit."""

    lo: float
    hi: float
    y: float
    height: float
    token: str
    look: str = "solid"
    edge: str = ""
    text: str = ""
    text_token: str = "panel"


@dataclass(frozen=True)
class Gutter:
    """Beside a strip: name left of it, grade mark, word and species right of it, and its place on the spine."""

    name: str
    sub: str
    token: str
    grade: str
    species: str
    spine: str  # disc or branch


@dataclass(frozen=True)
class Panel:
    """One plot of a picture, `height` px high and `gap` px below the one above."""

    key: str
    height: float
    lo: float
    hi: float
    gap: float = 0.0
    token: str = "ink"
    fills: tuple[Fill, ...] = ()
    lines: tuple[Line, ...] = ()
    ticks: tuple[Tick, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    labels: tuple[Label, ...] = ()
    blocks: tuple[Block, ...] = ()
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bar, ...] = ()
    gutter: Gutter | None = None
    baseline: bool = False
    zero: bool = False  # a strong vertical at x = 0


@dataclass(frozen=True)
class Axis:
    """The time axis all panels share. `verticals` are pale lines through all panels."""

    lo: float
    hi: float
    ticks: tuple[Tick, ...]
    scale: str = "linear"
    verticals: tuple[float, ...] = ()
    drawn: bool = True


@dataclass(frozen=True)
class Table:
    """The numbers of a picture: the first cell of each row names it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PlotSpec:
    """A picture: heading and note (HTML, not drawn), what it says, how it is drawn, and its numbers."""

    key: str
    title: str
    sub: str
    alt: str
    width: float
    left: float
    right: float
    x: Axis
    panels: tuple[Panel, ...]
    table: Table
    lanes: tuple[Lane, ...] = ()
    bar: Block | None = None
    font_px: float = tokens.TICK_PX
    top: float = 6.0

    def to_dict(self) -> dict[str, Any]:
        """The spec as JSON values."""
        out: dict[str, Any] = jsonable(self)
        return out


@dataclass(frozen=True)
class Size:
    """How large a picture is drawn: width and type in px, and a factor for the heights of its panels."""

    width: float
    font_px: float = tokens.TICK_PX
    tall: float = 1.0
    narrow: bool = False


SCREEN = Size(840.0)
PAGE_WIDE = Size(673.0, tokens.PRINT_PX, 0.9)
PAGE_HALF = Size(322.0, tokens.PRINT_PX, 0.86)
PHONE = Size(343.0, tokens.TICK_PX, 1.0, narrow=True)


def spread(at: Sequence[float], apart: float) -> list[float]:
    """Positions moved as little as needed so that neighbours are `apart`; order and count are kept."""
    order = sorted(range(len(at)), key=lambda i: at[i])
    groups: list[tuple[float, list[int]]] = []
    for i in order:
        groups.append((at[i], [i]))
        while len(groups) > 1 and _overlap(groups[-2], groups[-1], apart):
            groups[-2:] = [_merged(groups[-2], groups[-1])]
    out = [0.0] * len(at)
    for centre, members in groups:
        for k, i in enumerate(members):
            out[i] = centre + (k - (len(members) - 1) / 2) * apart
    return out


def _overlap(a: tuple[float, list[int]], b: tuple[float, list[int]], apart: float) -> bool:
    return b[0] - a[0] < apart * (len(a[1]) + len(b[1])) / 2


def _merged(a: tuple[float, list[int]], b: tuple[float, list[int]]) -> tuple[float, list[int]]:
    n, m = len(a[1]), len(b[1])
    return (a[0] * n + b[0] * m) / (n + m), a[1] + b[1]
