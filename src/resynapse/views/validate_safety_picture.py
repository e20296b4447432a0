"""Sessions drawn again at their own size: dissociation, pressure and events, and the figures as published."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from resynapse.evidence.observations import SafetyRow
from resynapse.services.validate_outcomes import UNITS, Scored, Seen
from resynapse.views.plotspec import Axis, Fill, Label, Line, Mark, Panel, PlotSpec, Table, Tick
from resynapse.views.validate_outcomes import CLASS_WORDS, cells, named_row
from resynapse.views.validate_picture import HEAD, LEFT, OVER, RIGHT, SIDE_BY_SIDE, WIDTH, bar

PANELS = ("dissociation", "pressure", "event")
TITLES = {"dissociation": "CADSS, points", "pressure": "rise of pressure, mmHg", "event": "people or sessions, of 100"}
TICKS = {
    "dissociation": (0.0, 10.0, 20.0, 30.0),
    "pressure": (0.0, 10.0, 20.0),
    "event": (0.0, 25.0, 50.0, 75.0, 100.0),
}
TOKENS = {"dissociation": "diss", "pressure": "press", "event": "symp"}
HEIGHT, GAP, HALF_PX, LINE_PX = 150.0, 88.0, 20.0, 15.0
SHORTER = (
    (" over 40 min", ""), (" over 10 min", " iv"), (" (dose unverified)", ""), ("56 or 84", "56/84"),
    ("CADSS above 4", "above 4"), (", each one's highest", ", own"), ("ready to leave at 90 min", "ready by 90 min"),
    ("CADSS, SD", "SD,"), ("CADSS, session 14", "week 14,"), ("Schalkwyk 2018", "Schalkwyk"), ("CGADR", "trials"),
    ("JNJ_CV", "the maker"),
)  # fmt: skip
NOTE = (
    "safety: people at 75 kg with kinetics of their own, sites that differ by the site factors; the numbers of this "
    "part are fixed, so no ignorance of them is in the intervals. An empty last column: no n, no standard error and no "
    "site factor, so no interval. Events reported by patients, nausea among them, have no output yet."
)


def picture(seen: Sequence[Seen], scored: Sequence[Scored], draws: int) -> PlotSpec:
    """One panel a class, figures side by side, fitted left of context."""
    shown = [s for s in seen if s.row.class_ in PANELS and s.row.unit == UNITS[s.row.class_]]
    said = "; ".join(f"{s.role} {CLASS_WORDS[s.class_]} {s.cover90:.0f}" for s in scored if s.class_ in PANELS)
    panels = tuple(_panel(class_, shown, k) for k, class_ in enumerate(PANELS))
    return PlotSpec(
        "sessions", f"{len(shown)} published figures of sessions, each drawn again {draws} times at its own size",
        "bars: 90 and 50 of 100 re-drawn; a line: no n is published, so no bar; discs: as published; crosses: "
        "published, outside the 90 % bar; rings: not judged",
        f"Of 100 published figures inside the 90 % interval: {said}.", WIDTH, LEFT, RIGHT,
        Axis(0.0, SIDE_BY_SIDE, (), drawn=False), (*panels, Panel("foot", 48.0, 0.0, 1.0)),
        Table(HEAD, tuple(cells(s) for s in shown)), top=OVER,
    )  # fmt: skip


def _panel(class_: str, shown: Sequence[Seen], number: int) -> Panel:
    some = sorted((s for s in shown if s.row.class_ == class_), key=lambda s: s.row.role == "context")
    room, token = SIDE_BY_SIDE / (len(some) + 0.5), TOKENS[class_]
    fitted = sum(s.row.role == "fitted" for s in some)
    at = [(k + 0.5 + (k >= fitted) * 0.5) * room for k in range(len(some))]
    half = HALF_PX / (WIDTH - LEFT - RIGHT) * SIDE_BY_SIDE
    fills: list[Fill] = []
    lines = [Line(np.array([(fitted + 0.25) * room] * 2), np.array([-1e3, 1e3]), "ink3", "threshold", "fitted | not")]
    for x, s in zip(at, some, strict=True):
        if s.judged:
            fills += [bar(x, half, s.lo90, s.hi90, "band90", token), bar(x, half, s.lo50, s.hi50, "band50", token)]
        else:
            lines.append(Line(np.array([x - half, x + half]), np.array([s.model] * 2), token, "secondary", "the model"))
    hi = max([TICKS[class_][-1], *(max(s.hi90, s.row.value) for s in some)]) * 1.05
    lo = -0.05 * hi
    marks = tuple(Mark(x, s.row.value, _kind(s), "disc", token) for x, s in zip(at, some, strict=True))
    labels = [Label(TITLES[class_], "ink", hi + 0.09 * (hi - lo), 0.0, "point", True, "start")]
    labels += [Label(text, "ink3", hi + 0.09 * (hi - lo), (fitted + 0.25) * room + off, "point", False, side)
               for text, off, side in (("fitted", -1.0, "end"), ("not fitted", 1.0, "start"))]  # fmt: skip
    for x, s in zip(at, some, strict=True):
        labels += [
            Label(t, "ink3", lo - (hi - lo) * (0.09 + k * LINE_PX / HEIGHT), x, "point")
            for k, t in enumerate(_under(s))
        ]
    return Panel(
        class_, HEIGHT, lo, hi, GAP if number else 0.0, token, tuple(fills), tuple(lines),
        tuple(Tick(t, f"{t:g}") for t in TICKS[class_]), marks=marks, labels=tuple(labels),
    )  # fmt: skip


def _kind(s: Seen) -> str:
    return "ring" if not s.judged else "remission" if s.in90 else "worse"


def _under(s: Seen) -> tuple[str, ...]:
    """Trial, dose and what was read, short enough to stand below a bar."""
    r = s.row
    assert isinstance(r, SafetyRow)
    name = re.sub(r"^(?:van)?(\D+?)(?:AJP)?(\d{4})(?:AJP)?$", r"\1 \2", r.trial)
    dose, what = r.regimen, named_row(r)[1]
    for long, short in SHORTER:
        name, dose, what = (text.replace(long, short) for text in (name, dose, what))
    if r.class_ == "dissociation" and r.time_min is not None:
        what = f"{what.removeprefix('CADSS').removeprefix(', ')} {r.time_min:g} min".strip()
    return name, dose.partition(", ")[0], what
