"""Levels against ball arithmetic: random people, boluses, overlapping infusions, nasal devices with gaps."""

from __future__ import annotations

import os
from itertools import pairwise

import numpy as np
import pytest

from resynapse.oracles import balls, notes, regimens

COUNT = int(os.environ.get("RESYNAPSE_REGIMENS", "30"))
CASES = regimens.cases(COUNT)
BOUND = 5e-11  # of the level, or of a thousandth of this person's peak where that is more; seen in 2,000: 1.5e-11


def test_levels_are_exact(worst):
    for case, numbers in CASES:
        times = regimens.level_times(case)
        want = balls.levels(case, times)
        run = regimens.engine(case, numbers, times, want)
        got = {name: run.at(name, times) for name in want}
        for name, error in regimens.worst_of(got, want, want).items():
            worst(f"{name} v 200-bit balls, {COUNT} regimens", error, BOUND)


def test_the_cases_keep_every_side_alive():
    people = [case.common for case, _ in CASES]
    doses = [case.doses for case, _ in CASES]
    assert {35.0, 180.0} <= {p["WT"] for p in people}
    assert any(p["AGE"] > 60 for p in people)
    assert any(p["AGE"] < 60 for p in people)
    every = [d for ds in doses for d in ds]
    assert {(d.s, d.r) for d in every} >= {(0.5, 0.5), (1.0, 0.0)}
    assert {d.route for d in every} == {"iv", "im", "sc", "nasal", "sublingual", "oral", "rectal"}
    assert any(d.route == "nasal" and d.later for d in every)
    assert any(d.route == "iv" and d.hours == 0 for d in every)
    # an infusion that still runs when the next dose is given, and one that runs into the next session
    assert any(b.time < a.time + a.hours for ds in doses for a, b in pairwise(ds))
    assert max(len(case.starts) for case, _ in CASES) >= 4
    # most ends of infusions fall between ticks
    tick = 1.25 / 60 / 8
    ends = np.array([d.time + d.hours for d in every if d.hours]) / tick
    assert np.mean(np.abs(ends - np.round(ends)) > 0.01) > 0.5


def test_published_numbers_and_those_of_the_evidence_are_one(worst):
    """The typical person from the notes, retyped, against the same from the evidence."""
    from resynapse.evidence import load

    numbers = {**load().values(), "WT": 70.0, "AGE": 40.0}
    give = notes.Given
    doses = (
        give(0.0, 35.0, 0.5, 0.5, "iv", 33.7 / 60, False),
        give(0.37, 28.0, 1.0, 0.0, "nasal", 0.0, False),
        give(0.37 + 7.3 / 60, 28.0, 1.0, 0.0, "nasal", 0.0, True),
        give(25.37, 10.0, 0.0, 1.0, "iv", 0.0, False),
        *(
            give(30.1 + 7.3 * k, 40.0, *(((0.5, 0.5), (1.0, 0.0), (0.0, 1.0))[k % 3]), route, 0.0, False)
            for k, route in enumerate(("im", "sc", "sublingual", "oral", "rectal"))
        ),
    )
    case = notes.Case(doses, (0.0, 25.37))
    times = regimens.level_times(case)
    want = balls.levels(case, times)
    run = regimens.engine(case, numbers, times, want)
    for name, error in regimens.worst_of({n: run.at(n, times) for n in want}, want, want).items():
        worst(f"{name}, published numbers retyped v evidence", error, BOUND)


@pytest.mark.parametrize("weight", [35.0, 70.0, 180.0])
@pytest.mark.parametrize("age", [40.0, 60.0, 75.0])
def test_the_whole_dose_is_cleared(worst, weight, age):
    """Mass: the integral of arterial level times clearance is the dose, by a grid that refines."""
    from resynapse.evidence import load

    numbers = {**load().values(), "WT": weight, "AGE": age}
    case = notes.Case(
        (notes.Given(0.0, 50.0, 1.0, 0.0, "iv", 33.7 / 60, False),), (0.0,),
        common=notes.COMMON | {"WT": weight, "AGE": age},
    )  # fmt: skip
    run = regimens.engine(case, numbers, np.linspace(0, 120, 481), ["ketamine_arterial", "P"], refine=2)
    cleared = run.integral("ketamine_arterial") * notes.scaled(case, "S")["CL"]
    worst("dose cleared, CL x AUC over dose less 1", abs(float(cleared) / 50.0 - 1), 1e-8)
