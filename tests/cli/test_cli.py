"""The command line as a user meets it: exit codes, streams, files, interruptions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PLAN = "0.5 mg/kg over 40 min, iv, once"
SMALL = ("--population", "4x40", "--until", "2 weeks")


def run(*words: str, **kw: object) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONWARNINGS": "error", "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, "-m", "resynapse", *words],
        capture_output=True,
        text=True,
        env=env,
        check=False,
        **kw,  # type: ignore[call-overload]
    )


def test_summary_goes_to_standard_output_alone() -> None:
    done = run("simulate", PLAN, *SMALL)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Research and education" in done.stdout
    assert "\033[" not in done.stdout


def test_every_headline_number_has_its_counterfactual() -> None:
    text = run("simulate", PLAN, *SMALL).stdout
    first = " ".join(text.split())
    assert "have responded by the next day;" in first
    assert "would on" in first


def test_json_is_the_schema_and_nothing_else() -> None:
    done = run("simulate", PLAN, *SMALL, "--against", "once", "--json")
    answer = json.loads(done.stdout)
    assert answer["schema"] == 1
    assert {p["tag"] for p in answer["plans"]} == {"A", "B"}
    schema = json.loads(run("schema", "answer").stdout)
    assert set(schema["required"]) <= set(answer)


def test_one_person_alone_is_two_lines_with_a_share() -> None:
    done = run("simulate", PLAN, "--population", "1", "--weight", "82 kg", "--madrs", "33")
    assert done.returncode == 0, done.stderr
    assert "responds" in done.stdout
    assert "of 100" in done.stdout


def test_the_same_call_gives_the_same_bytes() -> None:
    assert run("simulate", PLAN, *SMALL, "--json").stdout == run("simulate", PLAN, *SMALL, "--json").stdout


def test_a_cut_is_plan_b_and_takes_its_part_away() -> None:
    done = run("simulate", PLAN, *SMALL, "--cut", "hope, blood", "--cut", "blood", "--json")
    a, b = json.loads(done.stdout)["plans"]
    assert (a["cut"], b["cut"], a["text"]) == ([], ["blood", "hope"], b["text"])
    for part in ("drug", "hope"):
        assert all(abs(d["shares"][part]["value"]) < 1e-9 for d in b["days"])
        assert any(abs(d["shares"][part]["value"]) > 0.1 for d in a["days"])
    text = " ".join(run("simulate", PLAN, *SMALL, "--cut", "blood").stdout.split())
    assert text.startswith("With the blood link cut, ")
    assert "would on an active placebo. Ground: what does not reach the blood does nothing" in text
    assert "Plan B 0.5 mg/kg over 40 min, blood link cut" in text


def test_levels_of_a_table(tmp_path: Path) -> None:
    plan = run("events", "single", "--weight", "70 kg").stdout
    table = tmp_path / "events.csv"
    table.write_text(plan.rstrip("\n") + "\n1,1.5,0,.,.,.,.,.\n", encoding="utf-8")
    done = run("kinetics", str(table), "--out", str(tmp_path / "levels.csv"), "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["rows"]
    written = (tmp_path / "levels.csv").read_text("utf-8").splitlines()
    assert len(written) == 2
    assert written[0].startswith("ID,TIME,EVID,AMT,DUR,CMT,DRUG,WT,ketamine_arterial,ketamine_arterial_S,")
    assert repr(row["norketamine"]) in written[1].split(",")
    told = run("simulate", "single", "--population", "1", "--json").stdout
    band = json.loads(told)["plans"][0]["session"]["bands"]["norketamine"]
    at = band["time"].index(90.0)
    assert abs(row["norketamine"] / band["q50"][at] - 1) < 1e-6
    late = run("kinetics", str(table), "--lag", "iv=0.5").stdout
    assert late != run("kinetics", str(table)).stdout
    over = run("kinetics", str(table), "--out", str(table))
    assert over.returncode == 2


def test_observed_levels(tmp_path: Path) -> None:
    picture = tmp_path / "levels.svg"
    done = run("validate", "kinetics", "--json", "--out", str(picture))
    assert "predicted within twice" in picture.read_text("utf-8")
    told = json.loads(done.stdout)
    assert len(told["rows"]) == 176
    assert all(row["predicted"] > 0 for row in told["rows"])
    assert "all that was read" in run("validate", "kinetics").stdout


@pytest.mark.parametrize(("what", "rows"), [("efficacy", 177), ("safety", 28)])
def test_observed_outcomes(what: str, rows: int, tmp_path: Path) -> None:
    picture = tmp_path / "trials.svg"
    done = run("validate", what, "--json", "--draws", "20", "--out", str(picture))
    assert "inside the 90 % interval" in picture.read_text("utf-8")
    told = json.loads(done.stdout)
    assert len(told["rows"]) == rows
    assert told["made"]["draws"] == 20
    text = run("validate", what, "--draws", "20").stdout
    assert "not fitted: " in text
    assert "CRPS" in text


REFUSED = [
    (("simulate", "0,5 mg/kg over 40 min"), "would pass: 0.5"),
    (("simulate", "0.5 mg/kg over 40 h, iv, once"), "40 h long"),
    (("simulate", "0.5 mg/kg, ear"), "a route and a schedule"),
    (("simulate", PLAN, "--weight", "82"), "82 kg"),
    (("simulate", PLAN, "--weight", "8,2 kg"), "kg"),
    (("simulate", PLAN, "--madrs", "61"), "60"),
    (("simulate", PLAN, "--age", "7"), "18"),
    (("simulate", PLAN, "--until", "6"), "weeks"),
    (("simulate", PLAN, "--until", "900 weeks"), "6 weeks"),
    (("simulate", PLAN, "--population", "0"), "4000"),
    (("simulate", PLAN, "--population", "999999999"), "40000"),
    (("simulate", PLAN, "--population", "nan"), "4000"),
    (("simulate", PLAN, "--cut", "glutamate, hop"), "connections, hope"),
    (("simulate", PLAN, "--cut", "glutamate,"), "commas between several"),
    (("simulate", "course.toml", "--out", "./course.toml"), "a file that this run reads"),
    (("simulate", PLAN, "--cut", "hope", "--against", "six"), "leave out the other, or the cut"),
    (("kinetics", "nowhere.csv"), "events.csv"),
    (("kinetics", "events.csv", "--lag", "oral"), "oral=0.25"),
    (("kinetics", "events.csv", "--lag", "oral=0,5"), "oral=0.25"),
    (("validate", "mood"), "kinetics"),
    (("validate", "efficacy", "--draws", "3"), "20"),
    (("simulate", PLAN, "--setting", "mask"), "masked trial"),
    (("simulate", PLAN, "--compare", "nothing"), "active placebo"),
    (("simulate", PLAN, "--floor", "0 min"), "100 min"),
    (("simulate", PLAN, "--date", "24.11.2026"), "2026-11-24"),
    (("simulate", PLAN, "--seed", "-1"), "1"),
    (("simulate", PLAN, "--out", "no/such/folder/r.html"), "report.html"),
    (("simulate", PLAN, "--out", "-"), "is no file's name"),
    (("simulate", "no-such-file.toml"), "no-such-file.toml"),
    (("simulate", PLAN, "--against", "twice"), "would pass: once"),
    (("evidence", "P5O"), "P50"),
    (("schema", "curse"), "course"),
]


@pytest.mark.parametrize(("words", "passes"), REFUSED, ids=[" ".join(w)[:50] for w, _ in REFUSED])
def test_bad_input_is_one_clear_error(words: tuple[str, ...], passes: str, tmp_path: Path) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert passes in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_report_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    done = run("simulate", PLAN, *SMALL, "--out", str(target))
    assert done.returncode == 0, done.stderr
    text = target.read_text(encoding="utf-8")
    assert text.rstrip().endswith("</html>")
    assert "<script" not in text
    assert str(target) in done.stderr


def computing(child: subprocess.Popen[str]) -> None:
    """Wait until it has started and computes: by s of the processor, on a busy machine later than else."""
    worked = 0.0
    while worked < 1.2:
        time.sleep(0.05)
        fields = Path(f"/proc/{child.pid}/stat").read_text().rsplit(")")[1].split()
        worked = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def test_verify_is_stopped_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "resynapse", "verify"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    computing(child)
    os.killpg(child.pid, signal.SIGINT)
    child.wait(timeout=10)  # all its checks take far longer
    out, err = child.communicate()
    assert (child.returncode, out) == (130, "")
    assert err.endswith("stopped; no file is left half written\n")
    for _ in range(300):  # a command it has started takes its folder away itself
        if not list(tmp_path.iterdir()):
            break
        time.sleep(0.1)
    assert list(tmp_path.iterdir()) == []


def test_interruption_leaves_no_partial_file(tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    words = [sys.executable, "-m", "resynapse", "simulate", PLAN, "--population", "200x200", "--out", str(target)]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    computing(child)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode in (130, 0)
    assert "Traceback" not in err
    assert child.returncode == 0 or "stopped; no file is left half written" in err
    left = list(tmp_path.iterdir())
    assert left == ([] if child.returncode == 130 else [target])


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom resynapse.cli import main\n"
        "heavy = {'numpy', 'pandas', 'xarray', 'matplotlib', 'pydantic'} & set(sys.modules)\nprint(heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_one_line_path_loads_no_tables_and_no_pictures() -> None:
    code = (
        "import sys\nfrom resynapse.cli.main import app\n"
        f"app(['simulate', {PLAN!r}, '--population', '1'], standalone_mode=False)\n"
        "heavy = {'pandas', 'xarray', 'matplotlib', 'resynapse.formats.files'} & set(sys.modules)\n"
        "print(heavy, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "set()"


def test_protocols_name_their_sources() -> None:
    text = run("protocols").stdout
    assert "esketamine" in text
    assert "doi" in text
    for block in json.loads(run("protocols", "--json").stdout)["protocols"]:
        assert block["sources"], block["key"]


def test_a_protocol_and_an_example_person_by_name() -> None:
    names = [p["key"] for p in json.loads(run("protocols", "--json").stdout)["protocols"]]
    for name in names:
        done = run("simulate", name, "--person", "man-61", "--population", "1", "--until", "4 weeks")
        assert done.returncode == 0, done.stderr


def test_evidence_opens_one_number_and_checks_all() -> None:
    one = run("evidence", "P50").stdout
    assert "plasticity" in one
    assert run("evidence", "--check").returncode == 0


def test_demo_ends_with_the_path_of_its_report(tmp_path: Path) -> None:
    done = run("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip().splitlines()[-1])
    assert path.is_file()
    assert path.parent == tmp_path.resolve()


def test_a_pipe_is_no_place_for_a_report(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run("kinetics", "examples/events.csv", "--out", str(pipe))
    assert done.returncode == 2
    assert "is a device or a pipe" in done.stderr
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no device that is always full")
def test_no_space_left_is_said_without_a_traceback() -> None:
    with Path("/dev/full").open("w") as full:
        code = [sys.executable, "-m", "resynapse", "events", "six"]
        done = subprocess.run(code, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "not all was written: no space left\n"
