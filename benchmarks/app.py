"""The page in Chromium: from a key or a drag to the new picture, what it weighs, what its policy turned away.

Times are taken inside the page: from the input's own event to the frame after the picture was drawn.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

KEYS, EDITS, DRAGS, STEPS = 40, 30, 8, 20
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PLAN = "?a=0.5+mg/kg+over+40+min,+mon+wed+fri,+2+weeks&b=0.5+mg/kg+over+40+min,+once"
WATCH = """() => {
  window.seen = {inputs: [], drawn: [], answered: []};
  const root = document.documentElement;
  const note = (list) => requestAnimationFrame(() => setTimeout(() => list.push(performance.now())));  // painted
  new MutationObserver((all) => {
    for (const m of all) note(m.attributeName === 'data-drawn' ? seen.drawn : seen.answered);
  })
    .observe(root, {attributes: true, attributeFilter: ['data-drawn', 'data-answered']});
  for (const kind of ['input', 'change', 'keydown', 'pointermove', 'pointerup'])
    addEventListener(kind, (e) => seen.inputs.push([kind, performance.now(), e.target.id ?? '']), true);
}"""


@contextmanager
def served() -> Iterator[str]:
    """The app in a process of its own, warm."""
    process = subprocess.Popen(
        [sys.executable, "-m", "resynapse", "app", "--no-browse", "--port", "0"], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())
    assert found
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{found[0]}/api/v1/home", timeout=60).close()
            break
        except OSError:
            time.sleep(0.2)
    try:
        yield found[0]
    finally:
        process.terminate()
        process.wait(10)


def main() -> None:
    """Print every measure with its goal."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        print("The page was not measured: Chromium is missing. Install it: apt-get install chromium")
        return
    print(f"The page, in Chromium, on {os.cpu_count()} cores ({platform.machine()}, {_cpu()})")
    with served() as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        violations: list[str] = []
        page.on("console", lambda m: violations.append(m.text) if "Security Policy" in m.text else None)
        _first(page, address)
        _keys(page)
        _edits(page)
        _drags(page)
        _weight(browser, address)
        print(f"  violations of the policy{len(violations):>28} (goal 0)")
        browser.close()


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "unknown processor"


def _first(page: Any, address: str) -> None:
    start = time.perf_counter()
    page.goto(f"{address}/explore{PLAN}")
    page.wait_for_selector("html[data-answered]", state="attached")
    print(f"  first picture{1e3 * (time.perf_counter() - start):>36.0f} ms (goal 2000)")
    time.sleep(0.5)
    page.evaluate(WATCH)


def _seen(page: Any) -> dict[str, Any]:
    return page.evaluate(
        "() => { const s = window.seen; window.seen = {inputs: [], drawn: [], answered: []}; return s; }"
    )


def _after(page: Any) -> dict[str, Any]:
    """What was seen once a full answer is drawn and nothing follows it."""
    for _ in range(200):
        time.sleep(0.05)
        if page.evaluate("window.seen.answered.length"):
            break
    time.sleep(0.3)
    return _seen(page)


def _keys(page: Any) -> None:
    """Arrow keys on a slider: the coarse picture while moving, and the full one that follows."""
    coarse, full = [], []
    for k in range(KEYS):
        name = ("dose", "over")[k % 2]
        _seen(page)
        page.locator(f"#{name}").focus()
        page.keyboard.press("ArrowRight" if k % 8 < 4 else "ArrowLeft")
        s = _after(page)
        pressed = next(t for kind, t, _ in s["inputs"] if kind == "keydown")
        coarse.append(min(t for t in s["drawn"] if t > pressed) - pressed)
        full.append(max(s["answered"]) - pressed)
    _line("key to new picture, coarse", coarse, 100)
    _line("key to full answer after it", full, None)


def _edits(page: Any) -> None:
    """A value typed in a box: straight to the full answer."""
    full = []
    for k in range(EDITS):
        name, value = (("dose-n", 0.31 + 0.017 * k), ("over-n", 33 + k))[k % 2]
        page.locator(f"#{name}").fill(f"{value:.3f}".rstrip("0").rstrip("."))
        _seen(page)
        page.keyboard.press("Enter")
        s = _after(page)
        pressed = next(t for kind, t, _ in s["inputs"] if kind == "keydown")
        full.append(max(s["answered"]) - pressed)
    _line("edit to full answer", full, 200, 300)


def _drags(page: Any) -> None:
    """A slider dragged in 20 steps at 60 a second: frames drawn, and how soon it settles."""
    frames, settled = [], []
    for k in range(DRAGS):
        box = page.locator("#dose").bounding_box()
        left, right, y = box["x"] + 40, box["x"] + box["width"] - 40, box["y"] + box["height"] / 2
        start, end = (left, right) if k % 2 == 0 else (right, left)
        page.mouse.move(start, y)
        page.mouse.down()
        time.sleep(0.6)
        _seen(page)
        for i in range(1, STEPS + 1):
            page.mouse.move(start + (end - start) * i / STEPS, y)
            time.sleep(1 / 20)
        last = page.evaluate("performance.now()")
        time.sleep(0.12)
        page.mouse.up()
        time.sleep(1.0)
        s = _seen(page)
        moved = [t for kind, t, _ in s["inputs"] if kind == "input"]
        frames.append(sum(moved[0] < t <= last + 150 for t in s["drawn"]))
        settled.append(min(t for t in s["drawn"] if t > moved[-1]) - moved[-1])
    print(f"  frames in a drag of {STEPS} steps, median{statistics.median(frames):>16.0f} (goal 10 or more)")
    _line("end of a drag to its picture", settled, 100)


def _weight(browser: Any, address: str) -> None:
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
    page.goto(f"{address}/explore{PLAN}")
    page.wait_for_selector("html[data-answered]", state="attached")
    print(f"  page weight with its first answer{sum(sizes) / 1024:>16.0f} KiB (goal 250)")
    page.close()


def _line(words: str, ms: list[float], goal: float | None, late: float | None = None) -> None:
    ordered = sorted(ms)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    goals = "" if goal is None else f" (goal {goal:.0f}{f' and {late:.0f}' if late else ''})"
    print(f"  {words}{statistics.median(ms):>{47 - len(words)}.0f} ms, 95th {p95:.0f} ms, n {len(ms)}{goals}")


if __name__ == "__main__":
    main()
