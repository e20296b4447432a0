"""Observed levels beside predicted ones, as text and as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from resynapse.services.validate import Fold, Observed
from resynapse.views import words as w
from resynapse.views.ansi import Cell, Paint, columns, wrapped

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
