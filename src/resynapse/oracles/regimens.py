"""Random people and regimens, the same run by the engine, and how far two answers are apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any, cast

import numpy as np

from ..evidence import load
from ..inference.draws import parameters
from ..mechanism import CHAIN as LINKS
from ..mechanism.read_numpy import Run, run
from ..simulation.people import gather, own_numbers, session_numbers
from ..simulation.plan import CompiledPlan
from ..therapy.dose import GivenDose
from ..therapy.drug import Drug
from ..therapy.patient import Patient
from .notes import CHAIN, FITTED, KINETICS, Array, Case, Given, apart, entries

ABSORPTION = {
    "kmu": "IN_kmu", "kg": "IN_kg", "Fn1": "IN_Fn1", "Fn2": "IN_Fn2", "Fa": "IN_Fa", "swallowed_over": "IN_d2",
    "F_im": "IM_F", "k_im": "IM_kmu", "F_sc": "SC_F", "k_sc": "SC_kmu", "F_sl": "SL_Fmu", "d1_sl": "SL_d1",
    "k_sl": "SL_kmu", "d2_sl": "SL_d2", "kg_sl": "SL_kg", "delay_sl": "SL_mttg", "d2_po": "PO_d2", "kg_po": "PO_kg",
    "F_pr": "PR_Fmu", "d1_pr": "PR_d1", "k_pr": "PR_kmu", "d2_pr": "PR_d2", "kg_pr": "PR_kg",
}  # fmt: skip
VARIATES = ("u_c", "u_s", "z_fast", "z_slow", "z_X50", "z_CADSS", "z_site", "z_BP", "z_BP_session", "z_site_BP")


def _minutes(rng: np.random.Generator, low: float, high: float) -> float:
    """A duration in h, log-uniform, with minutes to one digit: 33.7 min."""
    return round(float(np.exp(rng.uniform(log(low), log(high)))), 1) / 60


def _iv(rng: np.random.Generator, t: float, weight: float) -> Given:
    share = [(0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][rng.choice(3, p=[0.6, 0.3, 0.1])]
    mg = round(float(weight * np.exp(rng.uniform(log(0.1), log(1.0)))), 2)
    hours = 0.0 if rng.random() < 0.3 else _minutes(rng, 2, 400)
    return Given(t, mg, *share, "iv", hours, False)


def _nasal(rng: np.random.Generator, t: float) -> list[Given]:
    share = (1.0, 0.0) if rng.random() < 0.6 else (0.5, 0.5)
    gap = _minutes(rng, 2, 25)
    return [Given(t + k * gap, 28.0, *share, "nasal", 0.0, k > 0) for k in range(rng.integers(1, 4))]


def _other(rng: np.random.Generator, t: float, weight: float) -> Given:
    """A dose by muscle, skin, mouth or rectum."""
    route = ("im", "sc", "sublingual", "oral", "rectal")[rng.integers(5)]
    share = [(0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][rng.choice(3, p=[0.6, 0.2, 0.2])]
    most = 1.0 if route in ("im", "sc") else 3.0
    return Given(t, round(float(weight * np.exp(rng.uniform(log(0.1), log(most)))), 2), *share, route, 0.0, False)


def regimen(rng: np.random.Generator, weight: float, sessions: int) -> tuple[tuple[Given, ...], tuple[float, ...]]:
    """Doses and starts of sessions: several doses in a session 0.37 h apart, some running into the next one."""
    doses: list[Given] = []
    starts, t = [], 0.0
    for _ in range(sessions):
        starts.append(t)
        for k in range(rng.integers(1, 4)):
            at = t + k * 0.37
            kind = rng.random()
            if kind < 0.25:
                doses.append(_other(rng, at, weight))
            else:
                doses += [_iv(rng, at, weight)] if k or kind < 0.75 else _nasal(rng, at)
        t += float(rng.choice([7.03, 23.9, 48.0, 71.77, 168.0]))
    return tuple(sorted(doses, key=lambda d: d.time)), tuple(starts)


@dataclass(frozen=True)
class _Start:
    start_h: float


@dataclass(frozen=True)
class Regimen:
    """What a compiled plan asks of a course, for doses that the language would not write."""

    case: Case

    @property
    def sessions(self) -> tuple[_Start, ...]:
        return tuple(_Start(t) for t in self.case.starts)

    def doses(self, weight: float) -> tuple[Any, ...]:
        assert weight == self.case.common["WT"]
        return tuple(
            GivenDose(d.time, d.mg, Drug("", d.s, d.r), d.route, d.hours, int(d.later),
                      int(np.searchsorted(self.case.starts, d.time + 1e-9)))
            for d in self.case.doses
        )  # fmt: skip


def cases(count: int, seed: int = 1, most_sessions: int = 4) -> list[tuple[Case, dict[str, float]]]:
    """Random people with their own kinetics, fitted numbers and variates, on random regimens.

    With each, the same numbers by the names of the evidence. Kinetics as `simulation.people` draws them,
    fitted numbers as `inference.draws` does: drawing is not what these tests doubt.
    """
    ledger = load()
    typical = {**ledger.values(), "WT": 70.0, "AGE": 40.0}
    fitted = parameters(ledger, seed, count)
    crowd = gather(LINKS, Patient(), typical, seed, count, 1)
    kinetics: dict[str, list[float]] = {}
    for part in range(0, count, 200):  # kinetics of their own are for the first 200 of a crowd
        some = gather(LINKS, Patient(), typical, seed + part, min(200, count - part), 1)
        drawn = own_numbers(ledger, typical, some) | session_numbers(ledger, typical, some, 1)
        for name, value in drawn.items():
            kinetics.setdefault(name, []).extend(value.tolist())
    out = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        own = {name: value[i] for name, value in kinetics.items()} | {n: float(v[i, 0]) for n, v in fitted.items()}
        own |= {"WT": [35.0, 180.0, 70.0][i] if i < 3 else round(float(rng.uniform(35, 180)), 1)}
        own |= {"AGE": float(rng.integers(18, 60) if i % 2 else rng.integers(61, 91))}
        numbers = {**typical, **own}
        z = {name: float(crowd.variates[name][i, 0]) for name in VARIATES}
        person = z | {"xi": exp(0.3 * float(crowd.z_xi[i, 0])), "base": float(crowd.base[i, 0]), "responder": 1.0}
        doses, starts = regimen(rng, numbers["WT"], int(rng.integers(1, most_sessions + 1)))
        out.append((_case(numbers, doses, starts, person), numbers))
    return out


def _case(numbers: Mapping[str, Any], doses: Any, starts: Any, person: Mapping[str, float]) -> Case:
    kinetics = {e: {name: float(numbers[f"{name}_{e}"]) for name in KINETICS["S"]} for e in ("S", "R")}
    common = {name: float(numbers[name]) for name in ("phi", "kv1", "kv2", "ke0", "WT", "AGE")}
    common |= {own: float(numbers[name]) for own, name in ABSORPTION.items()}
    chain = CHAIN | {name: float(numbers[name]) for name in FITTED}
    return Case(doses, starts, kinetics, common, chain, person)


def engine(
    case: Case, numbers: Mapping[str, Any], times: Sequence[float], names: Iterable[str], refine: int = 0
) -> Run:
    """The run of a case by the engine, on the grid of a compiled plan."""
    plan = CompiledPlan(cast(Any, Regimen(case)), case.common["WT"], numbers, refine=refine)
    grid = plan.grid(times)
    given = {**plan.signals(grid, 0), **case.person, "n_class": numbers["n_mid"], "s_class": numbers["s_nat"]}
    return run(LINKS, list(names), grid, numbers, given, [*plan.inputs(), *plan.visits()])


def level_times(case: Case) -> list[float]:
    """Where levels are compared: at, before and after events, and away from them."""
    ends = [t for e in ("S", "R") for t, *_ in entries(case, e)]
    near = [t + d for t in case.starts for d in (0.05, 2 / 3, 1.0, 2.5)]
    last = max(ends)
    return apart([*ends, *near, *(last + d for d in (0.123, 1.7, 6.0, 24.0))])


def effect_times(case: Case) -> list[float]:
    """Where effects are compared: through each session, then to two weeks after the last."""
    near = [t + d for t in case.starts for d in (0.0, 0.2, 2 / 3, 1.0, 1.5, 2.0, 4.0, 6.9)]
    last = case.starts[-1]
    return apart([*near, *(last + d for d in (12.0, 24.0, 48.0, 72.0, 168.0, 240.0, 336.0))])


def worst_of(got: Mapping[str, Array], want: Mapping[str, Array], names: Iterable[str]) -> dict[str, float]:
    """Largest error of each name, against the value or a thousandth of this person's peak, whichever is larger."""
    out = {}
    for name in names:
        scale = np.maximum(np.abs(want[name]), 1e-3 * np.abs(want[name]).max())
        error = np.abs(np.asarray(got[name]) - want[name])
        out[name] = float(np.max(error / np.where(scale > 0, scale, 1.0)))
    return out
