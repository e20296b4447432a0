"""The shortest line: it says what the doses say, no chain of parts is shorter, and what has no words is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resynapse.errors import Refused
from resynapse.therapy.course import Course
from resynapse.therapy.part import Part
from resynapse.therapy.protocols import protocols
from resynapse.therapy.rewrite import lone_days, monday, shortest
from resynapse.therapy.schedule import DAYS, Schedule
from resynapse.therapy.session import PlannedDose

DOSES = [
    "0.5 mg/kg over 40 min", "0.5 mg/kg over 40 min", "35 mg hcl, iv", "1 x 28 mg", "3 x 28 mg gap 10 min", "50 mg, nasal",
    "0.75 mg/kg/h for 70 min", "100 mg over 36 h long", "0.2 mg/kg esketamine, iv",
]  # fmt: skip
A, B, LONG = (Course.parse(t).parts[0].dose for t in ("0.5 mg/kg over 40 min", "35 mg, iv", "0.1 mg/kg over 60 h long"))
MON_FIRST = 0.0

numbers = st.integers(1, 40)
intervals = st.one_of(
    numbers.map(lambda n: f"{n} d"), numbers.map(lambda n: f"{5 * n + 175} min"), numbers.map(lambda n: f"{n / 4 + 3} h"),
    numbers.map(lambda n: f"{n / 2} d"),
)  # fmt: skip
every = st.tuples(intervals, st.integers(1, 9)).map(lambda x: f"every {x[0]}, {x[1]} times")
named = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
days = st.tuples(named, st.integers(1, 4)).map(lambda x: f"{' '.join(x[0])}, {x[1]} weeks")
parts = st.tuples(st.sampled_from(DOSES), st.one_of(st.just("once"), every, days)).map(", ".join)
plans = st.lists(parts, min_size=1, max_size=5).map(", then ".join)


def said(course):
    return [(p.time_h, p.dose) for p in sorted(course.planned, key=lambda p: (round(p.time_h, 6), p.dose.end_h))]


def same(a, b):
    assert [dose for _, dose in said(a)] == [dose for _, dose in said(b)]
    assert [t for t, _ in said(a)] == pytest.approx([t for t, _ in said(b)], rel=0, abs=1e-9)


def back(course):
    return shortest(course.planned, monday(course), lone_days(course))


@given(plans)
@settings(max_examples=200, deadline=None)
def test_every_course_comes_back_no_longer_and_the_same(plan):
    try:
        course = Course.parse(plan)
    except Refused:  # more than 60 doses in a week
        return
    new = back(course)
    same(Course.parse(new.text), course)
    assert len(new.text) <= len(course.text)
    assert back(new).text == new.text


@given(
    st.lists(st.tuples(st.integers(0, 40 * 1440), st.sampled_from([A, B, LONG])), min_size=1, max_size=40),
    st.sampled_from([None, 0.0, 30.5]),
)
@settings(max_examples=150, deadline=None)
def test_doses_at_any_minutes_are_said_or_refused_never_changed(pairs, monday_h):
    planned = [PlannedDose(minute / 60, dose) for minute, dose in pairs]
    first = min(p.time_h for p in planned)
    stacked = [minute for minute, dose in pairs if dose is not B]
    if len(set(stacked)) < len(stacked):
        with pytest.raises(Refused, match="begin together") as no:
            shortest(planned, monday_h)
        assert all(Course.parse(text) for text in no.value.passes)
        return
    new = shortest(planned, monday_h)
    want = sorted(((p.time_h - first), p.dose.end_h, p.dose.text) for p in planned)
    got = sorted((p.time_h, p.dose.end_h, p.dose.text) for p in Course.parse(new.text).planned)
    assert [t for t, *_ in got] == pytest.approx([t for t, *_ in want], rel=0, abs=1e-9)
    assert sorted(text for *_, text in got) == sorted(text for *_, text in want)


def chains(doses, anchor, parts=(), i=0):
    """Every course of these doses, by trial: each part is read by the course itself."""
    if i == len(doses):
        yield Course(parts)
        return
    for part in candidates(doses, anchor, i):
        trial = Course((*parts, part)).planned
        n = i + part.schedule.given
        if n <= len(doses) and all(
            abs(a.time_h - b.time_h) < 1e-6 and a.dose == b.dose for a, b in zip(trial, doses[:n], strict=True)
        ):
            yield from chains(doses, anchor, (*parts, part), n)


def candidates(doses, anchor, i):
    dose, left = doses[i].dose, len(doses) - i
    yield Part(dose)
    if left > 1:
        gap = doses[i + 1].time_h - doses[i].time_h
        yield from (Part(dose, Schedule("every", n, interval_h=gap)) for n in range(1, left + 1))
    since = [(p.time_h - anchor) / 24 for p in doses[i : i + 7]]
    for m in range(1, len(since) + 1):
        week = [round(d) % 7 for d in since[:m]]
        if all(d == round(d) for d in since[:m]) and len(set(week)) == m:
            yield from (Part(dose, Schedule("days", n, tuple(week))) for n in range(1, left // m + 1))


@given(
    st.lists(st.tuples(st.integers(1, 10), st.sampled_from([24.0, 24.0, 24.0, 60.0]), st.sampled_from([A, A, A, B])), min_size=1, max_size=6),
    st.integers(0, 6),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_chain_of_parts_is_shorter(steps, first_day):
    times = [0.0]
    for n, unit, _ in steps[1:]:
        times.append(times[-1] + n * unit)
    doses = [PlannedDose(t, dose) for t, (_, _, dose) in zip(times, steps, strict=True)]
    anchor = -24.0 * first_day
    new = shortest(doses, anchor, lone=True)
    assert len(new.text) == min(len(c.text) for c in chains(doses, anchor))


@pytest.mark.parametrize("n", [20, 37])
@pytest.mark.parametrize("start", range(7))
def test_a_long_daily_run_is_left_where_named_weeks_begin(n, start):
    """The days after a run of daily doses: weekdays from a week that the run reaches into."""
    times = [24.0 * k for k in range(n)]
    times += [24.0 * (7 * w + d) for w in range(n // 7 + 1, n // 7 + 6) for d in (1, 3, 5) if 7 * w + d >= n]
    doses = [PlannedDose(t, A) for t in times]
    new = shortest(doses, -24.0 * start)
    head = [Part(A, Schedule("every", c, interval_h=24.0)) for c in range(n - 9, n + 1)]
    tails = [shortest(doses[c:], 24.0 * (-start - c)) for c in range(n - 9, n + 1)]
    by_hand = []
    for part, tail in zip(head, tails, strict=True):
        course = Course((part, *tail.parts))
        if [p.time_h for p in course.planned] == times:
            by_hand.append(len(course.text))
    assert len(new.text) <= min(by_hand)


@pytest.mark.parametrize("p", protocols(), ids=lambda p: p.key)
def test_protocols_come_back_as_their_own_text(p):
    assert back(p.course).text == p.course.text


@pytest.mark.parametrize(
    ("plan", "line"),
    [
        ("0.5 mg/kg over 40 min, mon, 4 weeks", "0.5 mg/kg over 40 min, mon, 4 weeks"),
        ("0.5 mg/kg over 40 min, every 7 d, 4 times", "0.5 mg/kg over 40 min, every 7 d, 4 times"),
        ("0.5 mg/kg over 40 min, every 2 d, 1 times", "0.5 mg/kg over 40 min"),
        ("35 mg, iv, then 35 mg, iv", "35 mg, iv, then 35 mg, iv"),
        ("35 mg, iv, then 0.5 mg/kg over 40 min, every 20 min, 1 times, then 0.2 mg/kg over 1 h",) * 2,
        ("0.5 mg/kg over 40 min, then 0.5 mg/kg over 40 min", "0.5 mg/kg over 40 min, every 40 min, 2 times"),
        ("0.5 mg/kg over 40 min, then 0.2 mg/kg over 1 h",) * 2,
        ("2 x 28 mg, then 2 x 28 mg, every 3.5 d, 2 times", "2 x 28 mg, then 2 x 28 mg, every 3.5 d, 2 times"),
        ("35 mg, iv, tue fri, 1 weeks, then 35 mg, iv, thu sun, 2 weeks",) * 2,
        ("35 mg, iv, every 100.5 min, 3 times", "35 mg, iv, every 1.675 h, 3 times"),
    ],
)  # fmt: skip
def test_lines(plan, line):
    assert len(back(Course.parse(plan)).text) <= len(plan)
    assert back(Course.parse(plan)).text == line


def test_days_are_named_only_where_a_monday_is_known():
    six = Course.parse("0.5 mg/kg over 40 min, mon wed fri, 2 weeks")
    assert shortest(six.planned, MON_FIRST).text == six.text
    unnamed = shortest(six.planned)
    same(unnamed, six)
    assert "mon" not in unnamed.text


def test_the_first_dose_is_moved_to_the_start_and_its_day_kept():
    planned = [PlannedDose(24.0 * d, A) for d in (2, 4, 9, 11)]
    assert shortest(planned, MON_FIRST).text == "0.5 mg/kg over 40 min, wed fri, 2 weeks"


@pytest.mark.parametrize(
    ("planned", "words", "passes"),
    [
        ([(0.0, A), (0.0, A)], "begin together", "0.5 mg/kg over 40 min, then 0.5 mg/kg over 40 min"),
        ([(0.0, A), (72.0, A), (72.0, LONG)], "on day 3", "0.5 mg/kg over 40 min, then 0.1 mg/kg over 60 h long"),
        ([(0.0, B), (0.5 / 60, A)], "less than 1 min apart", "35 mg, iv, then 0.5 mg/kg over 40 min"),
        ([(0.0, A), (521 * 168.0, A)], "520 weeks", None),
        ([], "no dose is left", None),
    ],
)  # fmt: skip
def test_what_has_no_words(planned, words, passes):
    with pytest.raises(Refused) as no:
        shortest([PlannedDose(t, dose) for t, dose in planned])
    assert words in no.value.cause
    assert passes is None or no.value.passes == (passes,)
    if passes:
        Course.parse(passes)


def test_a_line_too_long_to_be_read_is_refused():
    planned = [PlannedDose(24.0 * k + (k * k % 59) / 60, A if k % 3 else B) for k in range(240)]
    with pytest.raises(Refused, match="characters"):
        shortest(planned)


def test_many_doses_come_back():
    course = Course.parse(
        "35 mg, iv, every 3 h, 56 times, then 35 mg, iv, every 1 d, 3000 times, then 35 mg, iv, mon wed, 2 weeks"
    )
    same(back(course), course)
