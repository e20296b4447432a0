"""Pages as they are served: policy, tokens, vendored files, rooms."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from resynapse.views import tokens
from resynapse.web import app as app_
from resynapse.web.app import STATIC, create
from resynapse.web.guard import POLICY

client = TestClient(create(("testserver",)))
PAGES = [
    "/",
    "/explore",
    "/evidence",
    "/evidence/papers",
    "/evidence/claims",
    "/evidence/chain",
    "/evidence/numbers/P50",
    "/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_the_policy(path):
    page = client.get(path)
    assert page.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*src=)", page.text) is None
    assert page.text.count("Research and education. Not for prescribing.") == 1
    assert page.text.count("<h1") == 1
    assert 'lang="en"' in page.text
    for room, address in (("Explore", "/explore"), ("Evidence", "/evidence")):
        assert f'href="{address}"' in page.text, room
    for later in ("Screen", "Session", "Follow", "Trial"):
        assert f">{later}</a>" not in page.text


def test_tokens_are_those_of_paper_and_terminal():
    css = client.get("/tokens.css").text
    for theme in (tokens.LIGHT, tokens.DARK):
        assert tokens.css_variables(theme) in css


def test_files_of_others_are_what_they_were():
    table = tomllib.loads((STATIC / "vendor" / "vendor.toml").read_text())["file"]
    listed = {row["path"] for row in table} | {row["licence_file"] for row in table} | {"vendor.toml"}
    assert {p.name for p in (STATIC / "vendor").iterdir()} == listed
    for row in table:
        assert hashlib.sha256((STATIC / "vendor" / row["path"]).read_bytes()).hexdigest() == row["sha256"]
        assert row["version"]
        assert row["licence"]


def test_scripts_and_sheets_ask_nothing_of_other_sites():
    for path in Path(STATIC).glob("*.*"):
        text = path.read_text()
        assert re.search(r"https?://(?!www\.w3\.org)", text) is None, path.name
        assert "eval(" not in text
        assert "innerHTML" not in text


def test_colours_stand_in_one_place():
    for name in ("app.css", "explore.css", "home.css", "evidence.css", "popover.css"):
        found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", (STATIC / name).read_text()))
        assert found <= {"#fff"}, name


def test_the_app_is_called_by_loopback_names_only():
    assert all(host in ("127.0.0.1", "localhost", "[::1]") for host in app_.LOOPBACK)
