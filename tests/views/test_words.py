"""Numbers to words: one form for each kind."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resynapse.outcome.summary import Range
from resynapse.views import words as w

parts = st.lists(st.floats(-60, 60, allow_nan=False), min_size=1, max_size=4)


@given(parts)
def test_shares_add_up_as_printed(values: list[float]) -> None:
    printed, total = w.share_out(values)
    assert sum(round(p * 10) for p in printed) == round(total * 10)
    assert w.tenth(total) == w.tenth(math.fsum(values)) or total == 0


@given(parts)
def test_no_share_moves_by_more_than_the_last_tenth(values: list[float]) -> None:
    printed, _ = w.share_out(values)
    assert all(abs(p - v) < 0.1 + 1e-9 for p, v in zip(printed, values, strict=True))


def test_the_last_tenth_goes_to_the_largest_remainder() -> None:
    # rounded one by one these print 9.6 + 7.7 + 1.5 = 18.8, which happens to fit; the next set does not
    assert w.sum_written_out([9.62, 7.68, 1.50]) == "9.6 + 7.7 + 1.5 = 18.8"
    assert w.sum_written_out([3.34, 3.34, 3.34]) == "3.4 + 3.3 + 3.3 = 10.0"
    assert w.sum_written_out([3.0, -1.25, 0.0]) == "3.0 − 1.3 + 0.0 = 1.8" or w.share_out([3.0, -1.25, 0.0])[1] == 1.8


@pytest.mark.parametrize(
    ("x", "text"),
    [(46.3, "46 of 100"), (0.6, "fewer than 1 of 100"), (0.0, "fewer than 1 of 100"), (99.4, "over 99 of 100"),
     (99.0, "99 of 100"), (1.0, "1 of 100"), (math.nan, "not known of 100")],
)  # fmt: skip
def test_people_are_whole(x: float, text: str) -> None:
    assert w.people(x) == text


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (272.4, "272"),
        (84.06, "84.1"),
        (5.214, "5.21"),
        (99.96, "100"),
        (1234.0, "1230"),
        (0.05214, "0.0521"),
        (0.0, "0"),
    ],
)
def test_levels_have_three_digits(x: float, text: str) -> None:
    assert w.level(x) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (90, "90\u202fmin"),
        (120, "120\u202fmin"),
        (150, "2.5\u202fh"),
        (1440, "24\u202fh"),
        (2880, "48\u202fh"),
        (4320, "day 3"),
    ],
)
def test_time_goes_from_minutes_to_hours_to_days(minutes: float, text: str) -> None:
    assert w.minutes(minutes) == text


def test_minus_is_true_and_zero_has_no_sign() -> None:
    assert w.number(-7.6, 1) == "−7.6"
    assert w.number(-0.04, 1) == "0.0"
    assert w.number(6.2, 1, sign=True) == "+6.2"
    assert w.number(0.0, 1, sign=True) == "0.0"


def test_units_are_held_by_a_narrow_space() -> None:
    assert w.dose_mg(41.2) == "41\u202fmg"
    assert w.dose_mg(8.24) == "8.2\u202fmg"
    assert w.unit("18", "%") == "18\u202f%"


def test_intervals() -> None:
    assert w.interval(Range(46, 35, 57)) == "(35 to 57)"
    assert w.interval(Range(46, 35, 57), terse=True) == "(35–57)"
    assert w.interval(Range(-2, -6, 2), terse=True) == "(−6 to 2)"
    assert w.ranged(Range(272, 232, 309), w.level, "ng/mL") == "272\u202fng/mL (232 to 309)"


@pytest.mark.parametrize("r", [Range(46, 46, 46), Range(46, math.nan, math.nan), Range(math.inf, math.inf, math.inf)])
def test_no_interval_where_there_is_none(r: Range) -> None:
    assert w.interval(r) == ""


def test_a_limit_beyond_the_last_rating() -> None:
    assert w.interval(Range(30, 25, math.inf)) == "(25 or more)"
    assert w.day(math.inf, 42) == "beyond day 42"
    assert w.day(50, 42) == "beyond day 42"
    assert w.days(math.inf, 28) == "more than 28 days"
    assert w.days(1) == "1 day"


def test_dates_and_counts() -> None:
    assert w.date_words("2026-11-24") == "24 November 2026"
    assert w.date_words("next Monday") == "next Monday"
    assert w.count(6000) == "6,000"
    assert w.counted(6) == "six"
    assert w.listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("name", "long"),
    [("active placebo, believed in", "on an active placebo"), ("saline, crossover", "on saline"),
     ("no treatment", "without treatment"), ("a placebo spray", "on a placebo spray")],
)  # fmt: skip
def test_every_comparison_has_words(name: str, long: str) -> None:
    assert w.compared_words(name)[0] == long
