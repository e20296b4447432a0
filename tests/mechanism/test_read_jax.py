"""JAX against NumPy on the same runs: values, bits, compilations; slopes against differences of NumPy and of LSODA."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import jax
import numpy as np
import pytest
from test_same_bits import WANT, everybody, some

import oracles
from resynapse.evidence import load
from resynapse.mechanism import CHAIN, read_jax
from resynapse.mechanism.read_numpy import run
from resynapse.simulation.movable import MovablePlan
from resynapse.simulation.plan import CompiledPlan
from resynapse.therapy.course import Course

TYPICAL = {**load().values(), "WT": 70.0, "AGE": 40.0}
TIMES = [0.0, 0.1, 0.5, 0.7, 1.3, 2.0, 4.0, 7.3, 24.0, 37.2, 60.0, 240.0]
# every route, a bolus, an infusion, two devices, odd times
ALL_ROUTES = (
    "0.5 mg/kg over 33.7 min, then 0.2 mg/kg, iv, then 2 x 28 mg, then 0.5 mg/kg, im, then 0.3 mg/kg, sc, "
    "then 1 mg/kg, sublingual, then 1 mg/kg, oral, then 1 mg/kg, rectal, every 7.3 h"
)
EVERY = os.environ.get("RESYNAPSE_SLOPES") == "all"  # in `make bench`; here some of the inputs


def course(text: str) -> CompiledPlan:
    return CompiledPlan(Course.parse(text), 70.0, TYPICAL)


@cache
def crowd():
    return everybody()


def setting(plan, own, times):
    """Grid, numbers, givens and inputs of these people on a plan."""
    numbers = {**TYPICAL, **own}
    inputs = [*plan.inputs(numbers), *plan.visits()]
    grid = plan.grid([*times, *(i.time for i in inputs)])
    given = {n: v for n, v in own.items() if n in {x.name for x in CHAIN}} | plan.signals(grid, 1)
    given |= {"n_class": numbers["n_mid"], "s_class": numbers["s_nat"], "perceived": 1.0}
    return grid, numbers, given, inputs


def by_jax(plan, own, want, times=TIMES):
    grid, numbers, given, inputs = setting(plan, own, times)
    return read_jax.run(CHAIN, want, grid, numbers, given, inputs, len(own["WT"]), times)


def off(got, want, peak):
    scale = np.maximum(np.abs(want), 1e-3 * peak)
    return float(np.max(np.abs(got - want) / np.where(scale > 0, scale, 1.0)))


ROUTES = [
    "0.5 mg/kg over 33.7 min, every 3.01 d, 3 times",
    "0.4 mg/kg, iv, once, then 2 x 28 mg, every 37 h, 2 times",
    "0.5 mg/kg, im, every 50 h, 2 times, then 1 mg/kg, oral, every 20 h, 2 times",
    "1 mg/kg, sublingual, every 24 h, 2 times, then 0.5 mg/kg, sc, then 1 mg/kg, rectal",
]


@pytest.mark.parametrize("text", ROUTES if EVERY else ROUTES[1:3])
def test_every_name_is_that_of_numpy(worst, text):
    plan, own = course(text), crowd()
    grid, numbers, given, inputs = setting(plan, own, TIMES)
    ref = run(CHAIN, WANT, grid, numbers, given, inputs, (24,))
    got = by_jax(plan, own, WANT)
    for name in WANT:
        want = np.broadcast_to(ref.at(name, TIMES), (len(TIMES), 24))
        peak = np.abs(np.broadcast_to(ref.nodes(name), (grid.steps + 1, 24))).max(axis=0)
        worst("JAX v NumPy, any state or read-out, 24 people", off(got[name], want, peak), 1e-12)
