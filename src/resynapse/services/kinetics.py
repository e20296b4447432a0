"""Kinetics: levels at the observations of a table of dose records."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import Place, Refused
from ..evidence import load
from ..formats.event_table import EventTable, Row, read_events
from ..simulation.records import COLUMNS, Kinetics
from ..therapy.dose import ROUTES
from ..units import number, plain

SCHEMA, KIND = 1, "resynapse.kinetics"
UNIT = "ng/mL of the named analyte"
MOST_LAG_H = 168.0


@dataclass(frozen=True)
class Levels:
    """Levels at each observation: the table's own rows, with their `COLUMNS`, ng/mL."""

    table: EventTable
    rows: tuple[tuple[Row, tuple[float, ...]], ...]

    def csv(self) -> str:
        """The observation rows with all their columns, and the levels in full precision."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow((*self.table.columns, *COLUMNS))
        for row, values in self.rows:
            writer.writerow((*(row.cells[name] for name in self.table.columns), *map(repr, values)))
        return out.getvalue()

    def json(self) -> dict[str, object]:
        """The same as values: the table's cells as text, levels as numbers."""
        rows = [{**row.cells, **dict(zip(COLUMNS, values, strict=True))} for row, values in self.rows]
        return {"schema": SCHEMA, "kind": KIND, "unit": UNIT, "rows": rows}


def answer(path: str, lags: Sequence[str] = ()) -> Levels:
    """Levels for a file. lags: `ROUTE=HOURS`, as typed. Refused with file, line and column."""
    late = dict(map(_lag, lags))
    table = read_events(path, late)
    taken = [name for name in COLUMNS if name in table.columns]
    if taken:
        place = Place(file=path, line=1, field=taken[0])
        raise Refused(f"a column {taken[0]}", "It is one of those that are written: rename it.", place=place)
    kinetics = Kinetics(load().values(), late)
    found: list[tuple[Row, tuple[float, ...]]] = []
    for rows in table.people.values():
        levels = kinetics.levels([row.record for row in rows])
        seen = [row for row in rows if row.record.evid == 0]
        found += [(row, tuple(map(float, level))) for row, level in zip(seen, levels, strict=True)]
    return Levels(table, tuple(found))


def _lag(text: str) -> tuple[str, float]:
    route, _, hours = text.partition("=")
    place = Place(text[:80], 0, len(text[:80]), field="--lag")
    if route not in ROUTES:
        raise Refused(f"{text[:40]!r} is no lag", f"ROUTE=HOURS, of {', '.join(ROUTES)}.", ("oral=0.25",), place)
    try:
        value = number(hours)
    except Refused as no:
        raise Refused(no.cause, no.rule, ("oral=0.25",), place) from None
    if value > MOST_LAG_H:
        raise Refused(f"a lag of {plain(value)} h", f"At most {plain(MOST_LAG_H)} h.", ("oral=0.25",), place)
    return route, value
