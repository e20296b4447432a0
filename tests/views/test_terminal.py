"""The terminal: the page's words, no wider than asked, no colour when it is off, nothing that steers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
import sample

from resynapse.errors import Place, Refused
from resynapse.outcome.summary import Summary
from resynapse.views import sentence
from resynapse.views.terminal import FOOTER, render, render_alone, render_refusal

CASES = (sample.one_plan, sample.two_plans, sample.outside, sample.one_outside, sample.never_back, sample.nasal,
         sample.no_floor, sample.hostile, sample.alone)  # fmt: skip
ESCAPE = re.compile(r"\x1b\[[\d;]*m")


@pytest.mark.parametrize("make", CASES)
@pytest.mark.parametrize("width", [68, 80, 96, 100, 240])
def test_no_line_is_wider_than_asked(make: Callable[[], Summary], width: int) -> None:
    for draw in (render, render_alone):
        widest = max(len(ESCAPE.sub("", line)) for line in draw(make(), width, True).splitlines())
        assert widest <= min(width, 100)


@pytest.mark.parametrize("make", CASES)
def test_colour_off_is_plain_text(make: Callable[[], Summary]) -> None:
    for draw in (render, render_alone):
        text = draw(make(), colour=False)
        assert "\x1b" not in text
        assert all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize("make", CASES)
def test_colour_changes_no_word(make: Callable[[], Summary]) -> None:
    assert ESCAPE.sub("", render(make(), colour=True)) == render(make(), colour=False)


def test_the_order_is_the_page_s() -> None:
    text = render(sample.two_plans(), colour=False)
    marks = ("About 46", "Moved it", "Person", "Plan A", "MADRS    A", "respond, day 1", "drug", "ketamine peak",
             "ready to leave", "half of responders back", FOOTER)  # fmt: skip
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert text.count(FOOTER) == 1


def test_each_response_is_followed_by_its_counterfactual() -> None:
    lines = render(sample.two_plans(), colour=False).splitlines()
    for k, line in enumerate(lines):
        if line.startswith("  respond"):
            assert lines[k + 1].startswith("    on active placebo")


def test_rows_say_the_numbers() -> None:
    text = render(sample.two_plans(), colour=False)
    assert re.search(r"respond, day 14 +60 of 100 \(51–69\) +23 of 100 \(16–31\) +\+37 \(26 to 48\)", text)
    assert re.search(r"MADRS, day 14 +14\.2 \(11\.9–16\.4\) +21\.8 \(20\.0–23\.6\) +−7\.6 \(−9\.9 to −5\.4\)", text)
    assert re.search(r"at ≤ 12 +45 of 100", text)
    assert "33 → 15 → 23" in text or re.search(r"33 → \d+ → 23", text)


def test_outside_the_data_draws_no_numbers() -> None:
    text = render(sample.outside(), colour=False)
    assert "outside the fitted data: no number to headline." in text
    assert "respond, day" not in text


def test_an_unreached_median_reads_beyond() -> None:
    text = render(sample.never_back(), colour=False)
    assert "beyond day 39 (36 or more)" in text
    assert not re.search(r"\b(inf|nan)\b", text)


def test_one_person_has_two_lines_and_no_intervals() -> None:
    text = render_alone(sample.alone(), colour=False)
    assert "responds, 47 of 100" in text
    assert "if not, 53 of 100" in text
    assert not re.search(r"\(\d+[–]\d+\)", text)
    assert not re.search(r"\b(inf|nan)\b", text)


def test_one_person_without_days() -> None:
    alone = sample.alone()
    plan = replace(alone.plans[0], days=(), bands=sample.empty_bands())
    text = render_alone(replace(alone, plans=(plan,)), colour=False)
    assert text.startswith("47 of 100 people like this can respond")
    assert "ketamine peak" in text


def test_a_refusal_points_at_the_fault_in_amber() -> None:
    text = "0.5 mg/kg over 40 h, iv, once"
    err = Refused(
        "40 h is above 24 h", "An infusion lasts 1 min to 24 h.", ("40 min", "40 h long"), Place(text, 15, 19)
    )
    plain = render_refusal(err, colour=False).splitlines()
    assert plain[0] == "refused: 40 h is above 24 h"
    assert plain[2].index("^") == plain[1].index("40 h")
    assert plain[2].strip() == "^^^^"
    assert plain[-1].endswith("40 min, 40 h long")
    coloured = render_refusal(err, colour=True)
    assert "\x1b[38;2;227;169;58m^^^^" in coloured
    assert ESCAPE.sub("", coloured) == render_refusal(err, colour=False)


def test_a_refusal_of_hostile_text_steers_nothing() -> None:
    text = render_refusal(Refused("\x1b[2Jgone", "\x07", (sample.HOSTILE,), Place(sample.HOSTILE, 2, 9)), colour=False)
    assert all(c.isprintable() or c == "\n" for c in text)


def test_the_terminal_needs_no_plotting_library() -> None:
    code = (
        "import sys, resynapse.views.terminal;"
        "print(sorted(set(sys.modules) & {'matplotlib', 'pandas', 'xarray', 'rich', 'pydantic'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_terminal_and_page_say_the_same_sentence() -> None:
    summary = sample.two_plans()
    words = " ".join(render(summary, colour=False).split())
    assert sentence.headline(summary).replace("\u202f", " ") in words


def test_one_person_on_two_plans_has_four_lines() -> None:
    two = sample.two_plans()
    alone = replace(two, draws=0, people=1, plans=tuple(replace(p, days=()) for p in two.plans))
    text = render_alone(alone, colour=False)
    assert text.count("  responds, 47 of 100") == 2
    assert text.count("if not, ") == 2
    assert "On plan B: " in " ".join(text.split())
