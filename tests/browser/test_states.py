"""States, looks and rights: server gone and back, two browsers, themes, phone, keyboard, accessibility, weight."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import Server, answered, settled, wait_until
from .test_explore import ONCE, changed, plan

PAGES = [
    "/",
    "/explore",
    "/evidence",
    "/evidence/numbers/P50",
    "/evidence/papers",
    "/evidence/claims",
    "/evidence/chain",
    "/nowhere",
]


def test_server_gone_and_back(page):
    own = Server()
    try:
        page.goto(f"{own.address}/explore{ONCE}")
        settled(page)
        own.stop()
        page.get_by_role("slider", name="Dose", exact=True).press("ArrowRight")
        note = page.locator("#server")
        expect(note).to_contain_text("The engine stopped answering")
        expect(page.get_by_role("heading", level=1)).to_contain_text("of 100")
        own.start()
        expect(note).to_contain_text("answers again", timeout=20_000)
        expect(plan(page)).to_have_value("0.55 mg/kg over 40 min")
    finally:
        own.stop()


def test_a_slow_answer_says_so_and_can_be_stopped(explore, page):
    explore(ONCE)
    page.route("**/api/v1/explore", lambda _: None)  # never answered
    page.get_by_role("slider", name="Dose", exact=True).press("ArrowRight")
    expect(page.locator("#working")).to_contain_text("Working", timeout=5000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#working")).to_be_hidden()
    page.unroute("**/api/v1/explore")


def test_two_browsers_never_see_each_other(browser, address):
    contexts = [browser.new_context() for _ in range(2)]
    pages = [c.new_page() for c in contexts]
    plans = ["0.5 mg/kg over 40 min", "2 x 28 mg"]
    for page, text in zip(pages, plans, strict=True):
        page.goto(f"{address}/explore?a={text}")
    for page in pages:
        settled(page)
    for _ in range(3):
        for page in pages:
            page.get_by_role("slider", name="Day shown").press("ArrowRight")
    for page, text in zip(pages, plans, strict=True):
        wait_until(lambda page=page: "day 17" in page.locator("#h-people").inner_text())
        expect(plan(page)).to_have_value(text)
    for c in contexts:
        c.close()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, address, path, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(address + path)
    if path in ("/", "/explore"):
        settled(page)
    page.wait_for_load_state("networkidle")
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert found == [], json.dumps([(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found], indent=1)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(page, address, path):
    page.goto(address + path)
    if path in ("/", "/explore"):
        settled(page)
    for width in (1024, 768, 375, 320):
        before = answered(page)
        page.set_viewport_size({"width": width, "height": 720})
        if path == "/explore" and width == 768:  # narrow pictures are asked for
            settled(page, before + 1)
        page.wait_for_timeout(150)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("path", ["/", "/explore", "/evidence/numbers/P50", "/evidence/claims"])
def test_axe_finds_nothing_serious_on_a_phone(page, address, path):
    page.set_viewport_size({"width": 375, "height": 812})
    page.goto(address + path)
    if path in ("/", "/explore"):
        settled(page)
    page.wait_for_load_state("networkidle")
    found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert found == [], json.dumps([(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in found], indent=1)


def test_the_theme_is_kept(explore, page):
    explore(ONCE)
    page.get_by_role("button", name="Dark theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 18, 21)"
    page.reload()
    settled(page)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_phone_has_its_bar_and_its_strips(browser, address):
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(f"{address}/explore{ONCE}")
    settled(page)
    changed(page, lambda: page.get_by_role("button", name="More").tap())
    expect(plan(page)).to_have_value("0.55 mg/kg over 40 min")
    page.get_by_role("button", name="strips").tap()
    expect(page.get_by_role("switch", name="Cut: glutamate")).to_be_visible()
    for button in page.locator(".thumb button").all():
        assert button.bounding_box()["height"] >= 44
    context.close()


def test_explore_by_keyboard_alone(explore, page):
    explore(ONCE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    reached = set()
    for _ in range(90):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.id || document.activeElement.textContent.trim().slice(0, 40)"
            )
        )
    for name in (
        "Plan A",
        "Plan B",
        "dose",
        "over",
        "route",
        "schedule",
        "Cut: glutamate",
        "Day shown",
        "Starting pressure, systolic",
        "Length of dose 1 of 1",
    ):
        assert name in reached, (name, sorted(map(str, reached)))
    page.get_by_role("slider", name="Plan A: Dose 1 of 1").focus()
    changed(page, lambda: page.keyboard.press("ArrowUp"))
    assert "Plan A: Dose 1 of 1" in page.evaluate("document.activeElement.getAttribute('aria-label')")


@pytest.mark.parametrize("key", ["bolus", "anaesthetic", "six", "ampa", "placebo", "lottery"])
def test_a_question_begins_with_a_guess(page, address, key):
    asked = page.request.get(f"{address}/api/v1/presets/{key}").json()
    page.goto(address + asked["address"])
    settled(page)
    expect(page.locator("#guess")).to_contain_text(asked["question"])
    assert not page.locator("#headline").is_visible()
    page.get_by_role("radio", name=asked["options"][0]).check()
    page.get_by_role("button", name="See what the model says").click()
    told = page.request.post(f"{address}/api/v1/presets/{key}", data={"seed": 1}).json()
    expect(page.locator("#guess")).to_contain_text(told["sentence"], timeout=30_000)
    expect(page.locator("#guess")).to_contain_text("You guessed it" if told["right"] == 0 else "You said")
    expect(page.locator("#headline")).to_be_visible()


def test_what_a_page_weighs(page, address):
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    seen = []
    session.on("Network.loadingFinished", lambda e: seen.append(e["encodedDataLength"]))
    page.goto(f"{address}/explore")
    settled(page)
    assert sum(seen) <= 250 * 1024, sum(seen) / 1024


def test_without_a_script_the_page_says_so(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/explore")
    assert "The page needs its own script" in page.content()
    context.close()


def test_every_number_opens_its_entry(explore, page):
    explore(ONCE)
    page.get_by_role("button", name="Which numbers it leans on").click()
    first = page.locator("#leans a.source").first
    expect(first).to_be_visible()
    name = first.get_attribute("data-number")
    first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("link", name="open this number")).to_have_attribute("href", f"/evidence/numbers/{name}")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(first).to_be_focused()


def delayed(page, ms):
    """Answers come so much later, so that things happen before them; 0: at once again."""
    page.evaluate(
        """ms => {
          window.prompt_ ??= window.fetch;
          window.fetch = async (...all) => { const a = await window.prompt_(...all); await new Promise(r => setTimeout(r, ms)); return a; };
        }""",
        ms,
    )


def test_undo_before_the_answer_wins_over_it(explore, page):
    explore(ONCE)
    dose = page.get_by_role("slider", name="Plan A: Dose 1 of 1")
    delayed(page, 700)
    dose.press("ArrowUp")
    page.get_by_role("button", name="Undo").click()
    delayed(page, 0)
    changed(page, lambda: page.get_by_role("slider", name="Day shown").press("ArrowRight"))
    wait_until(lambda: plan(page).input_value() == "0.5 mg/kg over 40 min")
    changed(page, lambda: page.get_by_role("slider", name="Plan A: Dose 1 of 1").press("ArrowUp"))
    expect(plan(page)).to_have_value("0.55 mg/kg over 40 min")


def test_a_plan_typed_before_the_answer_is_not_overwritten(explore, page):
    explore(ONCE)
    delayed(page, 700)
    page.get_by_role("slider", name="Day shown").press("ArrowRight")
    plan(page).fill("0.7 mg/kg over 40 min")
    plan(page).press("Enter")
    delayed(page, 0)
    wait_until(lambda: "a=0.7+mg" in page.evaluate("location.href"))
    expect(plan(page)).to_have_value("0.7 mg/kg over 40 min")


def test_five_quick_keys_are_five_steps_and_five_undos(explore, page):
    explore(ONCE)
    delayed(page, 400)
    dose = page.get_by_role("slider", name="Plan A: Dose 1 of 1")
    for _ in range(5):
        dose.press("ArrowUp")
    delayed(page, 0)
    wait_until(lambda: plan(page).input_value() == "0.75 mg/kg over 40 min")
    for k in range(5):
        changed(page, lambda: page.get_by_role("button", name="Undo").click())
        wait_until(lambda k=k: plan(page).input_value() == f"{0.7 - 0.05 * k:.2f}".rstrip("0") + " mg/kg over 40 min")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_what_cannot_be_read_keeps_no_other_control_from_working(explore, page):
    explore(ONCE)
    plan(page).fill("0.5 mg/kg over 40 min, sometimes")
    plan(page).press("Enter")
    expect(page.locator("#refused-a")).to_contain_text("Refused")
    changed(page, lambda: page.get_by_role("slider", name="Day shown").press("ArrowRight"))
    expect(page.locator("#h-people")).to_contain_text("day 15")
    expect(plan(page)).to_have_value("0.5 mg/kg over 40 min, sometimes")
    assert "sometimes" not in page.url
    changed(page, lambda: page.get_by_role("slider", name="Dose", exact=True).press("ArrowRight"))
    expect(plan(page)).to_have_value("0.55 mg/kg over 40 min")
    expect(page.locator("#refused-a")).to_be_hidden()


def test_an_edit_that_is_refused_takes_nothing_with_it(explore, page):
    explore(ONCE + ",+every+7+d,+2+times")
    delayed(page, 500)
    second = page.get_by_role("slider", name="Plan A: Dose 2 of 2")
    second.press("ArrowUp")
    page.locator(".lane").first.locator(".add rect.hit").click(position={"x": 13, "y": 12}, force=True)
    delayed(page, 0)
    wait_until(lambda: "0.55" in plan(page).input_value())
    assert plan(page).input_value() == "0.5 mg/kg over 40 min, every 7 d, 1 times, then 0.55 mg/kg over 40 min"


def test_what_is_typed_last_is_not_lost_with_the_focus(explore, page):
    explore(ONCE)
    plan(page).fill("0.7 mg/kg over 50 min")
    changed(page, lambda: plan(page).press("Tab"))
    expect(plan(page)).to_have_value("0.7 mg/kg over 50 min")
    assert "a=0.7+mg" in page.evaluate("location.href")
    page.locator("#plan-b").fill("1 mg/kg")
    changed(page, lambda: page.get_by_role("radio", name="no treatment").click())
    wait_until(lambda: "b=1+mg" in page.evaluate("location.href"))
    expect(page.locator("#plan-b")).to_have_value("1 mg/kg over 50 min, once")


def test_a_late_refusal_takes_its_own_step_only(explore, page):
    explore(ONCE)
    changed(page, lambda: page.get_by_label("saline, crossover").check())
    delayed(page, 800)
    page.locator("#dose-n").fill("11")
    page.locator("#dose-n").press("Enter")
    page.get_by_label("no treatment").check()
    expect(page.locator("#refused-a")).to_contain_text("Refused")
    delayed(page, 0)
    wait_until(lambda: "compare=no+treatment" in page.evaluate("location.href"))
    expect(page.locator("#headline")).to_contain_text("would without treatment")
    changed(page, lambda: page.get_by_role("button", name="Undo").click())
    expect(page.get_by_label("saline, crossover")).to_be_checked()
    expect(plan(page)).to_have_value("0.5 mg/kg over 40 min")
    changed(page, lambda: page.get_by_role("button", name="Undo").click())
    expect(page.get_by_label("active placebo, believed in")).to_be_checked()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_session_chosen_while_an_answer_is_late_stays_chosen(explore, page):
    explore(ONCE + ",+every+7+d,+4+times")
    delayed(page, 1000)
    page.get_by_label("no treatment").check()
    page.wait_for_timeout(300)
    page.get_by_role("slider", name="Plan A: Dose 3 of 4").click()
    page.wait_for_timeout(1200)
    page.get_by_label("saline, crossover").check()
    delayed(page, 0)
    wait_until(lambda: "compare=saline+crossover" in page.evaluate("location.href"))
    assert "session=3" in page.evaluate("location.href")
    expect(page.locator("#session-title")).to_contain_text("Session 3")


def test_a_plan_with_a_cut_is_not_edited_by_itself(explore, page):
    explore(ONCE + "&b=1+mg/kg+over+40+min,+once&plan=1")
    changed(page, page.get_by_role("switch", name="Cut: blood").click)
    expect(page.get_by_role("radio", name="A", exact=True)).to_be_checked()
    expect(page.get_by_role("slider", name="Plan B: Dose 1 of 1")).to_have_count(0)
    changed(page, lambda: page.get_by_role("slider", name="Dose", exact=True).press("ArrowRight"))
    expect(plan(page)).to_have_value("0.55 mg/kg over 40 min")
    expect(page.locator("#refused-b")).to_be_hidden()
    assert "cut=blood" in page.evaluate("location.href")


@pytest.mark.parametrize("floor", ["zzz", "-1+h", "0+min"])
def test_a_floor_that_cannot_be_leaves_the_page_working(explore, page, floor):
    explore(ONCE + "&floor=" + floor)
    expect(page.locator("#server")).to_contain_text("The usual floor stands in")
    expect(page.locator("#headline")).to_contain_text("of 100")


def test_scores_that_cannot_be_read_leave_none_behind(explore, page):
    explore(ONCE)
    page.locator("details.own summary").click()
    files = page.locator("#scores")
    files.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"day,madrs\n0,33\n7,20\n"})
    expect(page.locator("#scores-said")).to_contain_text("20")
    files.set_input_files({"name": "b.csv", "mimeType": "text/csv", "buffer": b"day,madrs\n0,99\n"})
    expect(page.locator("#scores-refused")).to_contain_text("b.csv")
    expect(page.locator("#scores-said")).to_be_empty()
    files.set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"day,madrs\n0,33\n"})
    expect(page.locator("#scores-refused")).to_be_hidden()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?a=0,5+mg/kg", "#refused-a"), ("?a=0.5+mg/kg+over+40+min&b=sometimes", "#refused-b"), ("?p=heavy", "#refused-person"),
        ("?day=9999", "#server"), ("?setting=moon", "#server"), ("?compare=moon", "#server"), ("?seed=x", "#server"), ("?until=soon", "#server"),
        ("?a=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E", "#refused-a"), ("?cut=everything", "#server"), ("?guess=none", None),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read_says_so_and_shows_something(explore, page, query, words):
    explore(query)
    expect(page.get_by_role("heading", level=1)).to_contain_text("of 100")
    if words:
        expect(page.locator(words)).to_be_visible()
    assert page.locator("img").count() == 0
