"""The page in Debian's Chromium. Without it these tests are skipped, loudly; where it is required they fail."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

expect.set_options(timeout=15_000)  # other tests run beside these
CHROMIUM = shutil.which("chromium")
INSTALL = "apt-get install chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config, items):
    mine = [item for item in items if HERE in Path(item.fspath).parents]
    if CHROMIUM or not mine:
        return
    if os.environ.get("RESYNAPSE_BROWSER") == "required":
        raise pytest.UsageError(f"Chromium is required and missing: {INSTALL}")
    config.stash[SKIPPED] = len(mine)
    for item in mine:
        # the machine may have no browser; the end of the run says so in capitals, and CI never comes here
        item.add_marker(pytest.mark.skip(reason=f"no Chromium: {INSTALL}"))


SKIPPED = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter, config):
    if config.stash.get(SKIPPED, 0):
        terminalreporter.section("THE PAGE WAS NOT TESTED", sep="!")
        terminalreporter.line(
            f"{config.stash[SKIPPED]} browser tests skipped: Chromium is missing. Install it: {INSTALL}"
        )


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1440, "height": 1000}}


class Server:
    """`resynapse app` in a process of its own."""

    def __init__(self, port=0):
        self.port = port
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "resynapse", "app", "--no-browse", "--port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = self.process.stderr.readline()
        self.address = re.search(r"http://127\.0\.0\.1:\d+", line)[0]
        self.port = int(self.address.rpartition(":")[2])
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{self.address}/api/v1/health", timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the app did not answer")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)
        self.process.stderr.close()


@pytest.fixture(scope="session")
def server():
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def address(server):
    return server.address


@pytest.fixture
def page(page):
    """A page whose errors and policy violations fail the test that caused them."""
    found = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda m: found.append(m.text) if m.type == "error" and "Security Policy" in m.text else None)
    page.set_default_timeout(15_000)
    yield page
    assert not found, found


@pytest.fixture
def explore(page, address):
    """Explore with its first answer drawn, at an address of choice."""

    def open_(query=""):
        page.goto(f"{address}/explore{query}")
        settled(page)
        return page

    return open_


def settled(page, beyond=0):
    """Wait until a full answer is drawn, the `beyond`-th after what was there."""
    page.wait_for_selector("html[data-answered]", state="attached")
    if beyond:
        wait_until(lambda: answered(page) >= beyond)


def answered(page):
    return int(page.evaluate("document.documentElement.dataset.answered ?? 0"))


def wait_until(true, seconds=15.0):
    """Ask again until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
