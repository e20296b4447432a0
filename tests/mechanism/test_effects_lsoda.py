"""Effects against LSODA on the chain typed again from the notes, begun anew at each event.

Errors are of the value, or of a thousandth of this person's peak where that is more. Two things make the pulse hard: a
bolus lifts glutamate from nothing within seconds, and where block is deep (odds above 4.8) glutamate falls to 0 with a
corner.
"""

from __future__ import annotations

import os
from functools import cache

import pytest

from resynapse.oracles import lsoda, notes, regimens

COUNT = int(os.environ.get("RESYNAPSE_REGIMENS", "30"))
NAMES = ("P", "F", "L", "K", "X", "Ed", "MADRS", "CADSS", "dSBP")
CORNER = 4.8  # odds of block near which glutamate reaches 0
GOAL = 1e-4
# What 100 regimens show, rounded up.
SHOWN = {"MADRS": 5e-5, "CADSS": 1e-6, "dSBP": 3e-6}
STATES = ("P", "F", "L", "K", "X", "Ed")
KINDS = "slow", "bolus", "deep"


@cache
def solved():
    """Each case with its times, what LSODA says, and how hard it is."""
    out = []
    for case, numbers in regimens.cases(COUNT):
        times = regimens.effect_times(case)
        peak = regimens.engine(case, numbers, times, ["x", "P"]).nodes("x").max()
        bolus = any(d.route == "iv" and not d.hours for d in case.doses)
        kind = "deep" if peak > CORNER else "bolus" if bolus else "slow"
        out.append((case, numbers, times, lsoda.whole(case, times), kind))
    return out


def errors(refine: int, every: int = 1):
    for case, numbers, times, want, kind in solved()[::every]:
        run = regimens.engine(case, numbers, times, NAMES, refine)
        yield kind, regimens.worst_of({n: run.at(n, times) for n in NAMES}, want, NAMES)


def test_effects_on_the_standard_grid(worst):
    for kind, seen in errors(0):
        for name, error in seen.items():
            if name in SHOWN:
                worst(f"{name} v LSODA, {COUNT} regimens", error, SHOWN[name])
            else:
                worst(f"{name} v LSODA, {kind} regimens", error, 5e-5)


def test_effects_reach_the_goal_as_the_grid_is_refined(worst):
    for _, seen in errors(4, every=3):
        for name, error in seen.items():
            worst(f"{name} v LSODA, refined grid", error, 1e-6 if name in STATES else 1e-7)


def test_the_cases_hold_each_kind():
    for every in (1, 3):
        assert {kind for *_, kind in solved()[::every]} == set(KINDS)


def test_hope_and_time_are_the_closed_forms(worst):
    for case, numbers, times, want, _ in solved():
        run = regimens.engine(case, numbers, times, ["Ef", "Es"])
        for name in ("Ef", "Es"):
            seen = regimens.worst_of({name: run.at(name, times)}, want, [name])
            worst(f"{name} v the closed form", seen[name], 1e-11)


@pytest.mark.parametrize("text", ["mon wed fri, 2 weeks", "every 37 h, 5 times"])
def test_published_numbers_on_a_course_in_words(worst, text):
    """The typical responder on a course as people write it, against the notes alone."""
    from resynapse.evidence import load
    from resynapse.mechanism import CHAIN
    from resynapse.mechanism.read_numpy import run
    from resynapse.simulation.plan import CompiledPlan
    from resynapse.therapy.course import Course

    numbers = {**load().values(), "WT": 70.0, "AGE": 40.0}
    plan = CompiledPlan(Course.parse(f"0.5 mg/kg over 33.7 min, {text}"), 70.0, numbers)
    starts = tuple(float(t) for t in plan.starts)
    doses = tuple(notes.Given(t, 35.0, 0.5, 0.5, "iv", 33.7 / 60, False) for t in starts)
    case = notes.Case(doses, starts)
    times = regimens.effect_times(case)
    grid = plan.grid(times)
    given = {**plan.signals(grid, 0), "n_class": numbers["n_mid"], "s_class": numbers["s_nat"]}
    got = run(CHAIN, NAMES, grid, numbers, given, [*plan.inputs(), *plan.visits()])
    want = lsoda.whole(case, times)
    for name, error in regimens.worst_of({n: got.at(n, times) for n in NAMES}, want, NAMES).items():
        bound = SHOWN.get(name, GOAL)
        worst(f"{name} v LSODA, typical person, infusions in words", error, bound)
