"""What a course means: times, sessions, devices, amounts, comparisons, limits and warnings."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given

from plans import courses
from resynapse.errors import Refused
from resynapse.therapy import ESKETAMINE, RACEMIC, Course, Dose, Drug, Part, Schedule

SIX = Course.parse("0.5 mg/kg over 40 min, mon wed fri, 2 weeks")


def times(text: str) -> list[float]:
    return [d.time_h for d in Course.parse(text).doses(70.0)]


def test_six_infusions() -> None:
    doses = SIX.doses(70.0)
    assert [d.time_h for d in doses] == [0, 48, 96, 168, 216, 264]
    first = doses[0]
    assert (first.mg_base, first.duration_h, first.route, first.drug) == (35.0, 40 / 60, "iv", RACEMIC)
    assert [d.session_number for d in doses] == [1, 2, 3, 4, 5, 6]
    assert {d.device for d in doses} == {0}
    assert SIX.last_h == pytest.approx(264 + 40 / 60)
    assert len(SIX.sessions) == 6


def test_weight_resolves_mg_per_kg_and_leaves_mg() -> None:
    assert SIX.doses(82)[0].mg_base == 41.0
    assert Course.parse("35 mg over 40 min").doses(82)[0].mg_base == 35.0


def test_hydrochloride_is_lighter_in_base() -> None:
    assert Course.parse("100 mg hcl, iv").doses(70)[0].mg_base == pytest.approx(86.7)
    assert Course.parse("1 mg/kg hcl, iv").doses(100)[0].mg_base == pytest.approx(86.7)


def test_devices_are_separate_doses_of_one_session() -> None:
    doses = Course.parse("3 x 28 mg").doses(70)
    assert [d.time_h for d in doses] == pytest.approx([0, 5 / 60, 10 / 60])
    assert [d.mg_base for d in doses] == [28, 28, 28]
    assert [d.device for d in doses] == [0, 1, 1]
    assert {d.session_number for d in doses} == {1}
    assert {d.drug for d in doses} == {ESKETAMINE}
    assert Course.parse("84 mg esketamine, nasal") == Course.parse("3 x 28 mg")


def test_racemic_spray_is_two_halves() -> None:
    doses = Course.parse("50 mg, nasal").doses(70)
    assert [(d.time_h, d.mg_base, d.device) for d in doses] == [(0, 25, 0), (pytest.approx(5 / 60), 25, 1)]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        # once: at the end of the infusion; after the last device, one gap on
        ("20 mg, iv, then 30 mg over 40 min", [0, 0]),
        ("20 mg over 30 min, then 30 mg over 40 min", [0, 0.5]),
        ("2 x 28 mg, then 2 x 28 mg", [0, 5 / 60, 10 / 60, 15 / 60]),
        # every: one interval after the last dose
        ("20 mg, iv, every 3 d, 2 times, then 30 mg, iv", [0, 72, 144]),
        ("20 mg, iv, every 3 d for 7 d, then 30 mg, iv", [0, 72, 144, 216]),
        # weekdays: the week after
        ("20 mg, iv, mon thu, 1 weeks, then 30 mg, iv, mon, 2 weeks", [0, 72, 168, 336]),
        ("20 mg, iv, mon thu, 1 weeks, then 30 mg, iv, wed, 1 weeks", [0, 72, 168 + 48]),
        ("20 mg, iv, thu mon, 1 weeks, then 30 mg, iv, mon, 1 weeks", [0, 96, 168 + 96]),
        ("20 mg, iv, mon, 1 weeks, then 30 mg, iv, every 2 d, 2 times", [0, 168, 216]),
        # weekdays keep their calendar over other parts: three days after Monday, the next Monday is day 7
        ("20 mg, iv, mon, 1 weeks, then 1 mg, iv, every 3 d, 1 times, then 30 mg, iv, mon, 1 weeks", [0, 168, 336]),
        # and start at once where no day is known yet
        ("20 mg over 30 min, then 30 mg, iv, wed fri, 1 weeks", [0, 0.5, 48.5]),
    ],
)
def test_a_part_starts_when_the_one_before_is_over(text: str, starts: list[float]) -> None:
    assert times(text) == pytest.approx(starts)


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("20 mg, iv, then 30 mg over 40 min", 1),
        ("10 mg, iv, every 5 h, 2 times", 1),
        ("10 mg, iv, every 6 h, 2 times", 2),
        ("10 mg, iv, every 4 h, 4 times", 2),  # the third starts 8 h after the first: a new visit
        ("10 mg over 12 h, every 8 h, 3 times", 1),  # each starts while the one before runs
        ("10 mg over 12 h, every 12 h, 2 times", 1),  # and as it ends
        ("10 mg over 12 h, every 13 h, 2 times", 2),
        ("5 x 28 mg gap 80 min, every 3 h, 3 times", 1),  # the third starts at 6 h, devices still to come
        ("2 x 28 mg, every 7 d, 3 times", 3),
    ],
)
def test_sessions_are_visits(text: str, sessions: int) -> None:
    assert len(Course.parse(text).sessions) == sessions


def test_first_device_of_each_session_only() -> None:
    doses = Course.parse("2 x 28 mg, then 28 mg esketamine, nasal, every 1 d, 2 times").doses(70)
    assert [(d.device, d.session_number) for d in doses] == [(0, 1), (1, 1), (1, 1), (0, 2)]
    mixed = Course.parse("10 mg, iv, then 2 x 28 mg").doses(70)
    assert [(d.route, d.device) for d in mixed] == [("iv", 0), ("nasal", 0), ("nasal", 1)]


@given(courses())
def test_doses_are_ordered_and_add_up(course: Course) -> None:
    try:
        doses = course.doses(70)
    except Refused:
        return
    assert all(a.time_h <= b.time_h for a, b in pairwise(doses))
    assert all(a.session_number <= b.session_number for a, b in pairwise(doses))
    planned = sum(p.dose.mg_base(70) for p in course.planned)
    assert sum(d.mg_base for d in doses) == pytest.approx(planned)
    assert sum(len(s.doses) for s in course.sessions) == len(course.planned)
    assert course.words(70)
    assert course.calendar(70)


# -- a second plan


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1 mg/kg", "1 mg/kg over 40 min, mon wed fri, 2 weeks"),
        ("once", "0.5 mg/kg over 40 min"),
        ("over 100 min", "0.5 mg/kg over 100 min, mon wed fri, 2 weeks"),
        ("mon, 4 weeks", "0.5 mg/kg over 40 min, mon, 4 weeks"),
        ("1 mg/kg, once", "1 mg/kg over 40 min"),
        ("0.75 mg/kg/h for 80 min", "1 mg/kg over 80 min, mon wed fri, 2 weeks"),
        ("2 x 28 mg", "2 x 28 mg, mon wed fri, 2 weeks"),
        ("nasal", "0.5 mg/kg, nasal, mon wed fri, 2 weeks"),
        ("0.5 mg/kg esketamine", "0.5 mg/kg esketamine over 40 min, mon wed fri, 2 weeks"),
        ("35 mg over 40 min, iv, every 7 d, 2 times", "35 mg over 40 min, every 7 d, 2 times"),
        ("1 mg/kg, iv", "1 mg/kg, iv, mon wed fri, 2 weeks"),
        ("1 mg/kg over 100 min", "1 mg/kg over 100 min, mon wed fri, 2 weeks"),
        ("1 mg/kg, iv, once", "1 mg/kg, iv"),
    ],
)
def test_what_a_second_plan_leaves_out_is_taken_from_the_first(text: str, line: str) -> None:
    assert SIX.against(text).text == line


def test_salt_and_drug_are_taken_over_with_the_dose() -> None:
    first = Course.parse("35 mg hcl esketamine over 40 min")
    assert first.against("70 mg").text == "70 mg hcl esketamine over 40 min"
    assert first.against("70 mg base racemic").text == "70 mg over 40 min"


def test_parts_are_matched_one_by_one_or_written_in_full() -> None:
    two = Course.parse("0.5 mg/kg over 40 min, mon, 2 weeks, then 0.5 mg/kg over 40 min, every 14 d, 3 times")
    assert two.against("1 mg/kg, then once").text == "1 mg/kg over 40 min, mon, 2 weeks, then 0.5 mg/kg over 40 min"
    with pytest.raises(Refused) as no:
        two.against("1 mg/kg")
    assert no.value.passes == ("1 mg/kg, then 1 mg/kg",)
    assert two.against("1 mg/kg over 40 min, once").text == "1 mg/kg over 40 min"


ALL_KINDS = (
    "0.5 mg/kg over 40 min", "0.5 mg/kg over 40 min, mon wed fri, 2 weeks", "3 x 28 mg, mon thu, 4 weeks",
    "56 mg esketamine over 40 min", "0.5 mg/kg, iv", "3 x 28 mg gap 10 min", "35 mg hcl over 40 min, every 3 d, 3 times",
    "1 mg/kg/h for 2 h", "20 mg, nasal", "0.5 mg/kg over 40 min, mon, 2 weeks, then 1 mg/kg, iv, every 7 d, 4 times",
)  # fmt: skip


@pytest.mark.parametrize("first", ALL_KINDS)
def test_a_whole_line_means_the_same_beside_any_first_plan(first: str) -> None:
    for text in ALL_KINDS:
        other = Course.parse(text)
        assert Course.parse(first).against(other.whole) == other


# -- limits


def test_limits_in_mg_are_held_against_the_weight() -> None:
    course = Course.parse("700 mg over 2 h")
    assert course.doses(70)[0].mg_base == 700
    with pytest.raises(Refused, match=r"11.67 mg/kg at 60 kg"):
        course.doses(60)
    long = Course.parse("40 mg/kg over 96 h long")
    assert long.doses(70)[0].mg_base == 2800
    with pytest.raises(Refused, match="above 3000 mg"):
        long.doses(80)


@pytest.mark.parametrize("kg", [19.9, 300.1, 0, -70, float("nan"), float("inf")])
def test_weights_out_of_range(kg: float) -> None:
    with pytest.raises(Refused, match="20 to 300 kg"):
        SIX.doses(kg)


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("1.5 mg/kg over 40 min", False),
        ("1.6 mg/kg over 40 min", True),
        ("3 mg/kg over 4 h", False),  # 1.5 mg/kg in any 2 h
        ("3.1 mg/kg over 4 h", True),
        ("1 mg/kg, iv, every 2 h, 2 times", True),  # both ends of the window count
        ("1 mg/kg, iv, every 3 h, 2 times", False),
        ("0.6 mg/kg/h for 60 h long", False),
        ("0.5 mg/kg, iv, then 1.1 mg/kg over 40 min", True),
        ("3 x 28 mg", False),
        ("4 x 28 mg", True),
    ],
)
def test_warned_above_the_fitted_range(text: str, warned: bool) -> None:
    cautions = Course.parse(text).cautions(80)
    assert bool(cautions) is warned
    assert all(str(c).startswith("caution: ") for c in cautions)


def test_limits_hold_without_any_text() -> None:
    for make in (
        lambda: Dose(0.5, route="im", duration_h=1.0),
        lambda: Dose(0.5, route="ear"),
        lambda: Dose(float("nan")),
        lambda: Dose(-1.0),
        lambda: Dose(0.5, duration_h=200.0),
        lambda: Dose(0.5, route="nasal", duration_h=1.0),
        lambda: Dose(0.5, "mg/lb"),
        lambda: Dose(0.5, devices=2),
        lambda: Drug.named("lsd"),
        lambda: Schedule("days", 1, (0, 0)),
        lambda: Schedule("every", 2, (), float("nan")),
        lambda: Schedule("sometimes"),
        lambda: Course(()),
        lambda: Course((Part(Dose(0.5), Schedule("every", 100, (), 1.0)),)),
        lambda: Course((Part(Dose(0.5), Schedule("every", 9, (), 9000.0)),) * 2),
    ):
        with pytest.raises(Refused):
            make()


@pytest.mark.parametrize("route", ["im", "sc", "sublingual", "oral", "rectal"])
@pytest.mark.parametrize("drug", ["", " esketamine", " arketamine"])
def test_every_route_and_drug_is_read_and_printed(route: str, drug: str) -> None:
    course = Course.parse(f"35 mg{drug}, {route}")
    assert course.text == f"35 mg{drug}, {route}"
    compounded = [c for c in course.cautions(80) if "compounded" in str(c)]
    assert bool(compounded) is (route in ("sublingual", "oral"))
    assert all("Breathing is not modelled" in c.rule for c in compounded)


def test_a_spray_that_is_no_labelled_device_carries_the_warning() -> None:
    assert any("compounded" in str(c) for c in Course.parse("50 mg, nasal").cautions(80))
    assert not Course.parse("2 x 28 mg").cautions(80)


# -- words


def test_echo_in_words_and_mg() -> None:
    one = Course.parse("0.5 mg/kg over 40 min")
    assert one.words(70) == "0.5 mg/kg over 40 min = 35 mg at 52.5 mg/h for 70 kg"
    assert SIX.words(82) == "0.5 mg/kg over 40 min = 41 mg at 61.5 mg/h for 82 kg, mon wed fri, 2 weeks"
    hcl = Course.parse("40.4 mg hcl over 40 min").words(70)
    assert hcl == "40.4 mg hcl over 40 min = 40 mg hcl x 0.867 = 35 mg base at 52.5 mg/h for 70 kg"
    assert Course.parse("2 x 28 mg").words(70) == "2 x 28 mg = 56 mg esketamine, 5 min apart for 70 kg"


def test_calendar() -> None:
    assert SIX.calendar(70) == (
        "        mon    tue  wed    thu  fri    sat  sun\n"
        "week 1  35 mg  .    35 mg  .    35 mg  .    .\n"
        "week 2  35 mg  .    35 mg  .    35 mg  .    ."
    )
    dated = SIX.calendar(70, dt.date(2026, 11, 23))
    assert "2026-11-23  35 mg" in dated
    assert "2026-11-30  35 mg" in dated
    with pytest.raises(Refused) as no:
        SIX.calendar(70, dt.date(2026, 11, 24))
    assert no.value.passes == ("2026-11-30",)
    gaps = Course.parse("35 mg, iv, every 28 d, 2 times").calendar()
    assert "weeks 2 to 4: no dose" in gaps


def test_shown_and_replaced() -> None:
    assert str(SIX).splitlines()[0] == SIX.text
    assert "<pre>" in SIX._repr_html_()
    assert eval(repr(SIX), {"Course": Course}) == SIX
    assert len({SIX, Course.parse(SIX.text)}) == 1
    half = SIX.replace(parts=(SIX.parts[0].__class__(SIX.parts[0].dose.replace(amount=0.25), Schedule()),))
    assert half.text == "0.25 mg/kg over 40 min"
    with pytest.raises(Refused):
        SIX.parts[0].dose.replace(amount=11.0)


def test_the_one_line_path_stays_light() -> None:
    code = (
        "import sys\nfrom resynapse.therapy import Course, Patient\nCourse.parse('0.5 mg/kg over 40 min')\n"
        "Patient.parse('82 kg')\n"
        "heavy = {'pydantic', 'pandas', 'xarray', 'matplotlib', 'numpy', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
