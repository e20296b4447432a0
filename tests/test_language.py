"""The grammar of plans: what is read, what it means, and print -> read round trips."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from plans import GOOD, broken, courses, refusal, truly_passes
from resynapse.language import parse
from resynapse.therapy import Course

# text: shortest form
READ = {
    "0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks": "0.5 mg/kg over 40 min, mon wed fri, 2 weeks",
    "0.5 MG/KG  over 40   MIN,  IV": "0.5 mg/kg over 40 min",
    "0.5 mg/kg, iv, over 40 min": "0.5 mg/kg over 40 min",
    "0.5 mg/kg, mon wed fri, 2 weeks, iv, over 40 min": "0.5 mg/kg over 40 min, mon wed fri, 2 weeks",
    "0.5 mg/kg base racemic over 40 min, once": "0.5 mg/kg over 40 min",
    "500 ug/kg over 40 minutes": "0.5 mg/kg over 40 min",
    "500 mcg/kg over 40 min": "0.5 mg/kg over 40 min",
    "500 \u00b5g/kg over 40 min": "0.5 mg/kg over 40 min",
    "500 \u03bcg/kg over 40 min": "0.5 mg/kg over 40 min",
    "0.035 g over 40 min": "35 mg over 40 min",
    "35000 ug, iv": "35 mg, iv",
    "35 mg hcl over 40 min": "35 mg hcl over 40 min",
    "35 mg hcl esketamine over 40 min": "35 mg hcl esketamine over 40 min",
    "0.75 mg/kg/h for 40 min": "0.5 mg/kg over 40 min",
    "52.5 mg/h for 40 min": "35 mg over 40 min",
    "12.5 ug/kg/min for 40 min": "0.5 mg/kg over 40 min",
    "0.01 mg/kg/h for 100 min": "0.01 mg/kg/h for 100 min",
    "0.5 mg/kg over 40 min, q 3.5 d x 4": "0.5 mg/kg over 40 min, every 3.5 d, 4 times",
    "0.5 mg/kg over 40 min, every 3 d for 12 d": "0.5 mg/kg over 40 min, every 3 d, 4 times",
    "0.5 mg/kg over 40 min, every 1 week, 4 times": "0.5 mg/kg over 40 min, every 7 d, 4 times",
    "0.5 mg/kg over 40 min, every 24 hours, 4 times": "0.5 mg/kg over 40 min, every 1 d, 4 times",
    "2 x 28 mg": "2 x 28 mg",
    "2 x 28 mg esketamine gap 5 min, nasal": "2 x 28 mg",
    "2 x 28 mg gap 10 min": "2 x 28 mg gap 10 min",
    "56 mg esketamine, nasal": "2 x 28 mg",
    "84 mg base esketamine, nasal, once": "3 x 28 mg",
    "50 mg, nasal": "50 mg, nasal",
    "1 mg/kg over 40 h long": "1 mg/kg over 40 h long",
    "1 mg/kg over 4 d long": "1 mg/kg over 96 h long",
    "1 mg/kg over 40 min long": "1 mg/kg over 40 min",
    "0.5 mg/kg over 40 min, fri mon, 2 weeks": "0.5 mg/kg over 40 min, fri mon, 2 weeks",
    "0.5 mg/kg over 40 min, mon fri wed, 2 weeks": "0.5 mg/kg over 40 min, mon wed fri, 2 weeks",
    "0.5 mg/kg over 24 h": "0.5 mg/kg over 24 h",
    "0.5 mg/kg over 60 min": "0.5 mg/kg over 1 h",
    " 0.5 mg/kg over 40 min , iv ": "0.5 mg/kg over 40 min",
}


@pytest.mark.parametrize("text", READ)
def test_read_and_printed_shortest(text: str) -> None:
    course = Course.parse(text)
    assert course.text == READ[text]
    assert Course.parse(course.text) == course


@given(courses())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_printed_reads_back_to_the_same_course(course: Course) -> None:
    assert Course.parse(course.text) == course
    assert repr(course) == f"Course.parse({course.text!r})"
    assert course.text.lower() == course.text
    assert "  " not in course.text


@given(broken())
@settings(max_examples=600)
def test_a_broken_line_is_read_or_refused_and_its_passing_values_pass(text: str) -> None:
    no = refusal(Course.parse, text)
    if no is None:
        course = Course.parse(text)
        assert Course.parse(course.text) == course
        return
    assert no.cause
    assert no.passes
    assert 0 <= no.place.start <= no.place.end <= len(text)
    assert not any(ord(c) < 32 for line in no.lines() for c in line)
    assert all(truly_passes(Course.parse, text, no, value) for value in no.passes)


@given(broken(("1 mg/kg", "once", "over 100 min", "1 mg/kg, once", "3 x 28 mg", "iv")))
def test_a_broken_comparison_is_read_or_refused(text: str) -> None:
    first = Course.parse(GOOD[0])
    no = refusal(first.against, text)
    assert no is None or all(truly_passes(first.against, text, no, value) for value in no.passes)


def test_reading_is_fast() -> None:
    Course.parse(GOOD[0])
    took = []
    for _ in range(50):
        began = time.perf_counter()
        Course.parse(GOOD[0])
        took.append(time.perf_counter() - began)
    assert sorted(took)[25] < 1e-3


def test_written_parts_keep_their_places() -> None:
    text = "0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks"
    (part,) = parse(text)
    assert part.dose
    assert part.over
    assert part.route
    assert part.schedule
    spans = [part.dose.span, part.over.span, part.route.span, part.schedule.span]
    assert [text[a:b] for a, b in spans] == ["0.5 mg/kg", "40 min", "iv", "mon wed fri, 2 weeks"]


def test_the_documented_lines_are_read_and_refused_as_the_page_says() -> None:
    page = (Path(__file__).parents[1] / "docs" / "language.md").read_text("utf-8")
    meaning, bad = page.split("## Refused, and warned about")
    for line in meaning.split("```")[1].strip().splitlines():
        Course.parse(line)
    for row in bad.split("|---|---|---|\n")[1].split("\n\n")[0].splitlines():
        texts, _, passes = (re.findall(r"`([^`]+)`", cell) for cell in row.strip("|").split("|"))
        named = [p for text in texts if (no := refusal(Course.parse, text)) for p in no.passes]
        assert set(passes) <= set(named), row
