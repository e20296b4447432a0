"""Slopes against central differences of NumPy on the same moving grid, and of LSODA; everyone by either reader."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import resynapse as rs
from resynapse.derivatives import gradient, movable_in
from resynapse.errors import Refused
from resynapse.full_runs import hours
from resynapse.mechanism import CHAIN
from resynapse.mechanism.read_numpy import run
from resynapse.oracles import lsoda, notes
from resynapse.services.verify_readers import PLAN, WANT, by_numpy, jax_values, slope_error
from resynapse.services.verify_readers import slopes as check_slopes
from resynapse.services.verify_seen import Size
from resynapse.study import Study
from resynapse.therapy.course import Course
from resynapse.therapy.patient import Patient

ALL = os.environ.get("RESYNAPSE_SLOPES") == "all"  # in `make bench`; else some of the inputs
# inside an infusion, after it, inside another, between devices, after all, later
TIMES = (0.3, 2.0, 37.2, 74.05, 74.3, 76.5, 168.0)
SOME = (
    "P50", "tauF", "Emax", "hX", "gp", "KiS", "CLint_S", "V2_R", "WT", "AGE", "IN_Fn1", "IN_d2", "grace", "theta",
    "base_mean", "n_mid", "dose 1 amount", "dose 3 amount", "dose 5 amount", "dose 1 time", "dose 2 time",
    "dose 4 time", "dose 5 time", "dose 1 duration", "dose 2 duration",
)  # fmt: skip
SCORES = ("MADRS", "SBP", "DBP", "HR")  # the same names wherever they serve: others compile anew


@cache
def case():
    study = Study.of(Patient(weight="82 kg", age=70))
    plan = study.compiled(Course.parse(PLAN))
    movable = movable_in(study, plan, TIMES)
    known = set(CHAIN.numbers) | {n for n in movable.values if n.startswith(("dose ", "IN_"))} | {"grace", "n_mid"}
    inputs = tuple(n for n in movable.values if n in known and (ALL or n in SOME))
    return movable, inputs, gradient(CHAIN, WANT, movable, inputs)


def test_values_are_those_of_numpy(worst):
    movable, _, (values, _) = case()
    want = by_numpy(movable, WANT, {})
    scale = np.maximum(np.abs(want), 1e-3 * np.abs(want).max(axis=1, keepdims=True))
    got = np.stack([values[name] for name in WANT])
    worst("JAX on a moving grid v NumPy", (np.abs(got - want) / scale).max(), 1e-12)


def test_slopes_are_those_of_central_differences(worst):
    movable, inputs, (_, slopes) = case()
    for j, name in enumerate(inputs):
        ours = np.stack([slopes[of][j] for of in WANT])
        assert np.all(np.isfinite(ours)), name
        kind = name.split()[-1] if name.startswith("dose") else "numbers"
        error = slope_error(movable, WANT, name, ours)
        if name == "dose 3 time":  # read 3 min after a device, where the differences themselves are off by 4e-7
            worst("slopes in the time of a device, 3 min after it, v central differences of NumPy", error, 1e-6)
        else:
            worst(f"slopes in {kind} v central differences of NumPy", error, 1e-8)


def by_lsoda(changed):
    """MADRS, L and arterial level by LSODA where a dose or a number is another, (3, times)."""
    movable, *_ = case()
    doses = []
    for k, dose in enumerate(movable.plan.doses, 1):
        time, mg, hours = (
            changed.get(f"dose {k} {what}", old)
            for what, old in (("time", dose.time_h), ("amount", dose.mg_base), ("duration", dose.duration_h))
        )
        doses.append(notes.Given(time, mg, dose.drug.s, dose.drug.r, dose.route, hours, bool(dose.device)))
    first = {d.session_number: g.time for d, g in reversed(list(zip(movable.plan.doses, doses, strict=True)))}
    person = {"base": movable.laid({}).given["base"]}
    case_ = notes.Case(
        tuple(doses), tuple(sorted(first.values())), common=notes.COMMON | {"WT": 82.0, "AGE": 70.0},
        chain=notes.CHAIN | {n: v for n, v in changed.items() if n in notes.CHAIN}, person=person,
    )  # fmt: skip
    out = lsoda.whole(case_, list(TIMES))
    return np.stack([out[name] for name in ("MADRS", "L", "ketamine_arterial")])


@pytest.mark.parametrize("name", ["dose 1 amount", "dose 2 time", "dose 2 duration", "P50"])
def test_slopes_are_those_of_lsoda(worst, name):
    """Of the true slope, so with the error of the grid and of the differences themselves."""
    movable, inputs, (_, slopes) = case()
    value = movable.values[name]
    whole = 1.0 if name.endswith("time") else value
    step = 2e-3 * whole
    want = (by_lsoda({name: value + step}) - by_lsoda({name: value - step})) / (2 * step)
    ours = np.stack([slopes[of][inputs.index(name)] for of in ("MADRS", "L", "ketamine_arterial")])
    scale = np.abs(by_lsoda({})).max(axis=1, keepdims=True)
    worst(
        "slopes v differences of LSODA, of the largest value of their name",
        (np.abs(ours - want) * whole / scale).max(),
        1e-4,
    )


def test_slopes_where_something_begins_are_finite_and_those_of_an_earlier_dose(worst):
    """At starts, at a bolus and before anything: every number and dose; the level beside its own closed form."""
    doses = case()[0].plan.doses
    table = rs.slopes(PLAN, Patient(weight="82 kg", age=70), of=WANT, at=[*(d.time_h for d in doses), 168.0])
    assert np.all(np.isfinite(table["moves"]))
    assert len(table["input"].unique()) > 100
    level = table[table["of"] == "ketamine_arterial"].set_index(["at_h", "input"])["slope"]
    numbers = Study.of(Patient(weight="82 kg", age=70)).numbers
    size = (82 / 70) ** numbers["b_volume"]
    # a bolus of half an mg more of each enantiomer, read at its own time
    per_mg = 500 / size * (1 / numbers["V1_S"] + 1 / numbers["V1_R"])
    error = level[doses[4].time_h, "dose 5 amount"] / per_mg - 1
    worst("level at a bolus, slope in its amount v closed form", abs(error), 1e-12)
    # where the first infusion begins, an earlier one is ahead by its rate
    error = level[0.0, "dose 1 time"] / (-per_mg * doses[0].mg_base / doses[0].duration_h) - 1
    worst("level at a start, slope in its time v closed form", abs(error), 1e-12)


def test_what_the_chain_is_told_moves_with_the_numbers_it_is_told_from():
    """Score and pressures at the start where a person's own are not known, and the classes of hope and time."""
    course = "0.5 mg/kg over 40 min"
    table = rs.slopes(course, of=SCORES, at="24 h").set_index(["of", "input"])
    assert {"n_mid", "s_nat", "grace", "base_mean"} <= set(table.loc["MADRS"].index)
    assert "IN_d2" not in table.loc["MADRS"].index
    score, body = table.loc["MADRS"], table.loc["DBP"]
    # the score is a part of that at the start, and the usual diastolic pressure goes with the systolic one
    assert score["slope"]["base_mean"] == pytest.approx(score["value"]["base_mean"] / 33.0, rel=1e-12)
    assert body["slope"]["dbp_0"] == pytest.approx(1.0, rel=1e-12)
    own = rs.slopes(course, Patient(madrs=33, sbp=130), of=SCORES, at="24 h").set_index(["of", "input"])
    assert ("MADRS", "base_mean") not in own.index
    assert own["slope"]["DBP", "dbp_0"] == pytest.approx(130 / 120, rel=1e-12)
    assert own["slope"]["DBP", "sbp_0"] == pytest.approx(-75 * 130 / 120**2, rel=1e-12)


@pytest.mark.parametrize("what", ["dose 1 amount", "dose 1 duration", "D50"])
def test_hope_follows_where_doses_are_hard_to_notice(worst, what):
    """Against the plan written anew, its weight of hope and all."""
    hours = 40 / 60

    def madrs(mg: float, over: float, **numbers: float) -> float:
        study = Study.of(Patient(weight="82 kg", age=70))
        study.__dict__["numbers"] = study.numbers | numbers
        plan = replace(study.compiled(Course.parse(f"{mg:.12g} mg over {over * 60:.12g} min")), numbers=study.numbers)
        given = {**study.given(plan, study.hope(plan)), "responder": 1.0}
        grid = plan.grid([24.0])
        inputs = [*plan.inputs(), *plan.visits()]
        return float(
            run(CHAIN, ["MADRS"], grid, plan.numbers, given | plan.signals(grid, 0), inputs).at("MADRS", [24.0])[0]
        )

    def moved(part: float) -> float:
        if what == "D50":
            return madrs(3.0, hours, D50=Study.of().numbers["D50"] * part)
        return madrs(3.0 * part, hours) if what.endswith("amount") else madrs(3.0, hours * part)

    study = Study.of(Patient(weight="82 kg", age=70))
    assert study.hope(study.compiled(Course.parse("3 mg over 40 min"))) < 0.9
    table = rs.slopes("3 mg over 40 min", Patient(weight="82 kg", age=70), of=SCORES, at="24 h", by=[what])
    row = table[table["of"] == "MADRS"].iloc[0]
    want = (moved(1.01) - moved(0.99)) / 0.02
    got = row["slope"] * row["input_value"]
    assert abs(want) > 1e-3
    worst("slope with the weight of hope v the plan written anew, of the slope", abs(got / want - 1), 2e-3)


def test_slopes_in_words():
    table = rs.slopes(PLAN, Patient(weight="82 kg", age=70), of=WANT, at=TIMES, by=["dose 1 amount", "P50"])
    assert len(table) == 2 * len(WANT) * len(TIMES)
    assert list(table["moves"].abs()) == sorted(table["moves"].abs(), reverse=True)
    row = table[(table["of"] == "ketamine_arterial") & (table["at_h"] == 0.3) & (table["input"] == "dose 1 amount")]
    # linear: 1 % more of the only dose so far is 1 % more of the level
    assert row["moves"].item() == pytest.approx(row["value"].item() / 100, rel=1e-12)
    assert row["unit"].item() == "ng/mL"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"of": "MADR"}, "MADRS"), ({"at": "0,5 h"}, "24 h"), ({"at": -1.0}, "24 h"), ({"at": ()}, "24 h"),
        ({"of": 5}, "MADRS"), ({"by": 5}, "MADRS"), ({"person": rs.Population()}, "Patient"),
        ({"responder": "no"}, "True"), ({"by": ["dose 9 amount"]}, "dose"), ({"by": ["P5"]}, "P50"),
        ({"of": ()}, "MADRS"),
    ],
)  # fmt: skip
def test_slopes_refuse_by_name(changed, said):
    with pytest.raises(Refused) as no:
        rs.slopes("0.5 mg/kg over 40 min", **changed)
    assert said in str(no.value)
    assert "field" in str(no.value)


def test_what_is_not_known_of_a_person_moves_with_the_usual_value(worst):
    """The score is in proportion to what it starts from, pressure and pulse are on top of theirs."""
    at = ("40 min", "42 d")
    table = rs.slopes("0.5 mg/kg over 40 min", of=SCORES, at=at).set_index(["of", "at_h", "input"])
    for time in (40 / 60, 1008.0):
        row = table.loc["MADRS", time, "base_mean"]
        worst("slope in the score at the start v closed form", abs(row["slope"] - row["value"] / 33), 1e-12)
        for name, number in (("SBP", "sbp_0"), ("DBP", "dbp_0"), ("HR", "hr_0")):
            assert table.loc[name, time, number]["slope"] == pytest.approx(1.0, abs=1e-12)
    assert all(table.loc["MADRS", 1008.0, name]["slope"] != 0 for name in ("n_mid", "s_nat", "grace"))
    known = Patient(madrs=33, sbp=120, dbp=75, heart_rate=70)
    told = rs.slopes("0.5 mg/kg over 40 min", known, of=SCORES, at=at)
    assert not {"base_mean", "sbp_0", "dbp_0", "hr_0"} & set(told["input"])


@pytest.mark.parametrize("at", [np.float32(3), np.int64(3), np.array(3), np.array([3, 3]), [3.0], {3}, iter(["3 h"])])
def test_times_of_any_number(at):
    assert hours(at).tolist() == [3.0]


@pytest.mark.parametrize("at", [None, b"3 h", True, [[3]], [None], np.timedelta64(90, "m"), 10**400, float("nan")])
def test_what_is_no_time_is_refused(at):
    with pytest.raises(Refused, match="field at"):
        hours(at)


@pytest.mark.parametrize("changed", [{"people": Patient()}, {"want": 5}, {"want": [["MADRS"]]}, {"want": b"MADRS"}])
def test_everyone_refuses_other_kinds(changed):
    with pytest.raises(Refused, match="field"):
        rs.everyone("0.5 mg/kg over 40 min", reader="numpy", **changed)


def test_the_checks_of_verify_hold(worst):
    for seen in (*jax_values(Size()), *check_slopes(Size())):
        worst(f"verify, {seen.what}", seen.worst, seen.bound)


def test_everyone_in_words():
    people = rs.Population.trd(n=80)
    ours, theirs = (rs.everyone(PLAN, people, want=WANT, at=("2 h", "7 d"), seed=4, reader=r) for r in ("jax", "numpy"))
    assert ours.sizes == {"time": 2, "draw": 2, "person": 40}
    assert ours["ketamine_arterial"].attrs["units"] == "ng/mL"
    assert float(ours["ketamine_arterial"].std("person").min()) > 0
    for name in WANT:
        assert float(np.abs(ours[name] - theirs[name]).max()) <= 1e-12 * float(np.abs(theirs[name]).max())
    with pytest.raises(Refused, match="numpy"):
        rs.everyone(PLAN, people, reader="julia")
    with pytest.raises(Refused, match="norketamine"):
        rs.everyone(PLAN, people, want="norketamin")


def test_without_jax_numpy_reads_and_what_needs_it_says_so(monkeypatch):
    monkeypatch.setattr("resynapse.full_runs.find_spec", lambda _: None)
    monkeypatch.setattr("resynapse.derivatives.find_spec", lambda _: None)
    people = rs.Population(draws=1, people=1)
    assert rs.everyone(PLAN, people, at="2 h").attrs["reader"] == "numpy"
    with pytest.raises(Refused, match=r"field reader"):
        rs.everyone(PLAN, people, reader="jax")
    with pytest.raises(Refused, match=r"slopes needs the extra fast"):
        rs.slopes(PLAN)
