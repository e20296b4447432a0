"""Validate: published observations beside what the model says, row by row and as fold errors."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from ..errors import Refused
from ..evidence import load
from ..mechanism import CHAIN
from ..mechanism.read_numpy import derive
from ..simulation.records import COLUMNS, Kinetics
from ..therapy.drug import ARKETAMINE, ESKETAMINE, RACEMIC, Drug
from ..therapy.records import Record

SIMULATED = ("check", "overlap", "tuned", "calib")  # not used; same laboratory; chosen with it in view; fitted
DRUGS = {"rac": RACEMIC, "rac2": RACEMIC, "S": ESKETAMINE, "R": ARKETAMINE}
ROUTES = {"iv": "iv", "im": "im", "sc": "sc", "in": "nasal", "sl": "sublingual", "po": "oral", "pr": "rectal"}
LEVELS = {"Ka": "ketamine_arterial", "Kv": "ketamine_venous", "N": "norketamine", "H": "hydroxynorketamine"}
ANALYTES = {"Ka": "ketamine", "Kv": "ketamine", "N": "norketamine", "H": "hydroxynorketamine"}
MASS = {"Ka": "MW_K", "Kv": "MW_K", "N": "MW_NK", "H": "MW_HNK"}
ALL = "all that was read"
FILM_MIN = (0, 5, 10, 20, 40, 60, 90, 120, 180, 240, 300, 360)  # when the film study drew blood
DEVICE_MG, GAP_H = 28.0, 5 / 60
TYPICAL_AGE = 40.0


@dataclass(frozen=True)
class Observed:
    """One published figure and the model's. spec: how it is simulated."""

    row: str
    study: str
    source: str
    analyte: str
    role: str
    grade: str
    spec: str
    unit: str
    observed: float
    predicted: float

    @property
    def fold(self) -> float:
        """How many times too high or too low, at least 1."""
        return max(self.predicted / self.observed, self.observed / self.predicted)


@dataclass(frozen=True)
class Fold:
    """Fold errors of some rows. ratio: geometric mean of predicted over observed; error: of the fold."""

    study: str
    analyte: str
    role: str
    n: int
    ratio: float
    error: float
    within_1_5: float
    within_2: float


@cache
def kinetics() -> tuple[Observed, ...]:
    """Every observation that can be simulated, in the order of the table."""
    text = resources.files("resynapse.evidence").joinpath("observed", "kinetics.csv").read_text("utf-8")
    rows = [r for r in csv.DictReader(io.StringIO(text)) if r["role"] in SIMULATED and r["sim_spec"]]
    return tuple(_observed(r) for r in rows)


def folds(rows: Iterable[Observed]) -> list[Fold]:
    """Fold errors by study, analyte and role; then all check rows that were read, by analyte."""
    groups: dict[tuple[str, str, str], list[Observed]] = {}
    for r in rows:
        groups.setdefault((r.study, r.analyte, r.role), []).append(r)
    pooled: dict[tuple[str, str, str], list[Observed]] = {}
    for (_, analyte, role), some in groups.items():
        if role == "check":
            pooled.setdefault((ALL, analyte, role), []).extend(r for r in some if r.grade == "read")
    return [_fold(key, some) for key, some in [*groups.items(), *pooled.items()] if some]


def _fold(key: tuple[str, str, str], rows: list[Observed]) -> Fold:
    logs = np.log([r.predicted / r.observed for r in rows])
    error = np.abs(logs)
    return Fold(*key, len(rows), math.exp(logs.mean()), math.exp(error.mean()),
                float((error <= math.log(1.5)).mean()), float((error <= math.log(2)).mean()))  # fmt: skip


def _observed(r: Mapping[str, str]) -> Observed:
    spec = dict(part.split("=", 1) for part in r["sim_spec"].split(";"))
    return Observed(r["row_id"], r["study"], r["cite_key"], _analyte(spec), r["role"], r["status"], r["sim_spec"],
                    r["unit"], float(r["value"]), predict(spec, r["unit"]))  # fmt: skip


def _analyte(spec: Mapping[str, str]) -> str:
    if "out" in spec:
        return ANALYTES[spec["out"].partition(".")[2]]
    return "hydroxynorketamine" if "ratio" in spec else "ketamine"


def predict(spec: Mapping[str, str], unit: str) -> float:
    """What the model says of one row, in the row's unit. spec: its keys, as in the table."""
    weight = float(spec.get("wt", 70.0))
    n = derive(CHAIN, {**load().values(), "WT": weight, "AGE": TYPICAL_AGE})
    if "param" in spec or "F" in spec or "ratio" in spec:
        return _number(spec, n, weight, unit)
    e, _, what = spec["out"].partition(".")
    column = COLUMNS.index(LEVELS[what] + ("" if e == "tot" else f"_{e}"))
    if "inf" in spec:
        seen = _levels(spec, weight, [float(spec["t"])])[:, column]
        return float(seen[0] / (1e3 * n[MASS[what]]))  # nmol/mL; masses are in mg/umol
    metric, last = spec["metric"], float(spec.get("tend", spec.get("t", 0)))
    if metric == "conc":
        value = _levels(spec, weight, [float(spec["t"])])[0, column]
    else:
        last = 360.0 if metric == "AUC0-360" else last
        minutes = _minutes(spec, last)
        seen = _levels(spec, weight, minutes)[:, column]
        hours = np.array(minutes) / (60.0 if metric == "AUCh" else 1.0)
        value = seen.max() + float(spec.get("plus", 0)) if metric == "Cmax" else np.trapezoid(seen, hours)
    return float(value) * float(spec.get("mult", 1))


def _minutes(spec: Mapping[str, str], last: float) -> list[float]:
    if spec.get("grid") == "otf":
        return [float(t) for t in FILM_MIN if t <= last]
    return [*map(float, range(int(min(last, 240)) + 1)), *map(float, range(245, int(last) + 1, 5))]


def _levels(spec: Mapping[str, str], weight: float, minutes: list[float]) -> Any:
    kinetics_ = Kinetics({**load().values(), "AGE": TYPICAL_AGE})
    looks = [Record(t / 60, 0, weight) for t in minutes]
    doses = list(_doses(spec, weight))
    order = sorted([*doses, *looks], key=lambda r: (r.time, r.evid == 0))
    return kinetics_.levels(order)


def _doses(spec: Mapping[str, str], weight: float) -> Iterable[Record]:
    drug = DRUGS[spec["drug"]]
    if "inf" in spec:
        for piece in spec["inf"].split(","):
            span, rate = piece.split("@")
            start, end = (float(t) / 60 for t in span.split("-"))
            mg = float(rate) * weight * (end - start) * (2 if spec["drug"] == "rac2" else 1)
            yield Record(start, 1, weight, mg, end - start, drug=drug)
        return
    mg, route = float(spec["dose"]), ROUTES[spec["route"]]
    if route == "nasal":
        yield from _sprays(mg, drug, weight)
    else:
        yield Record(0.0, 1, weight, mg, float(spec.get("dur", 0)) / 60, route=route, drug=drug)


def _sprays(mg: float, drug: Drug, weight: float) -> Iterable[Record]:
    """Esketamine in devices of 28 mg, all else as two halves; 5 min apart."""
    count = max(1, round(mg / DEVICE_MG)) if drug == ESKETAMINE else 2
    for k in range(count):
        yield Record(k * GAP_H, 1, weight, mg / count, route="nasal", later=k > 0, drug=drug)


def _number(spec: Mapping[str, str], n: Mapping[str, Any], weight: float, unit: str) -> float:
    """Clearances, bioavailabilities and the ratio of areas, by the model's own numbers."""
    if spec.get("param") == "CL":
        per_minute = n[f"CL_{spec['en']}"] * 1000 / 60
        return float(per_minute / weight if unit.endswith("/kg") else per_minute)
    if spec.get("param") == "Fpo":
        return float(100 * n[f"F_po_{spec['en']}"])
    if "ratio" in spec:
        e = spec["en"]
        share = n[f"fm_{e}"] * n[f"fh_{e}"] * n[f"CL_{e}"] / (n[f"CLH_{e}"] * n["flow"])
        return float(share * n["MW_HNK"] / n["MW_K"])
    return float(np.mean([_taken_up(spec["F"], n, n[f"F_po_{e}"]) for e in "SR"]) * 100)


def _taken_up(route: str, n: Mapping[str, Any], liver: float) -> float:
    parts = {
        "iv": 1.0, "im": n["IM_F"], "sc": n["SC_F"], "po": liver,
        "in": n["IN_Fn1"] + (1 - n["IN_Fn1"]) * n["IN_Fa"] * liver,
        "sl": n["SL_Fmu"] + (1 - n["SL_Fmu"]) * liver, "pr": n["PR_Fmu"] + (1 - n["PR_Fmu"]) * liver,
    }  # fmt: skip
    if route not in parts:
        raise Refused(f"{route[:40]!r} is no route", f"One of {', '.join(parts)}.", ("po",))
    return float(parts[route])
