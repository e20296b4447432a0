"""A study: plans on demand, any session, any day; steps of the chain cut in plan B; and what all of it shares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import resynapse as rs
from resynapse.evidence import load
from resynapse.mechanism import CHAIN, cuts
from resynapse.mechanism.read_numpy import run
from resynapse.outcome.summarise import Ask, summarise
from resynapse.simulation.minutes import own_session
from resynapse.study import COARSE, Study
from resynapse.therapy.course import Course
from resynapse.views import sentence

PLAN = "0.5 mg/kg over 40 min, mon wed fri, 1 weeks"
CLOSE = "0.5 mg/kg over 40 min, every 6 h, 4 times"
PEOPLE = rs.Population(rs.Patient(), 6, 20)
SIDE = ("ketamine_arterial", "ketamine_venous", "norketamine", "CADSS", "SBP", "HR")


@pytest.fixture(scope="module")
def study() -> Study:
    return Study.of(PEOPLE, seed=4, until="2 weeks")


# -- parts on demand


def test_a_study_answers_as_simulate_to_the_bit(study: Study) -> None:
    a, b = Course.parse(PLAN), Course.parse(PLAN).against("once")
    ours = study.outcome(study.plan("A", a), study.plan("B", b))
    other = rs.simulate(PLAN, PEOPLE, against="once", seed=4, until="2 weeks")
    for p, q in zip(ours.plans, other.plans, strict=True):
        assert np.array_equal(p.weeks.plan, q.weeks.plan)  # type: ignore[union-attr]
        assert np.array_equal(p.observed, q.observed)
    assert ours.summary.contrasts == other.summary.contrasts


def test_plans_that_begin_alike_are_alike_to_the_bit_until_they_part(study: Study) -> None:
    a, b = (study.plan("A", Course.parse(text)).weeks for text in (PLAN, "0.5 mg/kg over 40 min, once"))
    early = a.time <= 24.0  # type: ignore[union-attr]
    assert np.array_equal(a.plan[early], b.plan[early])  # type: ignore[union-attr]
    assert np.array_equal(a.inert[early], b.inert[early])  # type: ignore[union-attr]


def test_what_was_asked_before_changes_no_bit(study: Study) -> None:
    alone = Study.of(PEOPLE, seed=4, until="2 weeks").plan("A", Course.parse(PLAN))
    for text in ("1 mg/kg over 41 min", "3 x 28 mg", "0.3 mg/kg over 97 min, every 3 d, 2 times"):
        study.plan("A", Course.parse(text)).minutes.drive.max()
    again = study.plan("A", Course.parse(PLAN))
    assert np.array_equal(alone.weeks.plan, again.weeks.plan)  # type: ignore[union-attr]
    assert np.array_equal(alone.session(2).drive, again.session(2).drive)
    assert alone.back == again.back


def test_only_what_is_asked_for_is_made(study: Study) -> None:
    p = study.plan("A", Course.parse("0.4 mg/kg over 40 min"))
    assert not p.shelf
    summarise(study.outcome(p), Ask(outputs=("CADSS",), leanings=False, lines=False))
    assert "typical" not in p.shelf
    assert set(p.session(1).values.made) <= {"CADSS", "dSBP", "SBP"}  # type: ignore[attr-defined]


# -- any session


@pytest.mark.parametrize("text", [PLAN, CLOSE])
@pytest.mark.parametrize("k", [2, 3])
def test_a_later_session_is_that_of_the_whole_course(worst, text: str, k: int) -> None:
    """The usual person's own minutes, from drug of earlier sessions on, against the run of the whole course."""
    study = Study.of(PEOPLE, seed=4, until="2 weeks")
    p = study.plan("A", Course.parse(text))
    usual = {name: np.full_like(v, study.numbers[name]) for name, v in study.own.items()}
    one = own_session(study.chain, p.plan, usual, k)
    times = float(p.plan.starts[k - 1]) + np.array([0.25, 0.5, 1.0, 2.0, 4.0])
    names, grid = ["C_S", "C_R", "Cd", "Md", "N_S", "HP_R"], p.plan.grid(times)
    whole = run(study.chain, names, grid, study.numbers, {}, p.plan.inputs())
    for name in names:
        want, got = whole.at(name, times), one.nodes(name)[one.grid.at(times)][:, 0]
        # what began more than 72 h before is left out
        bound = 1e-6
        worst(f"session {k} v the whole course, of the largest: {name}", np.abs(got - want).max() / want.max(), bound)


def test_dissociation_fades_and_the_session_says_which_it_is(study: Study) -> None:
    out = study.outcome(study.plan("A", Course.parse(PLAN)))
    views = [summarise(out, Ask(session=k, leanings=False)).plans[0].session for k in (1, 2, 3)]
    assert [v.number for v in views] == [1, 2, 3]
    assert [v.start_day for v in views] == [0.0, 2.0, 4.0]
    assert all(v.blocks[0][0] == pytest.approx(0.0) for v in views)
    peaks = [next(x for x in v.peaks if x.name == "CADSS").value.value for v in views]
    assert peaks[0] > peaks[1] > peaks[2]


def test_sessions_hours_apart_begin_with_what_is_left(study: Study) -> None:
    p = study.plan("A", Course.parse(CLOSE))
    assert p.session(1).values["ketamine_arterial"][0].max() == 0
    assert p.session(3).values["ketamine_arterial"][0].min() > 0
    alone = Study.of(rs.Patient(), until="2 weeks").plan("A", Course.parse(CLOSE))
    assert alone.session(3).values["ketamine_arterial"][0, 0, 0] > 0


# -- any day


def test_any_day_beside_the_usual_ones(study: Study) -> None:
    out = study.outcome(study.plan("A", Course.parse(PLAN)), study.plan("B", Course.parse("35 mg over 40 min")))
    usual, asked = summarise(out, Ask(leanings=False)), summarise(out, Ask(days=(10, 2), leanings=False))
    assert [d.day for d in usual.plans[0].days] == [1, 3, 7, 14]
    assert [d.day for d in asked.plans[0].days] == [1, 2, 3, 7, 10, 14]
    assert [c.day for c in asked.contrasts] == [1, 2, 3, 7, 10, 14]
    assert [d for d in asked.plans[0].days if d.day not in (2, 10)] == list(usual.plans[0].days)
    assert sentence.headline(asked) == sentence.headline(usual)


# -- cuts


@pytest.fixture(scope="module")
def cut_plans() -> dict:
    """Plan B of each cut; the whole chain's under ''."""
    made = {}
    for key in ("", *cuts.CUTS):
        out = rs.simulate(PLAN, PEOPLE, seed=4, until="2 weeks", cut=(key,) if key else ())
        made[key] = out.plans[-1]
    return made


@pytest.mark.parametrize("key", cuts.PATH)
def test_without_a_step_of_the_path_people_are_as_on_the_inert_dose(cut_plans, key) -> None:
    w, whole = cut_plans[key].weeks, cut_plans[""].weeks
    assert np.array_equal(w.plan, w.inert)
    for name in ("inert", "untreated", "compared", "base", "log_xi", "responder"):
        assert np.array_equal(getattr(w, name), getattr(whole, name)), name


def test_without_hope_drug_and_time_are_left(cut_plans) -> None:
    w, whole = cut_plans["hope"].weeks, cut_plans[""].weeks
    ed = 1 - np.where(whole.inert > 0, whole.plan / np.maximum(whole.inert, 1e-12), 1.0)
    np.testing.assert_allclose(w.plan, whole.untreated * (1 - ed), atol=1e-9)
    assert np.array_equal(w.inert, w.untreated)
    assert np.array_equal(w.compared, whole.compared)
    assert np.array_equal(w.log_xi, whole.log_xi)


VANISHED = {
    "blood": ("ketamine_arterial", "ketamine_venous", "norketamine", "hydroxynorketamine", "CADSS", "dSBP", "G",
              "occupancy"),
    "receptor": ("occupancy", "G"), "glutamate": ("G",), "connections": (), "hope": (),
}  # fmt: skip


@pytest.mark.parametrize("key", cuts.CUTS)
def test_what_a_cut_takes_from_a_session_and_what_it_leaves(cut_plans, key) -> None:
    m, whole = cut_plans[key].minutes, cut_plans[""].minutes
    for name in whole.values:
        if name in VANISHED[key]:
            assert not np.any(m.values[name]), name
            assert np.any(whole.values[name]), name
        elif not (key == "blood" and name in ("SBP", "DBP", "HR", "sedation")):
            assert np.array_equal(m.values[name], whole.values[name]), name


@pytest.mark.parametrize("key", ["glutamate", "connections"])
def test_with_a_cut_as_many_respond_as_on_the_inert_dose(key) -> None:
    out = rs.simulate(PLAN, PEOPLE, seed=4, until="2 weeks", cut=(key,))
    plan = out.plans[1]
    inert = replace(plan, weeks=replace(plan.weeks, plan=plan.weeks.inert), shelf={})
    ours, theirs = (summarise(study_of(out, p), Ask(days=(2, 9), leanings=False)).plans[0].days for p in (plan, inert))
    assert [d.response for d in ours] == [d.response for d in theirs]


def study_of(out: rs.Outcome, plan) -> rs.Outcome:
    return replace(out, plans=(plan,), shelf={})


def test_a_cut_is_the_second_plan() -> None:
    out = rs.simulate(PLAN, rs.Patient(), cut=("glutamate",))
    assert [p.cut for p in out.plans] == [(), ("glutamate",)]
    assert out.plans[0].plan.course == out.plans[1].plan.course
    with pytest.raises(rs.Refused, match="a cut beside a second plan"):
        rs.simulate(PLAN, rs.Patient(), against="once", cut=("hope",))


def test_every_cut_names_its_ground_and_sources_that_exist() -> None:
    names = {node.name for node in CHAIN}
    for c in cuts.CUTS.values():
        assert set(c.nodes) <= names
        assert c.words.endswith(".")
        assert c.ground
        assert not c.source or c.source in load().sources, c.source


# -- coarse


def test_a_coarse_answer_is_near_the_full_one() -> None:
    people = rs.Population(rs.Patient(), 25, 40)
    full, coarse = (Study.of(people, seed=1, **kw).plan("A", Course.parse(PLAN)) for kw in ({}, {"effort": COARSE}))
    mean = [p.weeks.plan[p.weeks.at(168.0)].mean() for p in (full, coarse)]  # type: ignore[union-attr]
    assert mean[1] == pytest.approx(mean[0], abs=0.3)
    assert full.session(1).drive.shape[1] > coarse.session(1).drive.shape[1]


# -- other routes


def test_a_dose_in_the_mouth_is_drawn_anew_in_every_session() -> None:
    who = rs.Population(rs.Patient(), 4, 40)
    far = "every 14 d, 2 times"  # nothing is left of the first
    mouth, vein = (
        Study.of(who, seed=5, until="4 weeks").plan("A", Course.parse(f"{dose}, {far}"))
        for dose in ("1 mg/kg, sublingual", "0.5 mg/kg over 40 min")
    )
    one, two = (mouth.session(k).values["ketamine_arterial"].max(axis=0)[0] for k in (1, 2))
    assert one.shape == (160,)
    assert np.median(np.abs(np.log(two / one))) > 0.1
    assert np.corrcoef(np.log(one), np.log(two))[0, 1] > 0.3  # the same people
    assert abs(np.log(np.median(two) / np.median(one))) < 0.15
    one, two = (vein.session(k).values["ketamine_arterial"].max(axis=0)[0] for k in (1, 2))
    np.testing.assert_allclose(two, one, rtol=1e-9)


@pytest.mark.parametrize("route", ["im", "sc", "sublingual", "oral", "rectal"])
def test_no_drug_is_lost_where_people_differ_in_how_long_it_goes_on(worst, route: str) -> None:
    """Clearance times the area of each person, by the grid, is what came in past the liver: F of the route."""
    study = Study.of(rs.Population(rs.Patient(), 2, 40), seed=3, until="1 weeks")
    plan = study.plan("A", Course.parse(f"70 mg esketamine, {route}")).plan
    _, own = study.own_in(plan, 1)
    numbers = {**plan.numbers, **own}
    inputs = plan.inputs(numbers)
    grid = plan.grid([*np.arange(0, 120.25, 0.25), *(i.time for i in inputs)])
    found = run(CHAIN, ["ketamine_arterial", "P"], grid, numbers, plan.signals(grid, 1), inputs, (80,))
    n = found.numbers
    liver = n["F_po_S"]
    part = {
        "im": n["IM_F"], "sc": n["SC_F"], "oral": liver,
        "sublingual": n["SL_Fmu"] + (1 - n["SL_Fmu"]) * liver, "rectal": n["PR_Fmu"] + (1 - n["PR_Fmu"]) * liver,
    }[route]  # fmt: skip
    cleared = found.integral("ketamine_arterial") * n["CL_S"]
    worst(f"cleared over taken up less 1, {route}", np.abs(cleared / (70 * part) - 1).max(), 1e-5)
