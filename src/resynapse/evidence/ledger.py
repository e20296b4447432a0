"""Every number of the model as data: value, unit, spread, grade, and where it comes from.

Read with the csv module alone, so that a run of one person waits a few milliseconds for it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache, cached_property
from math import nan
from pathlib import Path

from resynapse import units
from resynapse.errors import Refused

DATA = Path(__file__).parent / "data"
TABLES = (
    "kinetics",
    "absorption",
    "receptor",
    "glutamate",
    "plasticity",
    "symptoms",
    "expectancy",
    "dissociation",
    "circulation",
    "sedation",
    "rating",
    "population",
    "session",
)
GRADES = ("read", "unverified", "derived", "assumed")
SCALES = ("log", "logit", "id")


@dataclass(frozen=True)
class Source:
    """One publication or page: what it is, where it is found, and what of it was read."""

    key: str
    citation: str
    doi: str = ""
    pmid: str = ""
    url: str = ""
    read_as: str = ""

    @property
    def found(self) -> bool:
        """Whether a DOI, a PMID or an address is in hand."""
        return bool(self.doi or self.pmid or self.url)

    def text(self) -> str:
        """Citation with its DOI, PMID or address."""
        where = [f"doi {self.doi}" if self.doi else "", f"PMID {self.pmid}" if self.pmid else ""]
        kept = [part for part in where if part] or [self.url]
        return ". ".join(part for part in (self.citation, *kept) if part)


SESSION = "session"  # in `iiv_with`: drawn anew in every session


@dataclass(frozen=True)
class Number:
    """One row of a number table.

    value, lo, hi: in `unit`, as printed. scale: where iiv_sd (SD between people) and se (SD of our
    ignorance) hold: log, logit or id. iiv_with: the number whose random effect is shared, or `session` for one
    that each person draws anew in every session. A field that is not there is None; one that cannot be read as
    a number is nan, which `check` reports.
    """

    name: str
    meaning: str
    value: float
    unit: str
    scale: str
    iiv_sd: float | None
    iiv_with: str
    se: float | None
    lo: float | None
    hi: float | None
    grade: str
    source: tuple[str, ...]
    place: str
    rule: str
    inputs: tuple[str, ...]
    reason: str
    note: str
    table: str = ""
    line: int = 0

    @property
    def canonical(self) -> float:
        """The value in mg, L, h, kg, umol, point, mmHg, bpm. Refused if the unit is unknown."""
        return self.value * units.factor(self.unit)

    @property
    def canonical_unit(self) -> str:
        """Name of the unit of `canonical`."""
        return units.canonical(self.unit)


COLUMNS = tuple(f.name for f in fields(Number) if f.name not in ("table", "line"))
Rows = Iterable[Mapping[str, str]]


@dataclass(frozen=True)
class Ledger(Mapping[str, Number]):
    """All numbers by name, in table order. `rows` keeps a name given twice, which `check` reports."""

    rows: tuple[Number, ...]
    sources: Mapping[str, Source]

    @cached_property
    def _by_name(self) -> dict[str, Number]:
        return {n.name: n for n in reversed(self.rows)}  # the first of two rows holds

    @cached_property
    def _values(self) -> dict[str, float]:
        return {name: self._by_name[name].canonical for name in self}

    def __getitem__(self, name: str) -> Number:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(n.name for n in self.rows))

    def __len__(self) -> int:
        return len(self._by_name)

    def values(self) -> dict[str, float]:  # type: ignore[override]
        """Name to canonical value: what the equations read."""
        return dict(self._values)

    def extend(self, table: Path | str | Rows, name: str = "") -> Ledger:
        """A new ledger with one more table: a file in the columns of the others, or rows of it."""
        if isinstance(table, (str, Path)):
            return Ledger((*self.rows, *_read(Path(table))), self.sources)
        more = _numbers(enumerate(table, 2), name or "added")
        return Ledger((*self.rows, *more), self.sources)

    def source(self, key: str) -> Source:
        """The source under a key. Refused, with near keys, if there is none."""
        if key in self.sources:
            return self.sources[key]
        raise Refused(f"no source has the key {key!r}", passes=near(key, self.sources))

    def find(self, name: str) -> Number:
        """The row under a name. Refused, with near names, if there is none."""
        if name in self:
            return self[name]
        rule = "A number has the name that its equation reads."
        raise Refused(f"no number is named {name[:40]!r}", rule, near(name, self))


def near(word: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Names close to a word, whatever their case; none if nothing is close."""
    lower: dict[str, list[str]] = {}
    for name in known:
        lower.setdefault(name.lower(), []).append(name)
    close = get_close_matches(word[:40].lower(), lower, n=most, cutoff=0.5)
    return tuple(name for key in close for name in lower[key])[:most]


def _some(text: str) -> float | None:
    """None for an empty cell, nan for one that is no number."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return nan


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _number(row: Mapping[str, str], table: str, line: int) -> Number:
    cell = {c: (row.get(c) or "").strip() for c in COLUMNS}
    value = _some(cell["value"])
    return Number(
        name=cell["name"],
        meaning=cell["meaning"],
        value=nan if value is None else value,
        unit=cell["unit"],
        scale=cell["scale"],
        iiv_sd=_some(cell["iiv_sd"]),
        iiv_with=cell["iiv_with"],
        se=_some(cell["se"]),
        lo=_some(cell["lo"]),
        hi=_some(cell["hi"]),
        grade=cell["grade"],
        source=_several(cell["source"]),
        place=cell["place"],
        rule=cell["rule"],
        inputs=_several(cell["inputs"]),
        reason=cell["reason"],
        note=cell["note"],
        table=table,
        line=line,
    )


def _numbers(rows: Iterable[tuple[int, Mapping[str, str]]], table: str) -> tuple[Number, ...]:
    return tuple(_number(row, table, line) for line, row in rows)


def _read(path: Path) -> tuple[Number, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise Refused(f"{path.name} has other columns", f"The columns are {','.join(COLUMNS)}.")
        return _numbers(((reader.line_num, row) for row in reader), path.stem)


def _sources(path: Path) -> dict[str, Source]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["key"]: Source(**row) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Figure:
    """One figure of a trial, shown beside a claim; never read by an equation.

    value, lo, hi: in `unit`, as printed; `note` says which interval. n: people, 0 where not known.
    """

    name: str
    quantity: str
    population: str
    value: float
    unit: str
    lo: float | None
    hi: float | None
    n: int
    source: tuple[str, ...]
    grade: str
    place: str
    note: str
    table: str = "trials"
    line: int = 0


def _figure(row: Mapping[str, str], line: int) -> Figure:
    same = {c: row[c] for c in ("name", "quantity", "population", "unit", "grade", "place", "note")}
    value = _some(row["value"])
    return Figure(
        **same,
        value=nan if value is None else value,
        lo=_some(row["lo"]),
        hi=_some(row["hi"]),
        n=int(row["n"] or 0),
        source=_several(row["source"]),
        line=line,
    )


@cache
def trials() -> Mapping[str, Figure]:
    """Figures of trials by name, read once."""
    with (DATA / "trials.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return {row["name"]: _figure(row, reader.line_num) for row in reader}


@cache
def covariance() -> tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]:
    """Names of the fitted numbers and their covariance, each on the `scale` of its number."""
    with (DATA / "covariance.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return tuple(head[1:]), tuple(tuple(map(float, row[1:])) for row in rows)


@cache
def load() -> Ledger:
    """The shipped ledger, read once."""
    rows = tuple(n for table in TABLES for n in _read(DATA / f"{table}.csv"))
    return Ledger(rows, _sources(DATA / "sources.csv"))
