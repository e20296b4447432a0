"""The report: one file, no script, no request, escaped, the same bytes, and readable by machines."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sample

from resynapse.outcome.summary import Summary
from resynapse.views.report import FOOTER, report

CASES = (sample.one_plan, sample.two_plans, sample.outside, sample.one_outside, sample.never_back, sample.nasal,
         sample.no_floor, sample.hostile)  # fmt: skip
VOID = {"meta", "br", "img", "link", "input"}


class Page(HTMLParser):
    """Tags with their attributes, the text of the body, headings in order; fails on tags left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words = ""
        self.headings: list[tuple[int, str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words += data
        if self.headings and re.fullmatch(r"h[1-6]", self.open[-1] if self.open else ""):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def two() -> str:
    return report(sample.two_plans())


@pytest.mark.parametrize("make", CASES)
def test_no_script_and_no_request(make: Callable[[], Summary]) -> None:
    text = report(make())
    page = Page(text)
    assert not page.all("script")
    assert not [t for t, _ in page.tags if t in ("link", "img", "iframe", "object", "embed", "base")]
    assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on")]
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    for tag, attributes in page.tags:
        for name in ("src", "href", "xlink:href"):
            value = attributes.get(name, "#")
            assert value.startswith("#") or (tag == "a" and value.startswith("https://")), (tag, value)


@pytest.mark.parametrize("make", CASES)
def test_one_h1_and_headings_in_order(make: Callable[[], Summary]) -> None:
    page = Page(report(make()))
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert all(text.strip() for _, text in page.headings)


def test_landmarks_language_and_footer(two: str) -> None:
    page = Page(two)
    assert page.all("html")[0]["lang"] == "en"
    assert all(len(page.all(name)) == 1 for name in ("header", "main", "footer"))
    assert page.words.count(FOOTER) == 1


def test_every_picture_has_title_desc_and_a_table(two: str) -> None:
    page = Page(two)
    drawn = [a for a in page.all("svg") if a.get("role") == "img"]
    ids = {a["id"] for _, a in page.tags if "id" in a}
    assert len(drawn) >= 8
    for svg in drawn:
        assert set(svg["aria-labelledby"].split()) <= ids
    keys = {a["aria-labelledby"].removesuffix("-h") for a in page.all("section") if "picture" in a.get("class", "")}
    assert {f"table-{key}" for key in keys} <= ids


@pytest.mark.parametrize("make", CASES)
def test_every_inner_link_leads_somewhere_and_ids_are_unique(make: Callable[[], Summary]) -> None:
    page = Page(report(make()))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")} <= set(ids)


def test_tables_have_scopes_and_even_rows(two: str) -> None:
    assert all(a.get("scope") in ("row", "col") for a in Page(two).all("th"))
    for table in re.findall(r"<table.*?</table>", two, re.S):
        widths = {len(re.findall(r"<t[hd]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.S)}
        assert len(widths) == 1, table[:200]


def test_text_is_escaped() -> None:
    text = report(sample.hostile())
    page = Page(text)
    assert "alert(" in page.words
    assert "<script" not in text.replace("&lt;script", "")
    assert "\x1b" not in text
    assert 'href="javascript' not in text


def test_the_same_summary_gives_the_same_bytes(two: str) -> None:
    assert report(sample.two_plans()) == two


def test_the_date_is_an_input(two: str) -> None:
    assert "Date given: 24 November 2026" in two
    assert "Date given" not in report(replace(sample.one_plan(), date_given=""))


def test_the_first_number_stands_beside_its_counterfactual(two: str) -> None:
    assert "46 (35 to 57); 12" in two
    assert "12 of 100 would on an active placebo" in two


def test_sums_are_written_out(two: str) -> None:
    assert "9.6 + 7.7 + 1.5 = 18.8" in two


def test_outside_the_data_nothing_is_expected() -> None:
    page = Page(report(sample.outside()))
    assert page.headings[0][1].endswith("no number to headline.")
    assert "What to expect" not in [text for _, text in page.headings]


def test_an_unreached_median_reads_beyond() -> None:
    text = report(sample.never_back())
    assert "beyond day 39" in text
    assert not re.search(r"\b(inf|nan)\b", Page(text).words)


def test_no_floor_no_time_to_leave() -> None:
    words = Page(report(sample.no_floor())).words
    assert "no floor loaded: no time is shown" in words
    assert "not before" not in words


def test_sources_are_links(two: str) -> None:
    assert 'href="https://doi.org/10.1000/sample.2018"' in two


def test_one_person_has_two_lines_and_no_people() -> None:
    alone = sample.alone()
    empty = sample.empty_bands()
    plan = replace(alone.plans[0], days=(), bands=empty, within_sd=float("nan"), between_sd=float("nan"))
    page = Page(report(replace(alone, plans=(plan,))))
    assert "One person: MADRS, points" in [text for _, text in page.headings]
    assert "What to expect" not in [text for _, text in page.headings]
    assert not re.search(r"\b(inf|nan)\b", page.words)
