"""Explore as people use it: by slider, box, text, table, timeline; every control found by role and name."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import answered, settled, wait_until

ONCE = "?a=0.5+mg/kg+over+40+min"
SIX = "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"


def plan(page, tag="A"):
    return page.get_by_role("textbox", name=f"Plan {tag}", exact=True)


def changed(page, act):
    """Do something and wait for the full answer that follows."""
    before = answered(page)
    act()
    settled(page, before + 1)


def test_the_first_picture_says_what_the_api_says(explore, page, address):
    explore()
    told = page.request.post(
        f"{address}/api/v1/explore",
        data={"plan": SIX, "against": "once", "person": "82 kg, 44 y, female, madrs 33, sbp 128, dbp 80, hr 72, failed 3"},
    ).json()  # fmt: skip
    expect(page.get_by_role("heading", level=1)).to_have_text(told["headline"])
    expect(page.get_by_role("img", name=told["pictures"]["weeks"]["alt"])).to_be_visible()
    expect(plan(page)).to_have_value(SIX)
    expect(plan(page, "B")).to_have_value("0.5 mg/kg over 40 min, once")


def test_every_control_has_a_role_and_a_name(explore, page):
    explore()
    for role, names in {
        "slider": ["Dose", "Over", "Weight", "Day shown", "Plan A: Dose 2 of 6, day 2, 41", "Length of dose 1 of 6", "Amount of dose 1 of 6",
                   "Starting pressure, systolic"],
        "spinbutton": ["Dose, number", "Over, number", "Weight, number"],
        "combobox": ["Route", "Schedule", "Named protocol", "Start from an example person"],
        "switch": ["Cut: blood", "Cut: receptor", "Cut: glutamate", "Cut: new connections", "Cut: hope"],
        "button": ["Undo", "Redo", "Copy link", "Report", "Dark theme", "MADRS at the start: 33"],
        "radio": ["people like this", "one person", "active placebo, believed in", "no treatment"],
        "textbox": ["Plan A", "Plan B"],
    }.items():  # fmt: skip
        for name in names:
            assert page.get_by_role(role, name=name).count() >= 1, (role, name)
    bare = page.evaluate(
        "[...document.querySelectorAll('button,input,select,textarea,[tabindex=\"0\"]')].filter(e => e.checkVisibility() && "
        "!(e.ariaLabel || e.labels?.length || e.textContent.trim() || e.getAttribute('aria-label'))).map(e => e.outerHTML.slice(0, 90))"
    )
    assert bare == []


def test_slider_box_text_and_table_are_one_object(explore, page):
    explore(ONCE)
    dose = page.get_by_role("slider", name="Dose", exact=True)
    changed(page, lambda: dose.press("ArrowRight"))
    expect(plan(page)).to_have_value("0.55 mg/kg over 40 min")
    expect(page.get_by_role("spinbutton", name="Dose, number")).to_have_value("0.55")

    box = page.get_by_role("spinbutton", name="Over, number")
    changed(page, lambda: (box.fill("100"), box.press("Enter")))
    expect(plan(page)).to_have_value("0.55 mg/kg over 100 min")

    changed(page, lambda: (plan(page).fill("0.4 mg/kg over 60 min, every 3 d, 4 times"), plan(page).press("Enter")))
    expect(dose).to_have_value("0.4")
    page.get_by_text("Doses as a table").click()
    third = page.get_by_role("spinbutton", name="day of dose 3, plan A")
    expect(third).to_have_value("6")
    changed(page, lambda: (third.fill("7"), third.press("Enter")))
    assert "every 3 d, 4 times" not in plan(page).input_value()
    days = [
        page.get_by_role("slider", name=f"Plan A: Dose {k} of 4").get_attribute("aria-valuenow") for k in (1, 2, 3, 4)
    ]
    assert days == ["0", "3", "7", "9"]


def test_doses_on_the_timeline_by_keys(explore, page):
    explore(ONCE + ",+every+7+d,+3+times")
    second = page.get_by_role("slider", name="Plan A: Dose 2 of 3")
    changed(page, lambda: second.press("ArrowRight"))
    expect(second).to_have_attribute("aria-valuenow", "8")
    changed(page, lambda: second.press("ArrowUp"))
    assert "0.55 mg/kg" in plan(page).input_value()
    changed(page, lambda: second.press("]"))
    assert "0.55 mg/kg over 45 min" in plan(page).input_value()
    changed(page, lambda: second.press("Delete"))
    expect(page.get_by_role("slider", name="Plan A: Dose 2 of 2")).to_have_attribute("aria-valuenow", "14")


def test_two_quick_changes_find_their_doses(explore, page):
    """The second is made on the picture of before the first."""
    explore(ONCE + ",+every+7+d,+4+times")
    page.get_by_text("Doses as a table").click()
    remove = [page.get_by_role("button", name=f"Remove dose {k}, plan A") for k in (2, 3)]
    changed(page, lambda: (remove[0].click(), remove[1].click()))
    wait_until(lambda: plan(page).input_value() == "0.5 mg/kg over 40 min, every 21 d, 2 times")
    changed(page, lambda: page.get_by_role("button", name="Undo").click())
    expect(page.get_by_role("slider", name="Plan A: Dose 2 of 3")).to_have_attribute("aria-valuenow", "14")


def test_doses_on_the_timeline_by_pointer(explore, page):
    explore(ONCE)
    lane = page.locator(".lane").first.locator(".add rect.hit").bounding_box()
    at = lambda day: lane["x"] + lane["width"] * (day + 1.26) / 43.26  # noqa: E731
    y = lane["y"] + 10
    changed(page, lambda: page.mouse.click(at(10), y))
    expect(page.get_by_role("slider", name="Plan A: Dose 2 of 2")).to_have_attribute("aria-valuenow", "10")
    mark = page.get_by_role("slider", name="Plan A: Dose 2 of 2").bounding_box()
    x = mark["x"] + mark["width"] / 2
    before = answered(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(1, 9):
        page.mouse.move(x + k * (at(4) - at(0)) / 8, y)
    page.mouse.up()
    wait_until(
        lambda: (
            answered(page) > before
            and "day 14" in (page.get_by_role("slider", name="Plan A: Dose 2 of 2").get_attribute("aria-label") or "")
        )
    )
    # the mark goes with the pointer; the text comes with the last answer
    expect(plan(page)).to_have_value("0.5 mg/kg over 40 min, every 14 d, 2 times")


def test_the_block_of_the_session_is_dragged_by_its_grips(explore, page):
    explore(ONCE)
    grip = page.get_by_role("slider", name="Length of dose 1 of 1")
    changed(page, lambda: grip.press("ArrowRight"))
    expect(plan(page)).to_have_value("0.5 mg/kg over 45 min")
    box = grip.bounding_box()
    before = answered(page)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 8, steps=6)
    page.mouse.up()
    wait_until(lambda: answered(page) > before)
    wait_until(lambda: int(re.search(r"over (\d+) min", plan(page).input_value())[1]) > 50)
    low = page.get_by_role("slider", name="Amount of dose 1 of 1")
    changed(page, lambda: low.press("ArrowUp"))
    assert plan(page).input_value().startswith("0.55 mg/kg")


def test_undo_redo_and_the_address(explore, page, context):
    explore(ONCE)
    dose = page.get_by_role("slider", name="Dose", exact=True)
    changed(page, lambda: dose.press("ArrowRight"))
    changed(page, lambda: dose.press("ArrowRight"))
    expect(plan(page)).to_have_value("0.6 mg/kg over 40 min")
    changed(page, lambda: page.get_by_role("button", name="Undo").click())
    expect(plan(page)).to_have_value("0.55 mg/kg over 40 min")
    changed(page, lambda: page.get_by_role("button", name="Redo").click())
    page.get_by_role("heading", level=1).click()
    changed(page, lambda: page.keyboard.press("Control+z"))
    changed(page, lambda: page.get_by_role("radio", name="saline, crossover").check())
    changed(page, lambda: page.get_by_role("slider", name="Day shown").press("ArrowLeft"))
    there = context.new_page()
    there.goto(page.url)
    settled(there)
    for one in ("#headline", "#ground", "#people", "#plan-a", "#shares"):
        assert there.locator(one).inner_text() == page.locator(one).inner_text()
    expect(there.get_by_role("slider", name="Day shown")).to_have_attribute("aria-valuenow", "13")
    assert there.url == page.url


def test_what_cannot_be_read_is_refused_and_the_picture_stays(explore, page):
    explore(ONCE)
    told = page.get_by_role("heading", level=1).inner_text()
    plan(page).fill("0,5 mg/kg over 40 min")
    plan(page).press("Enter")
    alert = page.locator("#refused-a")
    expect(alert).to_contain_text("Refused")
    expect(plan(page)).to_have_attribute("aria-invalid", "true")
    assert page.get_by_role("heading", level=1).inner_text() == told
    changed(page, lambda: alert.get_by_role("button").first.click())
    expect(plan(page)).to_have_value("0.5 mg/kg over 40 min")
    expect(alert).to_be_hidden()


@pytest.mark.parametrize("link", ["blood", "receptor", "glutamate", "new connections"])
def test_cutting_a_link_makes_plan_b(explore, page, link):
    explore(ONCE)
    switch = page.get_by_role("switch", name=f"Cut: {link}")
    changed(page, switch.click)
    expect(page.locator("#people")).to_contain_text("respond")
    a, b = (page.locator("#people .plan-col").nth(k).inner_text() for k in (0, 1))
    placebo = re.search(r"(\d+) on placebo|(\d+) on (?:an )?active placebo", a)
    respond = re.search(r"(\d+) respond", b)
    assert (placebo[1] or placebo[2]) == respond[1]
    assert page.locator("#cut-said").inner_text()
    changed(page, switch.click)
    expect(page.locator("#people .plan-col")).to_have_count(1)


def test_cutting_hope_leaves_the_drug(explore, page):
    explore(ONCE)
    changed(page, page.get_by_role("switch", name="Cut: hope").click)
    expect(page.locator("#pic-strips")).to_contain_text("hope: gone")


def test_the_cursor_moves_people_difference_and_shares(explore, page):
    explore()
    cursor = page.get_by_role("slider", name="Day shown")
    changed(page, lambda: cursor.press("Shift+ArrowLeft"))
    expect(page.get_by_role("heading", name="Of 100 people like this, on day 7")).to_be_visible()
    expect(page.get_by_role("heading", name="A minus B, MADRS on day 7")).to_be_visible()
    first = page.locator("#shares").inner_text()
    changed(page, lambda: cursor.press("ArrowRight"))
    assert page.locator("#shares").inner_text() != first


def test_a_later_session_opens_below(explore, page):
    explore()
    changed(page, lambda: page.get_by_role("slider", name="Plan A: Dose 4 of 6").click())
    expect(page.get_by_role("heading", name="Session 4, in minutes")).to_be_attached()


def test_one_person_has_two_lines_and_their_share(explore, page):
    explore()
    changed(page, lambda: page.get_by_role("radio", name="one person").check(force=True))
    expect(page.locator("#pic-weeks")).to_contain_text("responds:")
    expect(page.locator("#pic-weeks")).to_contain_text("if not:")


def test_the_person_is_changed_in_the_sentence(explore, page):
    explore(ONCE)
    page.get_by_role("button", name="MADRS at the start: 33").click()
    box = page.get_by_role("spinbutton", name="MADRS at the start, number")
    changed(page, lambda: (box.fill("40"), box.press("Enter")))
    expect(page.get_by_role("button", name="MADRS at the start: 40")).to_be_visible()
    assert "madrs+40" in page.url


def test_further_panels_are_asked_for_by_name(explore, page):
    explore(ONCE)
    changed(page, lambda: page.get_by_role("checkbox", name="diastolic").check())
    expect(page.locator("#pic-session .drawn")).to_contain_text("iastolic")


def test_own_scores_lie_over_the_picture_and_are_sent_nowhere(explore, page):
    explore(ONCE)
    sent = []
    page.on("request", lambda r: sent.append(r.post_data or ""))
    page.get_by_text("Your own scores over the picture").click()
    page.get_by_label("Scores, CSV").set_input_files(
        {
            "name": "mine.csv",
            "mimeType": "text/csv",
            "buffer": b"day,madrs,note\n0,34,\n1,21,\n7,19,\n14,,missed\n21,26,\n",
        }
    )
    expect(page.get_by_role("img", name="Own scores: day 0: 34, day 1: 21, day 7: 19, day 21: 26")).to_be_visible()
    changed(page, lambda: page.get_by_role("slider", name="Dose", exact=True).press("ArrowRight"))
    assert not any("34" in body and "21" in body and "26" in body for body in sent)
    query = page.evaluate("location.search")
    assert not all(score in query for score in ("34", "21", "26"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"day;madrs\n0;34\n", ["line 1", "column day"]), (b"day,madrs\n0,34,5\n", ["line 2", "cells"]),
        (b"day,madrs\n0,61\n", ["line 2, madrs", "0 to 60"]), (b"day,madrs\nx,30\n", ["line 2, day", "no number"]),
        (b"day,madrs\n0,30.5\n", ["not whole"]), (b"day,madrs\n", ["no score"]),
    ],
)  # fmt: skip
def test_own_scores_that_cannot_be_read(explore, page, content, words):
    explore(ONCE)
    page.get_by_text("Your own scores over the picture").click()
    page.get_by_label("Scores, CSV").set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": content})
    for word in [*words, "Refused", "would pass"]:
        expect(page.locator("#scores-refused")).to_contain_text(word)


def test_outside_the_data_nothing_is_headlined(explore, page):
    explore("?a=2+mg/kg+over+40+min")
    expect(page.get_by_role("heading", level=1)).to_contain_text("outside the fitted data")
    expect(page.locator("#domain")).to_contain_text("Outside the fitted data")
    expect(page.locator("#people")).to_contain_text("No number")


@pytest.mark.parametrize(
    ("what", "name"),
    [("Report, HTML", ".html"), ("Data, CSV", ".csv"), ("minutes", ".svg"), ("Files that reproduce it", ".zip")],
)
def test_what_can_be_taken_along(explore, page, what, name):
    explore(ONCE)
    page.get_by_role("button", name="Report", exact=True).click()
    with page.expect_download() as found:
        page.get_by_role("button", name=what).click()
    assert found.value.suggested_filename.endswith(name)
    assert found.value.path().stat().st_size > 500
