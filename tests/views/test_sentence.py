"""The headline: in its order, never a number without its counterfactual, never a number outside the data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import sample

from resynapse.outcome.summary import Summary
from resynapse.views import sentence

CASES = (sample.one_plan, sample.two_plans, sample.nasal, sample.never_back, sample.one_outside, sample.no_floor)


def test_two_plans() -> None:
    assert sentence.headline(sample.two_plans()) == (
        "About 46 of 100 people like this have responded by the next day; 12 of 100 would on an active placebo. "
        "On day 14: 60 after six infusions, 23 after one, 17 and 11 on placebo. "
        "Half of the responders are back by day 30, after one by day 12."
    )


def test_one_plan_says_both_counts_of_days() -> None:
    text = sentence.headline(sample.one_plan())
    assert text.endswith("Half of the responders are back by day 30 (19 days after the last dose).")
    assert "on day 14: 60 after six infusions, 17 on placebo." in text.lower()


@pytest.mark.parametrize("make", CASES)
def test_every_number_of_people_has_its_counterfactual(make: Callable[[], Summary]) -> None:
    first, *rest = sentence.headline(make()).split(". ")
    assert re.search(r"\d+ of 100 would on an active placebo", first)
    later = next(part for part in rest if part.startswith("On day"))
    assert later.rstrip(".").endswith("on placebo")


def test_other_comparisons_read_well() -> None:
    untreated = replace(sample.one_plan(), compared_with="no treatment")
    assert "12 of 100 would without treatment" in sentence.headline(untreated)
    assert "17 untreated." in sentence.headline(untreated)


def test_outside_the_data_no_number_is_headlined() -> None:
    text = sentence.headline(sample.outside())
    assert text == "Oral racemic ketamine is outside the fitted data: no number to headline."
    assert not re.search(r"\d", text)


def test_a_plan_outside_beside_one_inside() -> None:
    text = sentence.headline(sample.one_outside())
    assert text.endswith("Plan B, oral racemic ketamine, is outside the fitted data: no number to headline.")
    assert "after one," not in text


def test_an_unreached_median_is_beyond_the_last_rating() -> None:
    text = sentence.headline(sample.never_back())
    assert "beyond day 39" in text  # 28 days of ratings after the last dose on day 11
    assert "more than 28 days after the last dose" in text
    assert not re.search(r"\binf\b", text)


def test_plans_with_as_many_doses_are_called_by_their_letters() -> None:
    two = sample.two_plans()
    b = replace(two.plans[1], dose_days=two.plans[0].dose_days)
    assert "60 on plan A, 23 on plan B" in sentence.headline(replace(two, plans=(two.plans[0], b)))


def test_the_other_plan_on_the_next_day_where_it_differs() -> None:
    two = sample.two_plans()
    b = two.plans[1]
    day = replace(b.days[0], response=sample.r(30, 20, 40), compared=sample.none(9.0))
    text = sentence.headline(replace(two, plans=(two.plans[0], replace(b, days=(day, *b.days[1:])))))
    assert "12 of 100 would on an active placebo; on plan B 30, 9 on placebo." in text  # one dose each by then


def test_one_person_alone_has_two_medians_and_the_share() -> None:
    two = sample.alone()
    text = sentence.headline(replace(two, plans=(replace(two.plans[0], days=()),)))
    assert text.startswith("47 of 100 people like this can respond")
    assert "in the one who does not" in text


def test_the_ground_line_names_what_moved_and_what_cannot_be_used() -> None:
    text = sentence.ground(sample.one_plan())
    assert "Weight, MADRS, starting pressure and setting moved these numbers." in text
    assert "Sex and failed trials did not: the evidence cannot use them for one person." in text


def test_nobody_leaves_before_the_floor_and_no_time_without_one() -> None:
    assert sentence.leave_words(sample.nasal().plans[0]).startswith("not before 120\u202fmin, the label’s floor")
    assert "limits not reached: 15 of 100" in sentence.leave_words(sample.nasal().plans[0])
    assert sentence.leave_words(sample.no_floor().plans[0]).startswith("no floor loaded, so no time")
