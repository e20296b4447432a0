"""NONMEM-style tables of doses and observations: CSV to records, every refusal with its line and column.

What each record does stands in docs/dosing.md. Columns that are not named here are kept as they are.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from resynapse.errors import Place, Refused
from resynapse.formats.writing import reason
from resynapse.therapy import limits
from resynapse.therapy.dose import ROUTES, GivenDose
from resynapse.therapy.drug import DRUGS, RACEMIC, Drug
from resynapse.therapy.records import Record
from resynapse.units import plain

NAMES = ("ID", "TIME", "EVID", "AMT", "RATE", "DUR", "ADDL", "II", "SS", "CMT", "DRUG", "WT", "LIMIT", "DV", "MDV")
NEEDED = ("ID", "TIME", "EVID", "WT")
CMTS = (*ROUTES[:4], "nasal_next", *ROUTES[4:])
MOST_BYTES = 50_000_000
MOST_MORE = 10_000  # further doses of one record
MISSING = ("", ".")
SAME = 1e-9  # AMT / RATE and DUR that differ by less are one
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Row:
    """One line of the table. cells: as they stand, by column."""

    line: int
    cells: Mapping[str, str]
    record: Record


@dataclass(frozen=True)
class EventTable:
    """A table as read. columns: in their order; people: ID to its rows, in the order of the table."""

    columns: tuple[str, ...]
    people: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)


def read_events(path: str | os.PathLike[str], lags: Mapping[str, float] | None = None) -> EventTable:
    """The table in a file. Refused with file, line and column. lags: route to h."""
    name = str(path)
    try:
        if Path(path).stat().st_size > MOST_BYTES:
            raise Refused("the file is larger than 50 MB", "A table has at most 50 MB.", place=Place(file=name))
        text = Path(path).read_text("utf-8-sig")
    except OSError as no:
        raise Refused(f"{name} cannot be read: {reason(no)}", "A table is a CSV file.", ("events.csv",)) from None
    except UnicodeDecodeError:
        raise Refused("the file is not UTF-8", "A table is a CSV file in UTF-8.", place=Place(file=name)) from None
    try:
        return parse_events(text, lags)
    except Refused as no:
        no.place = Place(no.place.text, no.place.start, no.place.end, name, no.place.line, no.place.field)
        raise


def parse_events(text: str, lags: Mapping[str, float] | None = None) -> EventTable:
    """As `read_events`, from text."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(rows, [])]
        _check_head(head)
        people: dict[str, list[Row]] = {}
        last = ""
        for cells in rows:
            if not cells:
                continue
            line = _Line(rows.line_num, dict(zip(head, (c.strip() for c in cells), strict=False)))
            if len(cells) != len(head):
                raise line.refuse("", f"{len(cells)} cells, the head has {len(head)}", "Every row has a cell a column.")
            who = line.id()
            if who != last and who in people:
                rule = "The rows of one person stand together; to begin anew use EVID 3 or 4."
                raise line.refuse("ID", f"person {who} comes back", rule)
            mine, last = people.setdefault(who, []), who
            mine.append(Row(line.number, line.cells, line.record(mine[-1].record if mine else None, lags or {})))
    except csv.Error as no:
        raise Refused(f"no CSV: {no}", "Commas between cells, double quotes around text.",
                      place=Place(line=rows.line_num)) from None  # fmt: skip
    if not people:
        raise Refused("no rows", "A table has a head and at least one row.", ("1,0,1,35,iv,70",), Place(line=1))
    return EventTable(tuple(head), {who: tuple(mine) for who, mine in people.items()})


def _check_head(head: list[str]) -> None:
    for name in NEEDED:
        if name not in head:
            near = next((h for h in head if h.upper() == name), "")
            cause = f"no column {name}" + (f", but {near!r}: names are in capitals" if near else "")
            raise Refused(cause, f"A table has {', '.join(NEEDED)}.", (name,), Place(line=1, field=name))
    twice = [name for i, name in enumerate(head) if name in head[:i]]
    if twice:
        raise Refused(f"the column {twice[0]!r} stands twice", "Each column once.", place=Place(line=1, field=twice[0]))


@dataclass(frozen=True)
class _Line:
    """One line while it is read."""

    number: int
    cells: Mapping[str, str]

    def refuse(self, column: str, cause: str, rule: str, *passes: str) -> Refused:
        """A refusal that names line, column and cell."""
        cell = self.cells.get(column, "")
        return Refused(cause, rule, passes, Place(cell, 0, len(cell), "", self.number, column))

    def has(self, column: str) -> bool:
        """Whether something stands in a column."""
        return self.cells.get(column, "") not in MISSING

    def value(self, column: str, usual: float = 0.0) -> float:
        """A number, or the usual one where nothing stands."""
        if not self.has(column):
            return usual
        text = self.cells[column]
        if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
            cause = f"{text[:40]!r} is no number" + (": a comma" if "," in text else "")
            raise self.refuse(column, cause, "Digits with a point; nothing, or a point, where there is none.", "0.5")
        return float(text)

    def whole(self, column: str, most: int) -> int:
        """A whole number from 0."""
        value = self.value(column)
        if value != int(value) or not 0 <= value <= most:
            raise self.refuse(column, f"{column} of {self.cells[column]}", f"A whole number, 0 to {most}.", "0")
        return int(value)

    def id(self) -> str:
        """The person: a whole number above 0."""
        value = self.value("ID", math.nan)
        if not value > 0 or value != int(value):
            raise self.refuse("ID", f"{self.cells['ID'][:40]!r} is no ID", "A whole number above 0.", "1")
        return str(int(value))

    def record(self, before: Record | None, lags: Mapping[str, float]) -> Record:
        """The record of this line. before: the one above of the same person."""
        evid = self._evid()
        time, weight = self._time(before), self._weight(before)
        self._check_mdv(evid)
        after = self._after()
        if evid not in (1, 4):
            self._check_gives_nothing(evid)
            return Record(time, evid, weight, after=after and evid == 0)
        route, later = self._route()
        amount, duration, rate = self._amount(route)
        more, interval, ss = self._repeats(amount, rate, lags.get(route, 0.0))
        drug = self._drug()
        return Record(time, evid, weight, amount, duration, rate if not amount else 0.0, route, later, drug, more,
                      interval, ss)  # fmt: skip

    def _evid(self) -> int:
        if not self.has("EVID"):
            raise self.refuse("EVID", "no EVID", "0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose.", "0", "1")
        value = self.value("EVID")
        if value not in (0, 1, 2, 3, 4):
            rule = "0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose; engines differ in all others."
            raise self.refuse("EVID", f"EVID {plain(value)} is not read", rule, "0", "1")
        return int(value)

    def _time(self, before: Record | None) -> float:
        if not self.has("TIME"):
            raise self.refuse("TIME", "no TIME", "Hours since the person's start, from 0.", "0")
        time = self.value("TIME")
        if time < 0:
            raise self.refuse("TIME", f"a TIME of {plain(time)}", "Hours since the person's start, from 0.", "0")
        if before is not None and time < before.time:
            rule = "Times do not go back within a person, at resets too: the clock is absolute."
            raise self.refuse("TIME", f"{plain(time)} h after {plain(before.time)} h", rule, plain(before.time))
        return time

    def _weight(self, before: Record | None) -> float:
        if not self.has("WT"):
            if before is None:
                raise self.refuse("WT", "no WT", "A person's first row says the weight in kg.", "70")
            return before.weight
        try:
            return limits.weight(self.value("WT"))
        except Refused as no:
            raise self.refuse("WT", no.cause, no.rule, "70") from None

    def _check_mdv(self, evid: int) -> None:
        if not self.has("MDV"):
            return
        mdv = self.value("MDV")
        if mdv not in (0, 1) or (evid and mdv != 1):
            raise self.refuse("MDV", f"MDV {plain(mdv)}", "1 on doses and resets; 0 or 1 on observations.", "1")

    def _after(self) -> bool:
        limit = self.cells.get("LIMIT", "")
        if limit not in (*MISSING, "pre", "post"):
            rule = "pre or post: which side of the records of its time an observation reads. Rename a censoring limit."
            raise self.refuse("LIMIT", f"{limit[:40]!r} is no LIMIT", rule, "pre", "post")
        return limit == "post"

    def _check_gives_nothing(self, evid: int) -> None:
        for column in ("AMT", "RATE", "DUR", "ADDL", "SS"):
            if self.value(column):
                raise self.refuse(column, f"{column} on EVID {evid}", "Only EVID 1 and 4 give a dose.", "0", ".")

    def _route(self) -> tuple[str, bool]:
        cmt = self.cells.get("CMT", "")
        if cmt not in CMTS:
            raise self.refuse("CMT", f"{cmt[:40]!r} is no CMT", f"One of {', '.join(CMTS)}.", "iv")
        return ("nasal", True) if cmt == "nasal_next" else (cmt, False)

    def _drug(self) -> Drug:
        name = self.cells.get("DRUG", "")
        if name in MISSING:
            return RACEMIC
        if name not in DRUGS:
            raise self.refuse("DRUG", f"{name[:40]!r} is no DRUG", f"One of {', '.join(DRUGS)}.", "racemic")
        return DRUGS[name]

    def _amount(self, route: str) -> tuple[float, float, float]:
        """mg, h of infusion, and the rate in mg/h as said."""
        if not self.has("AMT"):
            raise self.refuse("AMT", "no AMT on a dose", "mg of base; 0 gives nothing.", "35")
        amount, rate, duration = self.value("AMT"), self.value("RATE"), self.value("DUR")
        if amount < 0:
            raise self.refuse("AMT", f"an AMT of {plain(amount)}", "mg of base, from 0.", "35")
        for column, value in (("RATE", rate), ("DUR", duration)):
            if value < 0:
                rule = "No rate or duration is a parameter here: -1 and -2 are not read."
                raise self.refuse(column, f"a {column} of {plain(value)}", rule, "0")
            if value and route != "iv":
                raise self.refuse(column, f"{column} by {route}", "Only iv is infused.", "0")
        if rate and duration and abs(amount / rate - duration) > SAME * duration:
            rule = "One of RATE and DUR, or both if AMT / RATE is DUR."
            raise self.refuse("DUR", f"DUR {plain(duration)}, but AMT / RATE {plain(amount / rate)}", rule, "0")
        if not amount and duration:
            raise self.refuse("DUR", "AMT 0 over some hours", "An infusion has an amount.", "0")
        return amount, (amount / rate if rate else duration), rate

    def _repeats(self, amount: float, rate: float, lag: float) -> tuple[int, float, int]:
        more, interval, ss = self.whole("ADDL", MOST_MORE), self.value("II"), self.whole("SS", 2)
        if interval < 0:
            raise self.refuse("II", f"an II of {plain(interval)}", "Hours, from 0.", "24")
        endless = amount == 0 and rate > 0
        if endless and not (ss == 1 and interval == 0 and more == 0):
            rule = "AMT 0 with a RATE is the endless infusion of a steady state: SS 1, II 0."
            raise self.refuse("AMT", "AMT 0 with a RATE", rule, "35")
        if interval == 0 and (more or (ss and not endless)):
            column = "ADDL" if more else "SS"
            raise self.refuse("II", f"{column} without II", "II says how many hours lie between the doses.", "24")
        if ss and lag and lag >= interval:
            rule = "At a steady state a lag is shorter than the interval."
            raise self.refuse("II", f"a lag of {plain(lag)} h, an II of {plain(interval)} h", rule, "24")
        return more, interval, ss


COURSE_COLUMNS = ("ID", "TIME", "EVID", "AMT", "DUR", "CMT", "DRUG", "WT")


def events_csv(doses: Iterable[GivenDose], weight: float) -> str:
    """A table of one person's doses, mg; reads back to the same inputs, to the bit. weight: kg."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COURSE_COLUMNS)
    for d in doses:
        cmt = "nasal_next" if d.route == "nasal" and d.device else d.route
        time, mg, hours = (repr(float(x)) for x in (d.time_h, d.mg_base, d.duration_h))
        writer.writerow((1, time, 1, mg, hours, cmt, d.drug.name, repr(float(weight))))
    return out.getvalue()


def given(records: Iterable[Record]) -> tuple[GivenDose, ...]:
    """The single doses of a table without resets and steady states: ADDL written out, in time.

    Sessions have no column: all doses come back as of the first.
    """
    found = []
    for r in records:
        if r.evid in (3, 4) or r.ss:
            rule = "Single doses come from EVID 1 without SS."
            raise Refused(f"EVID {r.evid}, SS {r.ss}", rule)
        if r.evid == 1 and r.amount:
            found += [
                GivenDose(r.time + k * r.interval, r.amount, r.drug, r.route, r.duration, int(r.later), 1)
                for k in range(r.more + 1)
            ]
    return tuple(sorted(found, key=lambda d: d.time_h))
