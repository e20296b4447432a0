"""Doses back to text and changed one by one: the line always says exactly what the doses are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resynapse.errors import Refused
from resynapse.therapy.course import Course
from resynapse.therapy.edits import OPS, Edited, edit, move, rows
from resynapse.therapy.protocols import protocols
from resynapse.therapy.rewrite import monday, shortest

DOSES = [
    "0.5 mg/kg over 40 min",
    "0.75 mg/kg over 90 min",
    "35 mg, iv",
    "2 x 28 mg",
    "3 x 28 mg gap 10 min",
    "20 mg hcl, iv",
]
WHEN = ["once", "every 3 d, 4 times", "every 8 h, 3 times", "every 3.5 d, 2 times", "mon wed fri, 2 weeks", "tue sat, 1 weeks", "fri mon, 3 weeks", "every 90 min, 2 times"]  # fmt: skip
courses = st.lists(st.tuples(st.sampled_from(DOSES), st.sampled_from(WHEN)), min_size=1, max_size=4).map(
    lambda parts: ", then ".join(f"{dose}, {when}" for dose, when in parts)
)


def said(course):
    return sorted((round(p.time_h, 6), p.dose.end_h, p.dose.text) for p in course.planned)


@given(courses)
@settings(max_examples=150, deadline=None)
def test_doses_come_back_as_a_line_that_says_the_same(text):
    course = Course.parse(text)
    back = shortest(course.planned, monday(course))
    assert said(Course.parse(back.text)) == said(course)
    assert len(back.text) <= len(course.text)


@pytest.mark.parametrize("p", protocols(), ids=lambda p: p.key)
def test_protocols_say_the_same(p):
    assert said(shortest(p.course.planned, monday(p.course))) == said(p.course)


def tried(course, op, fields):
    """The edit, or nothing where it is refused."""
    try:
        return edit(course, op, **fields)
    except Refused:
        return None


@given(courses, st.data())
@settings(max_examples=120, deadline=None)
def test_a_chain_of_edits_leaves_the_other_doses_alone(text, data):
    course = Course.parse(text)
    for _ in range(3):
        doses = said(course)
        i = data.draw(st.integers(0, len(doses) - 1))
        op = data.draw(st.sampled_from(["move", "remove", "add"]))
        hours = data.draw(st.integers(-3, 40)) * 24.0 + data.draw(st.sampled_from([0.0, 1.5, 13.0]))
        fields = {"move": {"dose": i, "hours": hours}, "remove": {"dose": i}, "add": {"hours": hours}}[op]
        new = tried(course, op, fields)
        if new is None:
            continue
        there = {(round(t + new.shift_h, 4), text) for t, _, text in said(new.course)}
        planned = course.planned[i]
        kept = {(round(t, 4), text) for t, _, text in doses}
        if op != "add":
            kept.discard((round(planned.time_h, 4), planned.dose.text))
        assert kept <= there
        assert len(new.course.planned) == len(doses) + {"move": 0, "remove": -1, "add": 1}[op]
        course = new.course


def text(plan, op, **fields):
    return edit(Course.parse(plan), op, **fields).course.text


SIX = "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"


@pytest.mark.parametrize(
    ("plan", "op", "fields", "line"),
    [
        ("0.5 mg/kg over 40 min", "add", {"hours": 240.0}, "0.5 mg/kg over 40 min, every 10 d, 2 times"),
        (SIX, "remove", {"dose": 5}, "0.5 mg/kg over 40 min, mon wed fri, 1 weeks, then 0.5 mg/kg over 40 min, mon wed, 1 weeks"),
        (SIX, "set_all", {"amount": 0.3}, "0.3 mg/kg over 40 min, mon wed fri, 2 weeks"),
        (SIX, "set_all", {"minutes": 0.0}, "0.5 mg/kg, iv, mon wed fri, 2 weeks"),
        (SIX, "set_all", {"route": "nasal"}, "2 x 28 mg, mon wed fri, 2 weeks"),
        ("2 x 28 mg, every 3.5 d, 4 times", "set_all", {"amount": 3}, "3 x 28 mg, every 3.5 d, 4 times"),
        (SIX, "set_schedule", {"schedule": "once"}, "0.5 mg/kg over 40 min"),
        ("0.5 mg/kg over 40 min", "resize", {"dose": 0, "amount": 0.55}, "0.55 mg/kg over 40 min"),
        ("0.5 mg/kg over 40 min", "stretch", {"dose": 0, "minutes": 45}, "0.5 mg/kg over 45 min"),
        ("35 mg hcl, iv", "stretch", {"dose": 0, "minutes": 45}, "35 mg hcl over 45 min"),
        ("0.5 mg/kg over 40 min, every 7 d, 3 times", "move", {"dose": 0, "hours": 24.0}, "0.5 mg/kg over 40 min, every 6 d, 1 times, then 0.5 mg/kg over 40 min, every 7 d, 2 times"),
        ("2 x 28 mg, then 35 mg, iv", "add", {"hours": 48.0, "like": 0}, "2 x 28 mg, then 35 mg, iv, every 2870 min, 1 times, then 2 x 28 mg"),
        (SIX, "set_all", {"amount": 0.3, "schedule": "every 7 d, 4 times"}, "0.3 mg/kg over 40 min, every 7 d, 4 times"),
        ("2 x 28 mg, every 3.5 d, 1 times, then 3 x 28 mg, every 3.5 d, 7 times", "set_all", {"amount": 3}, "3 x 28 mg, every 3.5 d, 8 times"),
        ("0.5 mg/kg over 40 min, mon, 4 weeks", "set_all", {"amount": 0.7}, "0.7 mg/kg over 40 min, mon, 4 weeks"),
        ("0.5 mg/kg over 40 min, mon, 4 weeks", "remove", {"dose": 3}, "0.5 mg/kg over 40 min, mon, 3 weeks"),
        ("2 x 28 mg gap 10 min", "resize", {"dose": 0, "amount": 1}, "1 x 28 mg gap 10 min"), ("3 x 28 mg", "resize", {"dose": 0, "amount": 1}, "1 x 28 mg"),
        ("0.5 mg/kg over 40 min", "stretch", {"dose": 0, "minutes": 0}, "0.5 mg/kg, iv"),
        (SIX, "move", {"dose": 0, "hours": 23.9999}, "0.5 mg/kg over 40 min, tue wed fri mon, 1 weeks, then 0.5 mg/kg over 40 min, wed fri, 1 weeks"),
    ],
)  # fmt: skip
def test_edits_by_name(plan, op, fields, line):
    assert text(plan, op, **fields) == line


@pytest.mark.parametrize(
    ("plan", "op", "fields", "words"),
    [
        ("0.5 mg/kg over 40 min", "remove", {"dose": 0}, "no dose is left"), (SIX, "move", {"dose": 0, "hours": 48.0}, "day 2 has a dose"),
        (SIX, "add", {"hours": 0.0}, "day 0 has a dose"), (SIX, "resize", {"dose": 9, "amount": 1}, "no dose 10"),
        ("2 x 28 mg", "stretch", {"dose": 0, "minutes": 40}, "a length by nasal"), (SIX, "resize", {"dose": 0, "amount": 11}, "above 10 mg/kg"),
        (SIX, "set_all", {"route": "ear"}, "is no route"), (SIX, "turn", {}, "no edit"), (SIX, "set_schedule", {"schedule": "sometimes"}, ""),
        ("35 mg, iv, then 0.5 mg/kg over 40 min", "set_schedule", {"schedule": "once"}, "the doses differ"),
        (SIX, "move", {"dose": 0, "hours": float("nan")}, "a time of nan"), (SIX, "add", {"hours": 1.0, "like": 6}, "no dose 7"),
        (SIX, "stretch", {"dose": 0, "minutes": float("inf")}, "a length of inf"), (SIX, "resize", {"dose": 0, "amount": float("nan")}, "a dose of nan"),
        ("2 x 28 mg", "resize", {"dose": 0, "amount": 2.5}, "2.5 devices"), ("2 x 28 mg", "resize", {"dose": 0, "amount": 0}, "0 devices"),
        ("2 x 28 mg, then 35 mg, iv", "set_all", {"amount": 3}, "differ in their unit"), (SIX, "move", {"dose": 0}, "missing a required argument"),
        (SIX, "remove", {"dose": 0, "why": 1}, "unexpected keyword"), (SIX, "set_schedule", {"schedule": "once, then 35 mg, iv"}, "more than when"),
    ],
)  # fmt: skip
def test_edits_that_lead_to_no_course(plan, op, fields, words):
    with pytest.raises(Refused) as no:
        text(plan, op, **fields)
    assert words in no.value.cause
    assert no.value.passes


def test_every_edit_has_a_test_here():
    assert set(OPS) == {"move", "remove", "add", "resize", "stretch", "set_all", "set_schedule"}


def test_a_course_of_many_doses_comes_back():
    course = Course.parse("0.5 mg/kg over 40 min, mon wed fri, 66 weeks, then 35 mg, iv, every 36 h, 300 times")
    assert said(shortest(course.planned, monday(course))) == said(course)


def test_a_dose_moved_before_the_first_starts_the_course():
    course = Course.parse(SIX)
    new = move(course, 5, -24.0)
    assert new.shift_h == -24.0
    assert new.course.planned[0].time_h == 0
    assert new.course.text.startswith("0.5 mg/kg over 40 min, sun mon wed fri, 1 weeks")
    assert move(new.course, 0, 12 * 24.0).course == course


def test_the_dose_table_of_a_person():
    course = Course.parse("35 mg hcl, iv, then 0.5 mg/kg over 40 min, every 3 d, 2 times, then 2 x 28 mg")
    table = rows(course, 80.0)
    assert [(r.number, r.session, r.day) for r in table] == [(1, 1, 0.0), (2, 1, 0.0), (3, 2, 3.0), (4, 3, 6.0)]
    assert [r.mg for r in table] == pytest.approx([35 * 0.867, 40.0, 40.0, 56.0])
    assert [(r.drug, r.route, r.form, r.devices) for r in table][::3] == [
        ("racemic", "iv", "hcl", 1),
        ("esketamine", "nasal", "base", 2),
    ]
    assert [r.text for r in table] == [p.dose.text for p in course.planned]
    with pytest.raises(Refused):
        rows(course, 10.0)


@given(courses, st.data())
@settings(max_examples=60, deadline=None)
def test_edits_in_a_row_find_their_dose_wherever_it_went(text, data):
    """Beside a list that never moves: doses by their first place, times from the first start."""
    course = Course.parse(text)
    last = course.planned[-1].time_h
    times = {i: p.time_h for i, p in enumerate(course.planned)}
    known = len(times)
    now = Edited.unchanged(course)
    for _ in range(data.draw(st.integers(1, 5))):
        op = data.draw(st.sampled_from(["move", "remove", "add"] if len(times) > 1 else ["move", "add"]))
        one = None if op == "add" else data.draw(st.sampled_from(sorted(times)))
        hours = float(data.draw(st.integers(-100, int(last) + 100)))
        fields = {"remove": {"dose": one}, "add": {"hours": hours}, "move": {"dose": one, "hours": hours}}[op]
        try:
            now = now.then(op, **fields)
        except Refused:
            assert op != "remove"
            continue
        if op == "add":
            times[known] = hours
            known += 1
        elif op == "remove":
            del times[one]
        else:
            times[one] = hours
    start = min(times.values())
    assert now.shift_h == pytest.approx(start, abs=1e-9)
    found = [(i, p.time_h + now.shift_h) for i, p in zip(now.origin, now.course.planned, strict=True)]
    assert dict(found) == pytest.approx(times, abs=1e-9)
