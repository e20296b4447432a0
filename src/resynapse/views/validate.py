"""Observed levels beside predicted ones, as text and as values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from resynapse.services.validate import Fold, Observed
from resynapse.views import words as w
from resynapse.views.ansi import Cell, Paint, columns, wrapped
from resynapse.views.plotspec import SCREEN, Axis, Label, Line, Mark, Panel, PlotSpec, Table, Tick

SCHEMA, KIND = 1, "resynapse.validate.kinetics"
HEAD = ("study", "analyte", "role", "n", "ratio", "fold", "in 1.5", "in 2")
ROLES = (
    "check: not used in building the model; overlap: same laboratory; tuned: a value was chosen with it in view; "
    "calib: fitted. ratio: geometric mean of predicted over observed; fold: of the fold error; shares of 100."
)


def render(found: Sequence[Fold], width: int, colour: bool) -> str:
    """A row for each study, analyte and role; pooled check rows last."""
    paint = Paint(colour)
    rows = [[Cell(h, "ink3") for h in HEAD]]
    for f in found:
        cells = (f.study[:30], f.analyte, f.role, str(f.n), f"{f.ratio:.2f}", f"{f.error:.2f}",
                 w.whole(100 * f.within_1_5), w.whole(100 * f.within_2))  # fmt: skip
        rows.append([Cell(c) for c in cells])
    lines = columns(rows, paint, width, 31)
    return "\n".join([*lines, "", *(paint("ink3", line) for line in wrapped(ROLES, width))]) + "\n"


def as_values(rows: Sequence[Observed], found: Sequence[Fold]) -> dict[str, Any]:
    """All rows with their predictions, and the fold errors."""
    return {
        "schema": SCHEMA, "kind": KIND, "folds": [asdict(f) for f in found],
        "rows": [{**asdict(r), "fold": r.fold} for r in rows],
    }  # fmt: skip


TOKENS = {"ketamine": "level", "norketamine": "symp", "hydroxynorketamine": "hopetxt"}
LOW, HIGH = 0.1, 1_000.0  # ng/mL


def picture(rows: Sequence[Observed]) -> PlotSpec:
    """Predicted against observed concentrations, ng/mL; full: not used in building the model."""
    seen = [(r, *_ng(r)) for r in rows if r.unit in MASSES]
    x = np.array([LOW, HIGH])
    lines = [Line(x, np.log10(x), "ink2", "strip-thin", "predicted = observed")]
    lines += [Line(x, np.log10(x * k), "edge", "threshold", name) for k, name in ((2.0, "twice"), (0.5, "half"))]
    marks = tuple(
        Mark(at, math.log10(y), "remission" if r.role == "check" else "ring", "disc", TOKENS[r.analyte])
        for r, at, y in seen
    )
    powers = range(round(math.log10(LOW)), round(math.log10(HIGH)) + 1)
    ticks = tuple(Tick(10.0**k, f"{10.0**k:g}") for k in powers)
    labels = tuple(
        Label(name, token, 2.75 - 0.24 * i, LOW * 1.4, "point", True, "start")
        for i, (name, token) in enumerate(TOKENS.items())
    )
    panel = Panel("levels", 420.0, math.log10(LOW), math.log10(HIGH), lines=tuple(lines), marks=marks, labels=labels,
                  ticks=tuple(Tick(float(k), f"{10.0**k:g}") for k in powers))  # fmt: skip
    table = tuple((r.study, r.analyte, r.role, f"{at:.3g}", f"{y:.3g}", f"{r.fold:.2f}") for r, at, y in seen)
    within = 100 * np.mean([r.fold <= 2 for r, _, _ in seen])
    return PlotSpec(
        "levels", "Levels: predicted against observed, ng/mL",
        "across: observed; up: predicted; full discs: not used in building the model; dashed: twice and half",
        f"{len(seen)} published levels; {within:.0f} of 100 are predicted within twice.", 560.0, 48.0, 24.0,
        Axis(LOW, HIGH, ticks, "log", tuple(10.0**k for k in powers)), (panel,),
        Table(("Study", "Analyte", "Role", "Observed", "Predicted", "Fold"), table), font_px=SCREEN.font_px,
    )  # fmt: skip


MASSES = {"ng/mL": None, "nmol/mL": {"ketamine": 237.73, "norketamine": 223.70, "hydroxynorketamine": 239.70}}


def _ng(r: Observed) -> tuple[float, float]:
    """Observed and predicted in ng/mL."""
    masses = MASSES[r.unit]
    factor = 1.0 if masses is None else masses[r.analyte]
    return r.observed * factor, r.predicted * factor
