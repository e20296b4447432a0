"""Specs: what each picture shows, that it can be sent as JSON, and that it has words and a table."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import sample
from hypothesis import given
from hypothesis import strategies as st

from resynapse.outcome.summary import Summary
from resynapse.views import pictures
from resynapse.views.paper import to_matplotlib, to_svg
from resynapse.views.plotspec import PAGE_HALF, PAGE_WIDE, PHONE, SCREEN, PlotSpec, spread
from resynapse.views.points import counts

SVG = "{http://www.w3.org/2000/svg}"


def specs(summary: Summary) -> Iterator[PlotSpec]:
    yield pictures.strips(summary)
    yield pictures.course(summary)
    yield pictures.session(summary, ask=("DBP", "HR"))
    if summary.plans[0].domain.inside:
        yield pictures.person(summary)
        yield pictures.people(summary)
        yield pictures.shares(summary)
    difference = pictures.difference(summary)
    if difference:
        yield difference


@pytest.mark.parametrize("make", [sample.two_plans, sample.nasal, sample.outside, sample.never_back, sample.hostile])
def test_every_picture_has_title_words_and_table(make: object) -> None:
    for spec in specs(make()):  # type: ignore[operator]
        assert spec.title
        assert len(spec.alt) > 20
        assert len(spec.table.head) >= 2
        assert all(len(row) == len(spec.table.head) for row in spec.table.rows)


@pytest.mark.parametrize("make", [sample.two_plans, sample.outside])
def test_every_picture_is_plain_json(make: object) -> None:
    for spec in specs(make()):  # type: ignore[operator]
        text = json.dumps(spec.to_dict(), allow_nan=False)
        assert json.loads(text)["key"] == spec.key


def test_what_has_no_unit_has_no_numbers() -> None:
    spec = pictures.strips(sample.two_plans())
    for panel in spec.panels:
        if panel.key in ("receptor", "glutamate", "connections"):
            assert panel.ticks == ()
            assert {label.text for label in panel.labels} == {"timing and sign only"}
    assert spec.to_dict()["x"]["scale"] == "log"


def test_fills_say_how_sure() -> None:
    looks = {p.key: p.fills[0].look for p in pictures.strips(sample.two_plans()).panels}
    assert looks["receptor"] == "established"
    assert looks["glutamate"] == "contested"
    assert looks["connections"] == "inferred"


def test_the_body_is_a_side_branch() -> None:
    spines = {p.key: p.gutter.spine for p in pictures.strips(sample.two_plans()).panels if p.gutter}
    assert spines["body"] == "branch"
    assert set(spines.values()) == {"disc", "branch"}


def test_outside_the_data_there_is_no_band_and_no_number() -> None:
    spec = pictures.course(sample.outside())
    panel = spec.panels[0]
    assert panel.fills == ()
    assert [line.stroke for line in panel.lines] == ["outside"]
    assert not any(re.search(r"\d", label.text) for label in panel.labels)
    assert spec.table.rows == (("every day", "no number: outside the fitted data"),)
    assert "outside" in spec.alt


def test_two_plans_differ_by_dash_and_shape() -> None:
    spec = pictures.course(sample.two_plans())
    strokes = {line.name: line.stroke for line in spec.panels[0].lines}
    assert strokes["A, median"] == "a"
    assert strokes["B, median"] == "b"
    assert [lane.shape for lane in spec.lanes] == ["disc", "diamond"]


def test_one_plan_is_drawn_beside_its_counterfactual() -> None:
    names = [line.name for line in pictures.course(sample.one_plan()).panels[0].lines]
    assert "active placebo, believed in" in names


def test_the_madrs_axis_grows_only_above_38() -> None:
    assert pictures.course(sample.one_plan()).panels[0].hi == 42
    plan = sample.plan_a()
    high = replace(plan, bands=replace(plan.bands, q50=plan.bands.q50 + 10))
    assert pictures.course(replace(sample.one_plan(), plans=(high,))).panels[0].hi == 60


def test_pressure_names_its_marks() -> None:
    panel = next(p for p in pictures.session(sample.one_plan()).panels if p.key == "SBP")
    assert {t.at for t in panel.thresholds} == {140, 180}
    start = [t for t in panel.ticks if t.kind == "start"]
    assert [t.text for t in start] == ["128"]
    assert panel.hi >= 184


@pytest.mark.parametrize("make", [sample.one_plan, sample.two_plans, sample.nasal])
def test_a_hundred_people_are_a_hundred(make: object) -> None:
    summary: Summary = make()  # type: ignore[operator]
    spec = pictures.people(summary)
    kinds = [m.kind for m in spec.panels[0].marks]
    assert len(kinds) == 100
    assert kinds.count("remission") + kinds.count("response") == round(summary.plans[0].days[-1].response.value)
    assert kinds == sorted(kinds, key=("remission", "response", "neither", "worse").index)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_people_add_up_whatever_the_shares(response: float, remission: float, worse: float) -> None:
    day = replace(
        sample.days_a()[1], response=sample.none(response), remission=sample.none(remission), worse=sample.none(worse)
    )
    number = counts(day)
    assert sum(number.values()) == 100
    assert min(number.values()) >= 0


def test_one_person_has_two_lines_and_both_shares() -> None:
    spec = pictures.person(sample.one_plan())
    assert len(spec.panels[0].lines) == 2
    assert {label.text for label in spec.panels[0].labels} == {"if not: 53", "responds: 47"}


@given(st.lists(st.floats(0, 300, allow_nan=False), min_size=1, max_size=8))
def test_labels_are_moved_apart_and_keep_their_order(at: list[float]) -> None:
    moved = spread(at, 16.0)
    ordered = [moved[i] for i in sorted(range(len(at)), key=lambda i: at[i])]
    assert all(b - a >= 16 - 1e-6 for a, b in itertools.pairwise(ordered))


@pytest.mark.parametrize("size", [SCREEN, PAGE_WIDE, PAGE_HALF, PHONE])
def test_paper_draws_every_size(size: object) -> None:
    for draw in (pictures.strips, pictures.course, pictures.session):
        spec = draw(sample.two_plans(), size)  # type: ignore[arg-type]
        fig = to_matplotlib(spec)
        assert fig.get_figwidth() == pytest.approx(spec.width / 96)


def test_svg_has_words_no_styles_and_unique_ids() -> None:
    ids: list[str] = []
    for spec in specs(sample.two_plans()):
        text = to_svg(to_matplotlib(spec), spec.title, spec.alt, spec.key)
        root = ET.fromstring(text)
        assert [child.tag for child in list(root)[:2]] == [f"{SVG}title", f"{SVG}desc"]
        assert root[1].text == spec.alt
        assert "style" not in {name for e in root.iter() for name in e.attrib}
        assert not [e for e in root.iter() if e.tag.endswith(("style", "metadata", "script"))]
        ids += [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))


def test_svg_keeps_text_as_text() -> None:
    spec = pictures.strips(sample.two_plans())
    root = ET.fromstring(to_svg(to_matplotlib(spec), spec.title, spec.alt))
    words = {e.text for e in root.iter(f"{SVG}text")}
    assert {"Blood", "Glutamate", "timing and sign only", "day 1"} <= words


def test_svg_is_the_same_each_time() -> None:
    spec = pictures.course(sample.two_plans())
    one, two = (to_svg(to_matplotlib(spec), spec.title, spec.alt) for _ in range(2))
    assert one == two


def test_gaps_stay_gaps() -> None:
    plan = sample.plan_a()
    q50 = plan.bands.q50.copy()
    q50[40:60] = np.nan
    gap = replace(plan, bands=replace(plan.bands, q50=q50))
    spec = pictures.course(replace(sample.one_plan(), plans=(gap,)))
    assert to_svg(to_matplotlib(spec), spec.title, spec.alt)
