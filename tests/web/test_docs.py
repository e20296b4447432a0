"""The examples of docs/api.md do what they say: curl and Python are run; R is not installed here."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOC = Path(__file__).parents[2] / "docs" / "api.md"
TEXT = DOC.read_text(encoding="utf-8")
HERE = "http://127.0.0.1:8642"


def examples(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def commands():
    return [c for block in examples("sh") for c in block.replace("\\\n", " ").splitlines() if c.strip()]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_curl(live, tmp_path):
    assert len(commands()) >= 8
    for command in commands():
        line = command.replace(HERE, live.address).replace("curl -s", "curl -sS --fail-with-body", 1)
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert done.stdout or " -o " in command
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert (tmp_path / "files.zip").read_bytes()[:2] == b"PK"


def test_python(live, tmp_path):
    script = tmp_path / "example.py"
    script.write_text("\n".join(examples("python")).replace(HERE, live.address), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "event: done" in done.stdout
    assert "0.5 mg/kg over 100 min, mon wed fri, 2 weeks 41.0" in done.stdout


def test_every_address_is_told(app):
    told = set(app.openapi()["paths"])
    for path in ("/simulate", "/report", "/table", "/picture/{name}", "/files", "/files.zip", "/plans/read", "/lottery",
                 "/protocols", "/people", "/choices", "/schemas/{kind}", "/health", "/runs"):  # fmt: skip
        assert f"/api/v1{path}" in told
        assert path in TEXT
    assert len(examples("r")) == len(examples("python"))
