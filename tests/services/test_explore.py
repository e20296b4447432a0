"""The answer of the page: edits, cuts, what is kept, what is the command line's answer too."""

import numpy as np
import pytest

import resynapse as rs
from resynapse.errors import Refused
from resynapse.evidence import load
from resynapse.mechanism import CHAIN, cuts
from resynapse.services import keep
from resynapse.services.explore import Change, Query, explore, outcome_of
from resynapse.services.presets import presets, tell
from resynapse.therapy.population import Population
from resynapse.therapy.protocols import person
from resynapse.views.json_out import jsonable
from resynapse.views.page import Shown

ONCE = "0.5 mg/kg over 40 min"
SIX = "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"


def small(plan=ONCE, against="", **rest):
    return Query(plan, against, "woman-44", draws=12, people=20, **rest)


def test_the_full_answer_is_the_one_of_simulate():
    with outcome_of(Query(SIX, "once", "woman-44", seed=3)) as out:
        told = out.summary
    same = rs.simulate(SIX, Population(person("woman-44").patient, 100, 40), against="once", seed=3).summary
    assert jsonable(told) == jsonable(same)


def test_what_is_kept_changes_no_bit():
    first = explore(small(SIX, "once"))
    for plan in ("0.7 mg/kg over 40 min, mon wed fri, 2 weeks", "0.5 mg/kg over 60 min, mon wed fri, 2 weeks", SIX):
        last = explore(small(plan, "once"))
    assert last == first
    keep._studies.clear()
    keep._commons.clear()
    assert explore(small(SIX, "once")) == first


def test_another_day_moves_people_difference_and_shares_alone():
    a, b = (explore(small(SIX, "once", shown=Shown(day=d))) for d in (14.0, 9.0))
    assert a["headline"] == b["headline"]
    assert a["people"] != b["people"]
    assert b["difference"]["title"].endswith("day 9")
    assert a["pictures"]["weeks"]["panels"] == b["pictures"]["weeks"]["panels"]


def test_edits_are_applied_in_order_and_told_as_text():
    changes = (
        Change(0, "add", {"hours": 240.0}), Change(0, "resize", {"dose": 1, "amount": 0.7}), Change(1, "set_all", {"minutes": 60.0}),
    )  # fmt: skip
    told = explore(small(ONCE, "1 mg/kg over 40 min", changes=changes))
    assert told["plans"][0]["text"] == "0.5 mg/kg over 40 min, every 10 d, 1 times, then 0.7 mg/kg over 40 min"
    assert told["plans"][1]["text"] == "1 mg/kg over 1 h"
    assert [d["day"] for d in told["plans"][0]["doses"]] == [0.0, 10.0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (small("0,5 mg/kg over 40 min"), "plan"), (small(ONCE, "sometimes"), "against"), (Query(ONCE, person="heavy"), "person"),
        (small(ONCE, changes=(Change(0, "move", {"dose": 4, "hours": 1.0}),)), "edits.0"),
        (small(ONCE, changes=(Change(1, "add", {"hours": 1.0}),)), "edits.0"),
        (small(ONCE, floor="zzz"), "floor"), (small(ONCE, "once", cut=("hope",)), "cut"),
        (small("/etc/passwd.toml"), "plan"), (Query(ONCE, person="/etc/person.toml"), "person"),
    ],
)  # fmt: skip
def test_a_refusal_names_its_field(query, field):
    with pytest.raises(Refused) as no:
        explore(query)
    assert no.value.place.field == field
    assert no.value.passes or field == "cut"


@pytest.mark.parametrize("key", list(cuts.CUTS))
def test_a_cut_empties_what_it_leads_to_and_nothing_else(key):
    with outcome_of(small(ONCE, cut=(key,))) as out:
        _cut_empties(key, *out.plans)


def _cut_empties(key, a, b):
    assert np.array_equal(b.weeks.untreated, a.weeks.untreated)
    assert np.array_equal(b.weeks.compared, a.weeks.compared)
    if key == "hope":
        assert (b.weeks.plan >= a.weeks.plan - 1e-12).all()
        assert not np.array_equal(b.weeks.plan, a.weeks.plan)
        assert np.array_equal(b.weeks.inert, b.weeks.untreated)
        assert a.weeks.hope.mean() > 0
    else:
        assert np.array_equal(b.weeks.inert, a.weeks.inert)
        assert np.array_equal(b.weeks.plan, b.weeks.inert)
    gone = key == "blood"
    for name in ("CADSS", "dSBP", "ketamine_arterial"):
        ours, theirs = a.minutes.values[name], b.minutes.values[name]
        assert np.array_equal(theirs, np.zeros_like(ours) if gone else ours), name


def test_cuts_say_what_and_why_and_name_sources_there_are():
    sources = load().sources
    for c in cuts.CUTS.values():
        assert c.words
        assert c.ground.startswith("Ground: ")
        assert not c.source or c.source in sources
        assert {n.name for n in cuts.cut(CHAIN, (c.key,))} == {n.name for n in CHAIN}


def test_a_later_session_counts_tolerance_and_what_is_left():
    with outcome_of(small("0.5 mg/kg over 40 min, every 12 h, 4 times")) as out:
        one, last = out.plans[0].session(1), out.plans[0].session(4)
    assert last.number == 4
    assert last.start == 36.0
    assert last.time[0] == 0.0
    assert last.values["norketamine"][0].min() > 0
    assert last.values["CADSS"].max() < one.values["CADSS"].max()


def test_the_minutes_of_a_later_session_agree_with_the_whole_course():
    """The typical person, run through the whole course, against own kinetics of nobody in particular."""
    out = rs.simulate("0.5 mg/kg over 40 min, every 24 h, 3 times")
    p = out.plans[0]
    third = p.session(3)
    at = [48.0 + m / 60 for m in (0, 40)]  # nodes of both
    whole = p.typical.at("ketamine_arterial", at)[:, 0]
    k = [int(np.argmin(np.abs(third.time - m / 60))) for m in (0, 40)]
    assert np.allclose(third.values["ketamine_arterial"][k, 0, 0], whole, rtol=1e-6)


@pytest.mark.parametrize("preset", presets(), ids=lambda p: p.key)
def test_a_question_is_answered_from_its_state(preset):
    told = tell(preset.key)
    assert 0 <= told.right < len(preset.options)
    assert told.sentence
    assert told.why


def test_the_placebo_turns_with_the_seed():
    assert {tell("placebo", seed).right for seed in (1, 2)} == {0, 1}


def test_a_coarse_answer_is_near_the_full_one():
    full, coarse = (explore(Query(SIX, "once", "woman-44", moving=m)) for m in (False, True))
    for a, b in zip(full["people"], coarse["people"], strict=True):
        for name in ("remission", "response", "neither", "worse"):
            assert abs(a["counts"][name] - b["counts"][name]) <= 12, (name, a, b)


def test_strips_do_not_depend_on_what_was_asked_before():
    then = small("0.5 mg/kg over 40 min, every 7 d, 1 times, then 0.5 mg/kg, im, once")
    alone = explore(then)["pictures"]["strips"]
    keep._studies.clear()
    explore(small(ONCE))
    assert explore(then)["pictures"]["strips"] == alone
    assert "outside the fitted data" in str(alone)


def test_cuts_stand_in_the_order_of_the_chain():
    with outcome_of(small(ONCE, cut=("glutamate", "receptor"))) as out:
        assert out.plans[1].cut == ("receptor", "glutamate")


def test_a_second_plan_may_change_the_route_alone():
    from resynapse.services.simulate import read_course, second

    first = read_course("1 mg/kg, im, once")
    assert second(first, "oral").text == "1 mg/kg, oral"
    assert second(first, "six").text == read_course("six").text


def test_hours_of_edits_count_from_the_plan_as_it_was_sent():
    weekly = "0.5 mg/kg over 40 min, every 7 d, 4 times"
    moves = [Change(0, "move", {"dose": 0, "hours": -24.0}), Change(0, "move", {"dose": 0, "hours": -48.0})]
    told = explore(small(weekly, changes=tuple(moves)))["plans"][0]
    assert [d["hours"] / 24 for d in told["doses"]] == [0.0, 9.0, 16.0, 23.0]
    assert told["shift"] == -48.0
    one = explore(small(weekly, changes=tuple(moves[:1])))["plans"][0]
    rest = Change(0, "move", {"dose": 0, "hours": -48.0 - one["shift"]})
    assert explore(small(one["text"], changes=(rest,)))["plans"][0]["text"] == told["text"]
    later = (moves[0], Change(0, "add", {"hours": 96.0}))
    assert 5.0 in [d["day"] for d in explore(small(weekly, changes=later))["plans"][0]["doses"]]


def test_doses_of_edits_count_from_the_plan_as_it_was_sent():
    weekly = "0.5 mg/kg over 40 min, every 7 d, 4 times"
    quick = (
        Change(0, "remove", {"dose": 1}),
        Change(0, "remove", {"dose": 2}),
        Change(0, "resize", {"dose": 3, "amount": 1.0}),
    )
    told = explore(small(weekly, changes=quick))["plans"][0]
    assert [(d["day"], d["amount"]) for d in told["doses"]] == [(0.0, 0.5), (21.0, 1.0)]
    assert told["origin"] == [0, 3]
    with pytest.raises(Refused, match="no dose 2") as no:
        explore(small(weekly, changes=(quick[0], quick[0])))
    assert no.value.place.field == "edits.1"
