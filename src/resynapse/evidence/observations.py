"""What trials saw, as rows: each figure with its arm, its interval, its grade and its source.

Beside the numbers of the model (`ledger`), never among them: no equation reads these tables.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import isfinite

from .ledger import GRADES, Source, load

ROLES = ("fitted", "context")
CLASSES = ("level", "gap", "response", "durability", "spread")


@dataclass(frozen=True)
class ArmDesign:
    """One arm of a trial. dose_mg: of each session, the last one for all later; times in h from the first.

    drug: racemic, esketamine, or none (a sham at the same visits). fast: names of its classes of expectancy, several
    where the arm is a mean of designs; slow: of recovery. between: factor on the spread between trials (0: a pool).
    base_mean, base_sd, entry: MADRS at the start, cut at the entry threshold. status: of the design itself.
    """

    trial: str
    arm: str
    meaning: str
    drug: str
    route: str
    dose_mg: tuple[float, ...]
    dose_basis: str
    infusion_min: float
    dose_times_h: tuple[float, ...]
    fast: tuple[str, ...]
    slow: str
    between: float
    base_mean: float
    base_sd: float
    entry: float
    n: int
    status: str
    note: str

    @property
    def sham(self) -> bool:
        """Without the drug."""
        return self.drug == "none"


@dataclass(frozen=True)
class OutcomeRow:
    """One published figure. lo95, hi95, se: None where no interval is published or can be derived (`se_rule`).

    arm: several joined by + are pooled with `weights`. against: arm it is taken against; from_h: time of the figure it
    is a ratio to. entry_*, visits_h, threshold, consecutive: who is followed, when they are rated and what ends it.
    kept: part of those randomised that reaches the rating. class_: of the quantity, `CLASSES`.
    """

    id: str
    trial: str
    arm: str
    measure: str
    time_h: float
    value: float
    unit: str
    lo95: float | None
    hi95: float | None
    se: float | None
    se_rule: str
    n: int
    n_against: int
    against: str
    from_h: float | None
    entry_h: tuple[float, ...]
    entry_rule: str
    visits_h: tuple[float, ...]
    threshold: str
    consecutive: int
    weights: tuple[float, ...]
    kept: float
    role: str
    class_: str
    status: str
    source: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class SafetyRow:
    """One published figure of a session. dose, route, session: as given; sd: between people, None if not published.

    spec: how it is simulated, "" where the model has no such output. Otherwise as `OutcomeRow`.
    """

    id: str
    trial: str
    population: str
    drug: str
    regimen: str
    measure: str
    time_min: float | None
    value: float
    unit: str
    lo95: float | None
    hi95: float | None
    se: float | None
    se_rule: str
    sd: float | None
    n: int
    role: str
    class_: str
    status: str
    source: tuple[str, ...]
    spec: str
    note: str

    @property
    def time_h(self) -> float:
        """When it was read, h from the start; half an hour, about the peak, where no time goes with it."""
        return 0.5 if self.time_min is None else self.time_min / 60

    @property
    def arm(self) -> str:
        """What was given."""
        return self.regimen

    @property
    def entry_h(self) -> tuple[float, ...]:
        """Nobody is followed."""
        return ()


@cache
def arms() -> Mapping[tuple[str, str], ArmDesign]:
    """Arms by trial and name, read once."""
    return {(r["trial"], r["arm"]): _arm(r) for r in _table("arms")}


@cache
def efficacy() -> tuple[OutcomeRow, ...]:
    """Figures of efficacy in the order of the table, read once."""
    return tuple(_outcome(r) for r in _table("efficacy"))


@cache
def safety() -> tuple[SafetyRow, ...]:
    """Figures of safety likewise."""
    return tuple(_safety(r) for r in _table("safety"))


@cache
def sources() -> Mapping[str, Source]:
    """Sources of the ledger and of these tables, by key."""
    return {**load().sources, **{r["key"]: Source(**r) for r in _table("sources")}}


def faults(rows: Iterable[OutcomeRow | SafetyRow]) -> Iterator[str]:
    """What is missing from rows: a grade, a role, a class, a source, an address, a finite value."""
    known = sources()
    for r in rows:
        if not isfinite(r.value):
            yield f"{r.id}: the value is not a finite number"
        for word, allowed in ((r.status, GRADES), (r.role, ROLES)):
            if word not in allowed:
                yield f"{r.id}: {word!r} is none of {', '.join(allowed)}"
        missing = [key for key in r.source if key not in known]
        if missing or not r.source:
            yield f"{r.id}: no source {', '.join(missing)}"
        elif r.status == "read" and not any(known[key].found for key in r.source):
            yield f"{r.id}: read, but no source with a DOI, PMID or address"
        if r.se is not None and not r.se_rule:
            yield f"{r.id}: an SE without its rule"


def _table(name: str) -> list[dict[str, str]]:
    text = resources.files("resynapse.evidence").joinpath("observed", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(v) for v in text.split(";") if v)


def _maybe(text: str) -> float | None:
    return float(text) if text else None


def _names(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def _arm(r: Mapping[str, str]) -> ArmDesign:
    return ArmDesign(
        r["trial"], r["arm"], r["meaning"], r["drug"], r["route"], _numbers(r["dose_mg"]), r["dose_basis"],
        float(r["infusion_min"] or 0), _numbers(r["dose_times_h"]), _names(r["fast"]), r["slow"], float(r["between"]),
        float(r["base_mean"]), float(r["base_sd"]), float(r["entry"]), int(r["n"] or 0), r["status"], r["note"],
    )  # fmt: skip


def _outcome(r: Mapping[str, str]) -> OutcomeRow:
    return OutcomeRow(
        r["id"], r["trial"], r["arm"], r["measure"], float(r["time_h"]), float(r["value"]), r["unit"],
        _maybe(r["lo95"]), _maybe(r["hi95"]), _maybe(r["se"]), r["se_rule"], int(r["n"] or 0),
        int(r["n_against"] or 0), r["against"], _maybe(r["from_h"]), _numbers(r["entry_h"]), r["entry_rule"],
        _numbers(r["visits_h"]), r["threshold"], int(r["consecutive"] or 0), _numbers(r["weights"]),
        float(r["kept"] or 1), r["role"], r["class"], r["status"], _names(r["source"]), r["note"],
    )  # fmt: skip


def _safety(r: Mapping[str, str]) -> SafetyRow:
    return SafetyRow(
        r["id"], r["trial"], r["population"], r["drug"], r["regimen"], r["measure"], _maybe(r["time_min"]),
        float(r["value"]), r["unit"], _maybe(r["lo95"]), _maybe(r["hi95"]), _maybe(r["se"]), r["se_rule"],
        _maybe(r["sd"]), int(r["n"] or 0), r["role"], r["class"], r["status"], _names(r["source"]), r["spec"],
        r["note"],
    )  # fmt: skip
