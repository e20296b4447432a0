"""A person is the same to the bit alone, in any batch and order: nothing about others enters their arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.evidence import load
from resynapse.inference.draws import parameters
from resynapse.mechanism import CHAIN
from resynapse.mechanism.read_numpy import run
from resynapse.simulation.people import gather, own_numbers, session_numbers
from resynapse.simulation.plan import CompiledPlan
from resynapse.therapy.course import Course
from resynapse.therapy.patient import Patient

PEOPLE = 24
WANT = [n.name for n in CHAIN if n.kind in ("readout", "effect", "compartment")]
COURSES = [
    "0.5 mg/kg over 33.7 min, every 3.01 d, 3 times",
    "0.4 mg/kg, iv, once, then 2 x 28 mg, every 37 h, 2 times",
    "0.5 mg/kg, im, every 50 h, 2 times, then 1 mg/kg, oral, every 20 h, 2 times",
    "1 mg/kg, sublingual, every 24 h, 2 times, then 0.5 mg/kg, sc, then 1 mg/kg, rectal",
]


def everybody() -> dict[str, np.ndarray]:
    """Numbers and variates that differ, (PEOPLE,): light and heavy, young and old, all kinetics and fitted numbers."""
    ledger = load()
    typical = {**ledger.values(), "WT": 70.0, "AGE": 40.0}
    crowd = gather(CHAIN, Patient(), typical, 3, PEOPLE, 1)
    own = own_numbers(ledger, typical, crowd) | session_numbers(ledger, typical, crowd, 1)
    own |= {name: v[:, 0] for name, v in parameters(ledger, 3, PEOPLE).items()}
    rng = np.random.default_rng(3)
    own |= {"WT": rng.uniform(35, 180, PEOPLE), "AGE": rng.uniform(18, 90, PEOPLE)}
    own |= {n.name: crowd.variates[n.name][:, 0] for n in CHAIN if n.kind == "vary"}
    return own | {
        "base": crowd.base[:, 0],
        "xi": np.exp(0.3 * crowd.z_xi[:, 0]),
        "responder": (crowd.rank[:, 0] < 0.6) * 1.0,
    }


def together(course: str, own: dict[str, np.ndarray], batch: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Everything of these people at all steps, (3, K, *batch)."""
    ledger = load()
    numbers = {**ledger.values(), "WT": 70.0, "AGE": 40.0, **own}
    plan = CompiledPlan(Course.parse(course), 70.0, ledger.values() | {"WT": 70.0, "AGE": 40.0})
    inputs = plan.inputs(numbers)
    grid = plan.grid([0.0, 7.3, 24.0, 60.0, 240.0, *(i.time for i in inputs)])
    given = {n: v for n, v in own.items() if n in {x.name for x in CHAIN}}
    given |= plan.signals(grid, len(batch)) | {
        "n_class": numbers["n_mid"],
        "s_class": numbers["s_nat"],
        "perceived": 1.0,
    }
    out = run(CHAIN, WANT, grid, numbers, given, [*inputs, *plan.visits()], batch)
    return {name: np.broadcast_to(out.full(name), (3, grid.steps, *batch)) for name in WANT}


def some(own: dict[str, np.ndarray], who: object) -> dict[str, np.ndarray]:
    return {name: v[who] for name, v in own.items()}


def differing(a, b):
    return [n for n in WANT if a[n].shape != b[n].shape or not np.array_equal(a[n], b[n])]


@pytest.mark.parametrize("course", COURSES)
def test_alone_in_parts_and_in_another_order(course):
    own = everybody()
    whole = together(course, own, (PEOPLE,))
    order = np.random.default_rng(5).permutation(PEOPLE)
    for who in [*(np.array([k]) for k in range(0, PEOPLE, 5)), np.arange(7), np.arange(5, 24), order]:
        part = together(course, some(own, who), (len(who),))
        assert not differing({n: v[..., who] for n, v in whole.items()}, part), len(who)
    # as plain numbers, without an axis of people: there lengths of absorption are exact, not the nearest of a list
    for k in (0, 11) if course in COURSES[:2] else ():
        alone = together(course, {n: float(v[k]) for n, v in own.items()}, ())
        assert not differing({n: v[..., k] for n, v in whole.items()}, alone)
