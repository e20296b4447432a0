"""A spec on paper: matplotlib's objects without its global state, and an SVG that can stand in a page.

One axes per panel holds the data; one axes over the whole figure, in px from the upper left corner, holds
what stands beside it: names, labels, marks, lanes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from resynapse.views import tokens
from resynapse.views.paper_marks import (
    diamond,
    disc,
    grade_mark,
    hatch,
    person_mark,
    rectangle,
    segment,
)
from resynapse.views.plotspec import Bar, Block, Fill, Label, Lane, Line, Panel, PlotSpec, spread
from resynapse.views.svg import to_svg
from resynapse.views.words import clean

__all__ = ["panels_of", "to_matplotlib", "to_svg"]

FONT = "DejaVu Sans"  # measures text the same on every machine; the SVG asks for the page's own face
C = tokens.LIGHT


def pt(px: float) -> float:
    """px to points."""
    return px * tokens.PT_PER_PX


@dataclass
class Paper:
    """A figure under way: its spec, the axes over everything, and where each panel lies."""

    fig: Figure
    spec: PlotSpec
    over: Axes
    tops: dict[str, float]
    floor: float  # y of the time axis, px

    @property
    def k(self) -> float:
        """Type and lines shrink together."""
        return self.spec.font_px / tokens.TICK_PX

    @property
    def plot_right(self) -> float:
        return self.spec.width - self.spec.right

    def x_px(self, x: float) -> float:
        axis = self.spec.x
        lo, hi, at = (np.log(v) if axis.scale == "log" else v for v in (axis.lo, axis.hi, x))
        return float(self.spec.left + (at - lo) / (hi - lo) * (self.plot_right - self.spec.left))

    def y_px(self, panel: Panel, y: float) -> float:
        return self.tops[panel.key] + (panel.hi - y) / (panel.hi - panel.lo) * panel.height

    def text(
        self, x: float, y: float, text: str, token: str, *, strong: bool = False, anchor: str = "start",
        halo: bool = False, across: str = "center_baseline",
    ) -> Text:  # fmt: skip
        """Text at px; `halo` is put on when the SVG is written, so that text stays text."""
        side = {"start": "left", "middle": "center", "end": "right"}[anchor]
        return self.over.text(
            x, y, clean(text), color=_colour(token), fontsize=pt(self.spec.font_px), family=FONT, ha=side, va=across,
            weight="bold" if strong else "normal", gid="halo" if halo else None, zorder=9, parse_math=False,
        )  # fmt: skip


def _colour(token: str) -> str:
    return tokens.ON_HOPE if token == "on-hope" else C[token]


def to_matplotlib(spec: PlotSpec) -> Figure:
    """The picture as a matplotlib figure, sized in inches at 96 px each."""
    tops, floor = _layout(spec)
    height = _total_height(spec, floor)
    fig = Figure(figsize=(spec.width / tokens.PX_PER_INCH, height / tokens.PX_PER_INCH), dpi=tokens.PX_PER_INCH)
    fig.patch.set_alpha(0.0)
    over = fig.add_axes((0, 0, 1, 1), zorder=5)
    over.set(xlim=(0, spec.width), ylim=(height, 0))
    over.axis("off")
    paper = Paper(fig, spec, over, tops, floor)
    for panel in spec.panels:
        _panel(paper, panel, height)
    _frame(paper)
    return fig


def _layout(spec: PlotSpec) -> tuple[dict[str, float], float]:
    tops, y = {}, spec.top
    for i, panel in enumerate(spec.panels):
        y += panel.gap if i else 0.0
        tops[panel.key] = y
        y += panel.height
    return tops, y


def _total_height(spec: PlotSpec, floor: float) -> float:
    axis = (tokens.TICK_LEN_PX + spec.font_px * 1.6) if spec.x.drawn else 4.0
    return floor + axis + sum(lane.height for lane in spec.lanes)


def _frame(paper: Paper) -> None:
    """What belongs to the picture as a whole: infusion bar, spine, time axis, lanes."""
    if paper.spec.bar:
        _infusion(paper, paper.spec.bar)
    _spine(paper)
    if paper.spec.x.drawn:
        _time_axis(paper)
    y = paper.floor + tokens.TICK_LEN_PX + paper.spec.font_px * 1.6
    for lane in paper.spec.lanes:
        _lane(paper, lane, y)
        y += lane.height


# panels


def _panel(paper: Paper, panel: Panel, height: float) -> None:
    spec = paper.spec
    box = (spec.left, height - paper.tops[panel.key] - panel.height, paper.plot_right - spec.left, panel.height)
    sizes = (spec.width, height, spec.width, height)
    ax = paper.fig.add_axes(tuple(b / s for b, s in zip(box, sizes, strict=True)), label=panel.key)  # type: ignore[arg-type]
    ax.set_xscale(spec.x.scale)
    ax.set(xlim=(spec.x.lo, spec.x.hi), ylim=(panel.lo, panel.hi))
    ax.axis("off")
    _ground(paper, panel)
    for fill in panel.fills:
        _fill(paper, ax, panel, fill)
    for threshold in panel.thresholds:
        _threshold(paper, panel, threshold.at, threshold.site)
    for line in panel.lines:
        _line(paper, ax, line)
    _things(paper, panel)
    _labels(paper, panel)


def _ground(paper: Paper, panel: Panel) -> None:
    """Hairlines at the ticks, tick text, verticals, baseline."""
    left, right = paper.spec.left, paper.plot_right
    top = paper.tops[panel.key]
    for x in paper.spec.x.verticals:
        segment(paper.over, (paper.x_px(x),) * 2, (top - panel.gap, top + panel.height), C["rule"], pt(1), zorder=0)
    for tick in panel.ticks:
        y = paper.y_px(panel, tick.at)
        if tick.kind == "plain":
            segment(paper.over, (left, right), (y, y), C["rule"], pt(1), zorder=0)
        _tick_text(paper, panel, tick.kind, tick.text, y)
    if panel.baseline:
        y = paper.y_px(panel, max(panel.lo, 0.0))
        segment(paper.over, (left, right), (y, y), C["edge"], pt(0.75), zorder=1)
    if panel.zero:
        segment(paper.over, (paper.x_px(0),) * 2, (top, top + panel.height), C["ink"], pt(1.5), zorder=1)


def _tick_text(paper: Paper, panel: Panel, kind: str, text: str, y: float) -> None:
    start = kind == "start"
    token = panel.token if start else "ink3"
    paper.text(paper.spec.left - tokens.OFF_PX, y, text, token, strong=start, anchor="end")


def _threshold(paper: Paper, panel: Panel, at: float, site: bool) -> None:
    stroke = tokens.STROKES["site" if site else "threshold"]
    y = paper.y_px(panel, at)
    token = "ink" if site else "ink3"
    segment(paper.over, (paper.spec.left, paper.plot_right), (y, y), C[token], pt(stroke.width), stroke.dash, zorder=2)


def _fill(paper: Paper, ax: Axes, panel: Panel, fill: Fill) -> None:
    look, colour = tokens.LOOKS[fill.look], C[fill.token]
    ok = np.isfinite(fill.lo) & np.isfinite(fill.hi)
    if look.pattern == "full":
        # No interpolation: what is drawn is what was computed, with gaps where nothing was.
        ax.fill_between(fill.x, fill.lo, fill.hi, where=ok.tolist(), color=colour, alpha=look.light, lw=0, zorder=2)
    elif look.pattern != "none" and ok.any():
        xs = np.array([paper.x_px(v) for v in fill.x[ok]])
        lo, hi = (np.array([paper.y_px(panel, v) for v in side[ok]]) for side in (fill.lo, fill.hi))
        hatch(paper.over, xs, lo, hi, look.pattern, colour, look.light)


def _line(paper: Paper, ax: Axes, line: Line) -> None:
    s = tokens.STROKES[line.stroke]
    width = pt(s.width * paper.k)
    dash: object = (0, tuple(d / s.width for d in s.dash)) if s.dash else "-"
    if s.cased:
        case = pt((s.width + tokens.CASE_PX) * paper.k)
        ax.plot(line.x, line.y, color=C["panel"], lw=case, solid_capstyle="butt", zorder=4)
    ax.plot(line.x, line.y, color=C[line.token], lw=width, ls=dash, alpha=s.opacity, zorder=4,
            solid_capstyle="round", dash_capstyle="butt")  # fmt: skip


def _things(paper: Paper, panel: Panel) -> None:
    for block in panel.blocks:
        _block(paper, panel, block)
    for bar in panel.bars:
        _bar(paper, panel, bar)
    for mark in panel.marks:
        size = panel.height if mark.shape == "ring" else 11.0 * paper.k
        person_mark(paper.over, paper.x_px(mark.x), paper.y_px(panel, mark.y), min(size, 11.0), mark, C)


def _block(paper: Paper, panel: Panel, block: Block) -> None:
    """A dose under the zero line; a bolus is a narrow block, so that it is still seen."""
    x0, x1 = paper.x_px(block.start), paper.x_px(block.start + block.length)
    low, high = (h * paper.k for h in tokens.BLOCK_PX)
    height = low + (high - low) * block.height
    y = paper.y_px(panel, 0.0)
    wide = max(x1 - x0, 4.0)
    rectangle(paper.over, x0, y, wide, height, C["ink"])
    inside = wide > len(block.text) * paper.spec.font_px * tokens.CHARACTER and height >= paper.spec.font_px
    token, x, anchor = ("panel", x0 + wide / 2, "middle") if inside else ("ink", x0 + wide + 6, "start")
    if block.text:
        paper.text(x, y + height / 2, block.text, token, strong=inside, anchor=anchor)


def _bar(paper: Paper, panel: Panel, bar: Bar) -> None:
    x0, x1, y = paper.x_px(bar.lo), paper.x_px(bar.hi), paper.y_px(panel, bar.y)
    look = tokens.LOOKS[bar.look]
    edge = C[bar.edge] if bar.edge else "none"
    rectangle(paper.over, x0, y - bar.height / 2, x1 - x0, bar.height, C[bar.token], look.light, edge)
    if not bar.text:
        return
    inside = x1 - x0 >= min(tokens.INSIDE_PX, len(bar.text) * tokens.CHARACTER * paper.spec.font_px + 4)
    if inside:
        paper.text((x0 + x1) / 2, y, bar.text, bar.text_token, strong=True, anchor="middle")
    elif not any(b.y == bar.y and b.lo >= bar.hi and b is not bar for b in panel.bars):
        paper.text(x1 + 5, y, bar.text, "ink2")  # only the last of a row has room beside it


# labels


def _labels(paper: Paper, panel: Panel) -> None:
    ends = [label for label in panel.labels if label.place == "end"]
    at = spread([paper.y_px(panel, label.y) for label in ends], tokens.APART_PX * paper.k)
    for label, y in zip(ends, at, strict=True):
        paper.text(paper.plot_right + 5, y, label.text, label.token, strong=label.strong)
    for label in panel.labels:
        if label.place != "end":
            _inner_label(paper, panel, label)
    if panel.gutter:
        _gutter(paper, panel)


def _inner_label(paper: Paper, panel: Panel, label: Label) -> None:
    x, y, anchor = _inner_place(paper, panel, label)
    halo = label.place != "point"
    paper.text(x, y, label.text, label.token, strong=label.strong, anchor=anchor, halo=halo)


def _inner_place(paper: Paper, panel: Panel, label: Label) -> tuple[float, float, str]:
    """Where a label inside the plot stands: a corner, a side, or its own point."""
    top, font = paper.tops[panel.key], paper.spec.font_px
    left, right = paper.spec.left + 5, paper.plot_right - 2
    if label.place in ("top", "left", "right"):
        middle = top + panel.height / 2
        return {
            "top": (right, top + font * 0.5, "end"),
            "left": (left, min(middle, top + font * 0.9), "start"),
            "right": (right, middle, "end"),
        }[label.place]
    y = paper.y_px(panel, label.y) - (font * 0.6 if label.place == "above" else 0.0)
    x = paper.x_px(label.x) - (2.0 if label.anchor == "end" else 0.0)
    return x, y, label.anchor


def _gutter(paper: Paper, panel: Panel) -> None:
    """Name left of a strip; grade mark, word and species right of it, or under the name where it is narrow."""
    g = panel.gutter
    assert g is not None
    y = paper.tops[panel.key] + panel.height / 2
    narrow = paper.spec.right < 20
    name_y = y - paper.spec.font_px * 0.55 if narrow else y
    paper.text(24 * paper.k, name_y, g.name, g.token, strong=True)
    x, mark_y = (30 * paper.k, y + paper.spec.font_px * 0.65) if narrow else (paper.plot_right + 12 * paper.k, y)
    grade_mark(paper.over, x, mark_y, 9 * paper.k, g.grade, C["ink"])
    word = g.grade if narrow else f"{g.grade}, {g.species.replace(' and ', ', ')}"
    paper.text(x + 9 * paper.k, mark_y, word, "ink2" if narrow else "ink")


# around the panels


def _infusion(paper: Paper, bar: Block) -> None:
    x0 = paper.x_px(paper.spec.x.lo)
    x1 = paper.x_px(max(bar.length, bar.start * 1.25))
    top = paper.spec.top - 20 * paper.k  # it stands in the 20 px above the first strip
    rectangle(paper.over, x0, top + 3 * paper.k, x1 - x0, 6 * paper.k, C["ink"])
    paper.text(x1 + 8, top + 6 * paper.k, bar.text, "ink")


def _spine(paper: Paper) -> None:
    steps = [p for p in paper.spec.panels if p.gutter and p.gutter.spine == "disc"]
    if not steps:
        return
    x = 8 * paper.k
    ys = [paper.tops[p.key] + p.height / 2 for p in steps]
    segment(paper.over, (x, x), (ys[0], ys[-1]), C["ink"], pt(1.5))
    for y in ys:
        disc(paper.over, x, y, 8.5 * paper.k, C["ink"])


def _time_axis(paper: Paper) -> None:
    y = paper.floor
    segment(paper.over, (paper.spec.left, paper.plot_right), (y, y), C["edge"], pt(1), zorder=6)
    for tick in paper.spec.x.ticks:
        x = paper.x_px(tick.at)
        segment(paper.over, (x, x), (y, y + tokens.TICK_LEN_PX), C["edge"], pt(1), zorder=6)
        at, anchor = _kept_inside(paper, x, tick.text)
        paper.text(at, y + tokens.TICK_LEN_PX + paper.spec.font_px * 0.85, tick.text, "ink3", anchor=anchor)


def _kept_inside(paper: Paper, x: float, text: str) -> tuple[float, str]:
    """The last tick's word ends at the picture's edge rather than beyond it."""
    half = len(text) * paper.spec.font_px * tokens.CHARACTER / 2
    return (paper.spec.width - 1, "end") if x + half > paper.spec.width else (x, "middle")


def _lane(paper: Paper, lane: Lane, top: float) -> None:
    y = top + lane.height / 2
    paper.text(paper.spec.left - tokens.OFF_PX, y, lane.tag, "ink", strong=lane.tag == "A", anchor="end")
    for dose in lane.doses:
        x = paper.x_px(dose.at)
        draw = disc if lane.shape == "disc" else diamond
        draw(paper.over, x, y, tokens.DISC_PX * 0.66 * paper.k, C["ink"])
    paper.text(paper.plot_right + 5, y, lane.text, "ink2")


def panels_of(fig: Figure) -> Iterator[Axes]:
    """The data axes of a figure, for those who want to draw on."""
    return (ax for ax in fig.axes if ax.get_label())
