"""Trials drawn again at their own size: the model's intervals of every figure, and the figure as published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from resynapse.services.validate_outcomes import UNITS, Scored, Seen
from resynapse.views.plotspec import Axis, Fill, Label, Line, Mark, Panel, PlotSpec, Table, Tick
from resynapse.views.validate_outcomes import CLASS_WORDS, ROLE_WORDS, cells, when

PANELS = ("level", "gap", "response", "durability")
TITLES = {
    "level": "change of the MADRS, points", "gap": "gap to the control arm, points", "response": "response, of 100",
    "durability": "still well or responding, of 100",
}  # fmt: skip
DRUG, SHAM = "symp", "planb"
TICKS = {"level": (-30.0, -20.0, -10.0, 0.0), "gap": (-20.0, -10.0, 0.0), "response": (0.0, 25.0, 50.0, 75.0, 100.0),
         "durability": (0.0, 25.0, 50.0, 75.0, 100.0)}  # fmt: skip
HALF = 0.36  # of the room of a figure
SIDE_BY_SIDE = 100.0  # across: figures of a class, evenly, whatever their number
WIDTH, HEIGHT, GAP, LEFT, RIGHT, FOOT, OVER = 1120.0, 168.0, 50.0, 44.0, 20.0, 24.0, 34.0
HEAD = ("Trial, arm", "Figure", "At", "n", "Observed", "Model", "Points", "SE", "In")


def picture(seen: Sequence[Seen], scored: Sequence[Scored], draws: int) -> PlotSpec:
    """One panel a class, figures in order of time, fitted left of context; full discs inside the 90 % interval."""
    panels = tuple(_panel(class_, seen, k) for k, class_ in enumerate(PANELS))
    shown = [s for s in seen if s.row.class_ in PANELS and s.row.unit == UNITS[s.row.class_]]
    said = "; ".join(f"{s.role} {CLASS_WORDS[s.class_]} {s.cover90:.0f}" for s in scored if s.class_ in PANELS)
    return PlotSpec(
        "trials", f"{len(shown)} published figures, each trial drawn again {draws} times at its own size",
        "bars: 90 and 50 of 100 re-drawn trials, green with drug, grey without; discs: as published; crosses: "
        "published, outside the 90 % bar",
        f"Of 100 published figures inside the 90 % interval: {said}.", WIDTH, LEFT, RIGHT,
        Axis(0.0, SIDE_BY_SIDE, (), drawn=False), (*panels, Panel("foot", FOOT, 0.0, 1.0)),
        Table(HEAD, tuple(cells(s) for s in shown)),
        top=OVER,
    )  # fmt: skip


def _panel(class_: str, seen: Sequence[Seen], number: int) -> Panel:
    some = [s for s in seen if s.row.class_ == class_ and s.row.unit == UNITS[class_]]
    roles = list(ROLE_WORDS)
    some.sort(key=lambda s: (roles.index(s.row.role), s.row.time_h, s.sham, s.model))
    fitted = sum(s.row.role == "fitted" for s in some)
    room = SIDE_BY_SIDE / (len(some) + (fitted < len(some)))  # one place stays free between the roles
    at = [(k + 0.5 + (k >= fitted)) * room for k in range(len(some))]
    fills = [bar(x, room * HALF, lo, hi, look, SHAM if s.sham else DRUG) for x, s in zip(at, some, strict=True)
             for lo, hi, look in ((s.lo90, s.hi90, "band90"), (s.lo50, s.hi50, "band50"))]  # fmt: skip
    lo = min([TICKS[class_][0], *(min(s.lo90, s.row.value) for s in some)])
    hi = max([TICKS[class_][-1], *(max(s.hi90, s.row.value) for s in some)])
    lo, hi = lo - 0.04 * (hi - lo), hi + 0.04 * (hi - lo)
    marks = tuple(Mark(x, s.row.value, "remission" if s.in90 else "worse", "disc", SHAM if s.sham else DRUG)
                  for x, s in zip(at, some, strict=True))  # fmt: skip
    parts = np.array([lo, hi])
    middle = (fitted + 0.5) * room
    lines = []
    if fitted < len(some):
        lines.append(Line(np.array([middle, middle]), parts, "ink3", "threshold", "left of it fitted, right of it not"))
    lines += [Line(np.array([b, b]), parts, "rule", "hair", "another time") for b in _breaks(at, some, room)]
    return Panel(
        class_, HEIGHT, lo, hi, GAP if number else 0.0, "ink", tuple(fills), tuple(lines),
        tuple(Tick(t, f"{t:g}") for t in TICKS[class_]), marks=marks, labels=_labels(class_, at, some, hi, lo, room),
    )  # fmt: skip


def bar(x: float, half: float, lo: float, hi: float, look: str, token: str) -> Fill:
    """An upright bar about x."""
    return Fill(np.array([x - half, x + half]), np.array([lo, lo]), np.array([hi, hi]), token, look)


def _breaks(at: Sequence[float], some: Sequence[Seen], room: float) -> list[float]:
    """Between figures of different times."""
    pairs = zip(at, some, at[1:], some[1:], strict=False)
    return [(x + y) / 2 for x, a, y, b in pairs if a.row.time_h != b.row.time_h and y - x < 1.5 * room]


def _labels(
    class_: str, at: Sequence[float], some: Sequence[Seen], hi: float, lo: float, room: float
) -> tuple[Label, ...]:
    """Name of the panel above it, times below, one for each run of figures wide enough for it."""
    head = hi + (hi - lo) * 0.09
    out = [Label(TITLES[class_], "ink", head, 0.0, "point", True, "start")]
    fitted = sum(s.row.role == "fitted" for s in some)
    if fitted < len(some):
        middle = (fitted + 0.5) * room
        out += [Label("fitted", "ink3", head, middle - 1, "point", False, "end"),
                Label("not fitted", "ink3", head, middle + 1, "point", False, "start")]  # fmt: skip
    runs: dict[tuple[str, float], list[float]] = {}
    for x, s in zip(at, some, strict=True):
        runs.setdefault((s.row.role, s.row.time_h), []).append(x)
    free = -1.0
    for (_, time), xs in runs.items():
        centre, wide = (xs[0] + xs[-1]) / 2, 0.62 * len(when(time)) + 0.6
        if centre - wide / 2 >= free:
            out.append(Label(when(time), "ink3", lo - (hi - lo) * 0.08, centre, "point"))
            free = centre + wide / 2
    return tuple(out)
