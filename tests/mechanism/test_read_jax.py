"""JAX against NumPy on the same runs: values, bits, compilations. Slopes: tests/test_slopes.py."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from test_same_bits import WANT, everybody, some

from resynapse.engine.grid import TICK_H
from resynapse.evidence import load
from resynapse.mechanism import CHAIN, read_jax
from resynapse.mechanism.read_numpy import run
from resynapse.simulation.plan import CompiledPlan
from resynapse.therapy.course import Course

TYPICAL = {**load().values(), "WT": 70.0, "AGE": 40.0}
TIMES = [0.0, 0.1, 0.5, 0.7, 1.3, 2.0, 4.0, 7.3, 24.0, 37.2, 60.0, 240.0]
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
    "0.4 mg/kg, iv, once, then 2.5 mg/kg over 33.7 min, then 2 x 28 mg, every 37 h, 2 times",
    "0.5 mg/kg, im, every 50 h, 2 times, then 1 mg/kg, oral, every 20 h, 2 times",
    "1 mg/kg, sublingual, every 24 h, 2 times, then 0.5 mg/kg, sc, then 1 mg/kg, rectal",
]


@pytest.mark.parametrize("text", ROUTES if EVERY else ROUTES[1:2])
def test_every_name_is_that_of_numpy(worst, text):
    plan, own = course(text), crowd()
    grid, numbers, given, inputs = setting(plan, own, TIMES)
    ref = run(CHAIN, WANT, grid, numbers, given, inputs, (24,))
    got = by_jax(plan, own, WANT)
    for name in WANT:
        want = np.broadcast_to(ref.at(name, TIMES), (len(TIMES), 24))
        peak = np.abs(np.broadcast_to(ref.nodes(name), (grid.steps + 1, 24))).max(axis=0)
        worst("JAX v NumPy, any state or read-out, 24 people", off(got[name], want, peak), 1e-12)


def test_nobody_s_bits_go_by_who_else_is_there():
    plan, own = course("0.5 mg/kg over 33.7 min, every 37 h, 2 times, then 2 x 28 mg"), crowd()
    want = ["MADRS", "CADSS", "norketamine"]
    many = {name: np.tile(v, 4)[:70] for name, v in own.items()}  # more than are taken side by side
    whole = by_jax(plan, many, want)
    order = np.random.default_rng(2).permutation(70)
    for who in (np.array([3]), np.arange(5, 40), order):
        part = by_jax(plan, some(many, who), want)
        assert all(np.array_equal(part[name], whole[name][:, who]) for name in want), len(who)
        assert all(np.array_equal(v, by_jax(plan, some(many, who), want)[name]) for name, v in part.items())


def test_an_edited_plan_compiles_nothing_new():
    own, want = some(crowd(), np.arange(3)), ["MADRS", "ketamine_arterial"]
    by_jax(course("0.5 mg/kg over 40 min"), own, want)
    before = read_jax.compiled._cache_size()
    for text in (
        "0.7 mg/kg over 40 min", "0.5 mg/kg over 33.7 min", "0.5 mg/kg over 40 min, every 37.3 h, 2 times",
        "0.2 mg/kg, iv", "0.2 mg/kg, iv, once, then 0.5 mg/kg over 90 min, every 3 d, 2 times",
    ):  # fmt: skip
        by_jax(course(text), own, want, [0.0, 1.1, 24.0, 72.0])
    assert read_jax.compiled._cache_size() == before
    # people, times and numbers are data too, while there are no more of them than a bucket holds
    by_jax(course("0.5 mg/kg over 40 min"), crowd(), want, np.arange(0, 60.0))
    by_jax(course("0.5 mg/kg over 40 min"), some(crowd(), np.arange(1)), want)
    assert read_jax.compiled._cache_size() == before
    # a longer course is the next size up: once
    for text in ("0.5 mg/kg over 40 min, mon wed fri, 2 weeks", "0.6 mg/kg over 33.7 min, every 50 h, 5 times"):
        by_jax(course(text), own, want, [24.0, 400.0])
    assert read_jax.compiled._cache_size() == before + 1


def test_very_fast_steps_are_halved(worst):
    plan, own = course("0.5 mg/kg over 33.7 min"), some(crowd(), np.arange(2))
    own = own | {"MTTH_S": own["WT"] * 0 + 1e-3, "MTTH_R": own["WT"] * 0 + 2e-3}
    grid, numbers, given, inputs = setting(plan, own, TIMES)
    want = run(CHAIN, ["hydroxynorketamine"], grid, numbers, given, inputs, (2,)).at("hydroxynorketamine", TIMES)
    got = by_jax(plan, own, ["hydroxynorketamine"])["hydroxynorketamine"]
    worst("JAX v NumPy, a step that passes in seconds", off(got, want, want.max(axis=0)), 1e-12)


@pytest.mark.parametrize(("rate_per_h", "want"), [(0.0, 0), (0.1, 0), (383, 0), (385, 1), (800, 2), (13_000, 6)])
def test_half_a_tick_is_halved_until_its_norm_is_small(rate_per_h, want):
    assert read_jax.halvings(rate_per_h) == want


@pytest.mark.parametrize(("refine", "longest"), [(-1, TICK_H * 2**13), (-2, TICK_H * 2**14)])
def test_a_coarse_grid_is_refused(refine, longest):
    plan = replace(course("0.5 mg/kg over 33.7 min"), refine=refine)
    assert plan.grid([240.0]).sizes.max() == pytest.approx(longest)
    with pytest.raises(ValueError, match="not coarse"):
        by_jax(plan, some(crowd(), np.arange(1)), ["MADRS"], [240.0])


def test_cut_chains_are_read_alike(worst):
    plan, own = course("0.5 mg/kg over 33.7 min"), some(crowd(), np.arange(4))
    grid, numbers, given, inputs = setting(plan, own, TIMES)
    # a compartment, a read-out that moves effects, one of scores, a number, one made of numbers
    for chain in (CHAIN.cut("C_S"), CHAIN.cut("D"), CHAIN.cut("X"), CHAIN.fix(P50=0.4), CHAIN.fix(CL_S=200.0)):
        want = run(chain, ["L", "X", "D"], grid, numbers, given, inputs, (4,))
        got = read_jax.run(chain, ["L", "X", "D"], grid, numbers, given, inputs, 4, TIMES)
        for name, seen in got.items():
            ref = np.broadcast_to(want.at(name, TIMES), seen.shape)
            error = off(seen, ref, np.abs(ref).max(axis=0))
            worst("JAX v NumPy, chains with a cut or a number of their own", error, 1e-12)


def test_inputs_by_steps_may_differ_between_people(worst):
    plan, own = course("0.5 mg/kg over 33.7 min, every 37 h, 2 times"), some(crowd(), np.arange(3))
    grid, numbers, given, inputs = setting(plan, own, TIMES)
    later = np.array([0.0, 30.0, 90.0])  # h by which each person's visits end later
    over = (grid.time[:-1, None] >= plan.over_from + later - 1e-9).astype(float)
    given |= {"over": over, "session": given["session"] + np.array([0.0, 1.0, 2.0])}
    want = run(CHAIN, ["MADRS", "CADSS"], grid, numbers, given, inputs, (3,))
    got = read_jax.run(CHAIN, ["MADRS", "CADSS"], grid, numbers, given, inputs, 3, TIMES)
    for name, seen in got.items():
        assert np.ptp(seen[-1]) > 0 or name == "CADSS"
        error = off(seen, want.at(name, TIMES), np.abs(want.nodes(name)).max(axis=0))
        worst("JAX v NumPy, inputs by steps of each person", error, 1e-12)


@pytest.mark.parametrize("count", [2, read_jax.LANES])  # the second would fit those who stand side by side
def test_numbers_of_other_people_are_refused(count):
    plan, own = course("0.5 mg/kg over 33.7 min"), some(crowd(), np.arange(1))
    own = {name: np.repeat(v, 40) for name, v in own.items()}
    grid, numbers, given, inputs = setting(plan, own, TIMES)
    by_steps = np.ones((grid.steps, count))
    for told in ({"P50": np.full(count, 0.3)}, {"base": np.full(count, 30.0)}, {"session": by_steps}):
        ours, theirs = ({**d, **{n: v for n, v in told.items() if n in d}} for d in (numbers, given))
        theirs |= {n: v for n, v in told.items() if n != "P50"}
        with pytest.raises(ValueError, match=f"{next(iter(told))} is of {count} people, and there are 40"):
            read_jax.run(CHAIN, ["MADRS", "CADSS"], grid, ours, theirs, inputs, 40, TIMES)
