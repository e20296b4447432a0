"""Small shapes on paper, in px: discs, diamonds, people, grades, hatches."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle, Wedge
from matplotlib.path import Path
from numpy.typing import NDArray

from resynapse.views import tokens
from resynapse.views.plotspec import Mark

Array = NDArray[np.float64]
RING = 1.1  # pt
CROSS = 1.4  # pt


def segment(
    ax: Axes, xs: tuple[float, float], ys: tuple[float, float], colour: str, width: float,
    dash: tuple[float, ...] = (), zorder: float = 3,
) -> None:  # fmt: skip
    """A straight line; `dash` in px."""
    style: Any = (0, tuple(d * tokens.PT_PER_PX / width for d in dash)) if dash else "-"
    ax.add_line(Line2D(xs, ys, color=colour, lw=width, ls=style, zorder=zorder, solid_capstyle="butt"))


def rectangle(
    ax: Axes, x: float, y: float, w: float, h: float, colour: str, alpha: float = 1.0, edge: str = "none"
) -> None:
    """A filled box; an edge of 1 px where one is asked for."""
    ax.add_patch(Rectangle((x, y), w, h, fc=colour, alpha=None if edge != "none" else alpha, ec=edge,
                           lw=0.75 if edge != "none" else 0, zorder=7))  # fmt: skip


def disc(ax: Axes, x: float, y: float, size: float, colour: str) -> None:
    """A full disc of `size` px."""
    ax.add_patch(Circle((x, y), size / 2, fc=colour, ec="none", zorder=7))


def ring(ax: Axes, x: float, y: float, size: float, colour: str, dash: Any = "-") -> None:
    """A hollow disc."""
    ax.add_patch(Circle((x, y), size / 2, fc="none", ec=colour, lw=RING, ls=dash, zorder=7))


def _half(ax: Axes, x: float, y: float, size: float, colour: str) -> None:
    ring(ax, x, y, size, colour)
    ax.add_patch(Wedge((x, y), size / 2, -90, 90, fc=colour, ec="none", zorder=7))


def diamond(ax: Axes, x: float, y: float, size: float, colour: str, full: bool = False) -> None:
    """A diamond, hollow unless `full`."""
    ax.add_patch(Polygon(_corners(x, y, size), fc=colour if full else "none", ec=colour, lw=RING, zorder=7))


def _corners(x: float, y: float, size: float) -> list[tuple[float, float]]:
    h = size / 2
    return [(x, y - h), (x + h, y), (x, y + h), (x - h, y)]


def grade_mark(ax: Axes, x: float, y: float, size: float, grade: str, colour: str) -> None:
    """Full, half, ring, dashed ring: how sure."""
    if grade in ("established", "read"):
        disc(ax, x, y, size, colour)
    elif grade in ("contested", "derived"):
        _half(ax, x, y, size - 1, colour)
    else:
        ring(ax, x, y, size - 1, colour, (0, (1.6, 1.2)) if grade == "unverified" else "-")


def person_mark(ax: Axes, x: float, y: float, size: float, mark: Mark, colours: dict[str, str]) -> None:
    """Remission full, response half, neither hollow, worse a cross; discs for A, diamonds for B."""
    colour = colours[mark.token]
    if mark.kind == "worse":
        _cross(ax, x, y, size * 0.7, colours["ink"])
    elif mark.shape == "diamond":
        _person_diamond(ax, x, y, size, mark.kind, colour, colours["edge"])
    elif mark.kind == "remission":
        disc(ax, x, y, size, colour)
    elif mark.kind == "response":
        _half(ax, x, y, size - 1, colour)
    else:
        ring(ax, x, y, size - 1, colours["edge"] if mark.kind == "neither" else colour)


def _person_diamond(ax: Axes, x: float, y: float, size: float, kind: str, colour: str, edge: str) -> None:
    diamond(ax, x, y, size, edge if kind == "neither" else colour, full=kind == "remission")
    if kind == "response":
        top, right, bottom, _ = _corners(x, y, size)
        ax.add_patch(Polygon([top, right, bottom], fc=colour, ec="none", zorder=7))


def _cross(ax: Axes, x: float, y: float, size: float, colour: str) -> None:
    h = size / 2
    path = Path([(x - h, y - h), (x + h, y + h), (x - h, y + h), (x + h, y - h)], [1, 2, 1, 2])
    ax.add_patch(PathPatch(path, fc="none", ec=colour, lw=CROSS, zorder=7))


def hatch(ax: Axes, xs: Array, lo: Array, hi: Array, pattern: str, colour: str, alpha: float) -> None:
    """Lines at 45° or dots, clipped to the area between two curves: one path, in px."""
    outline = Path(np.concatenate([np.column_stack([xs, hi]), np.column_stack([xs, lo])[::-1]]))
    box = (xs.min(), hi.min(), xs.max(), lo.max())
    path, width, dash = _hatched(*box) if pattern == "hatched" else _dotted(*box)
    patch = PathPatch(path, fc="none", ec=colour, lw=width, ls=dash, alpha=alpha, capstyle="round", zorder=2)
    ax.add_patch(patch)
    patch.set_clip_path(outline, ax.transData)


def _hatched(x0: float, y0: float, x1: float, y1: float) -> tuple[Path, float, object]:
    step, tall = tokens.HATCH_PX * 2**0.5, y1 - y0
    starts = np.arange(x0 - tall, x1, step)
    points = np.array([[(x, y0), (x + tall, y1)] for x in starts]).reshape(-1, 2)
    return Path(points, [1, 2] * len(starts)), 0.9, "-"


def _dotted(x0: float, y0: float, x1: float, y1: float) -> tuple[Path, float, object]:
    """Dots are round caps of dashes that have no length."""
    rows = np.arange(y1 - tokens.DOT_PX / 2, y0, -tokens.DOT_PX)
    points = np.array([[(x0, y), (x1, y)] for y in rows]).reshape(-1, 2)
    width = 1.1
    return Path(points, [1, 2] * len(rows)), width, (0, (0.001, tokens.DOT_PX * tokens.PT_PER_PX / width))
