"""What the API gives is what the command line gives, and its files give it again."""

import csv
import io
import json
import shlex
import subprocess
import sys
import threading
import zipfile
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from resynapse.formats import files as formats
from resynapse.services import runs
from resynapse.services.simulate import read_course, read_patient, second
from resynapse.therapy.course import Course

from .conftest import API, SMALL, is_refusal

TWO = {"plan": "six", "against": "once", "person": "woman-44", "draws": 4, "people": 5, "seed": 7}
OUTSIDE = {**SMALL, "plan": "3 mg/kg over 40 min"}
ALONE = {"alone": True}
WHOLE = {**SMALL, "plan": "six", "against": "1 mg/kg over 100 min, once"}
OTHER = {"plan": "2 x 28 mg, tue fri, 2 weeks", "person": "61 kg, 61 y, male", "setting": "admission",
         "compare": "placebo spray", "floor": "100 min", "until": "30 d", "date": "2026-11-24", **SMALL}  # fmt: skip
ASKS = {"two": TWO, "outside": OUTSIDE, "alone": ALONE, "other": OTHER, "whole": WHOLE}


@pytest.fixture(params=ASKS)
def ask(request):
    return ASKS[request.param]


def post(client, path, ask):
    answer = client.post(f"{API}/{path}", json=ask)
    assert answer.status_code == 200, answer.text
    return answer


def cli(command, folder):
    """The command line itself, in a process of its own."""
    words = shlex.split(command)
    assert words[0] == "resynapse"
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_simulate_is_the_command_line(client, ask, tmp_path):
    told = post(client, "simulate", ask).json()
    assert told["command"].endswith(" --json")
    assert told == json.loads(cli(told["command"], tmp_path))
    jsonschema_rs.validator_for(client.get(f"{API}/schemas/answer").json()).validate(told)


def test_the_report_is_the_command_lines_to_the_byte(client, tmp_path):
    answer = post(client, "report", {**TWO, "date": "2026-11-24"})
    assert answer.headers["content-disposition"] == 'attachment; filename="resynapse-report.html"'
    command = runs.Ask(**{**TWO, "date": "2026-11-24"})
    from resynapse.services.export import command as line

    cli(line(command, "--out", "resynapse-report.html"), tmp_path)
    assert answer.content == (tmp_path / "resynapse-report.html").read_bytes()
    assert "24 November 2026" in answer.text
    assert "<script" not in answer.text


def test_the_table(client, ask):
    answer = post(client, "table", ask)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    text = answer.content.decode("utf-8")
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert list(rows[0]) == [
        "plan",
        "day [d]",
        "quantity",
        "unit",
        "value [unit]",
        "lo 5 % [unit]",
        "hi 95 % [unit]",
        "of",
    ]
    kept = {"response", "MADRS", "drug", "ketamine, peak"} & {r["quantity"] for r in rows}
    assert rows if ask is ALONE else kept
    told = post(client, "simulate", ask).json()
    for plan in told["plans"]:
        for day in plan["days"]:
            found = [r for r in rows if r["plan"] == plan["tag"] and float(r["day [d]"]) == day["day"]]
            row = next(r for r in found if r["quantity"] == "response")
            assert float(row["value [unit]"]) == day["response"]["value"]
            assert (row["unit"], row["of"]) == ("people of 100", "draws")


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", ["strips", "course", "session", "person", "people", "shares"])
def test_pictures(client, name):
    answer = post(client, f"picture/{name}", TWO)
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ET.fromstring(answer.content)
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    assert root.find(f"{SVG}rect").get("fill").lower() == "#ffffff"
    for element in root.iter():
        assert element.tag != f"{SVG}script"
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on")
            assert "http" not in value
            assert not key.endswith("href") or value.startswith("#")
    assert answer.content == post(client, f"picture/{name}", TWO).content


def test_pictures_that_are_not_there(client):
    for ask in (ALONE, OUTSIDE):
        for name in ("people", "shares"):
            assert client.post(f"{API}/picture/{name}", json=ask).status_code == 422
        for name in ("strips", "course", "session", "person"):
            post(client, f"picture/{name}", ask)
    assert client.post(f"{API}/picture/nothing", json=TWO).status_code == 422


def test_files_give_the_same_answer(client, ask, tmp_path):
    told = post(client, "files", ask).json()
    for name, text in told["files"].items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    first = read_course(ask.get("plan", "0.5 mg/kg over 40 min"))
    assert formats.read_course(tmp_path / "course.toml") == first
    assert formats.read_patient(tmp_path / "person.toml") == read_patient(ask.get("person", ""))
    assert ("against.toml" in told["files"]) == bool(ask.get("against"))
    if ask is TWO:
        assert formats.read_course(tmp_path / "against.toml") == second(first, ask["against"])
    from_files = json.loads(cli(f"{told['command']} --json", tmp_path))
    at_once = post(client, "simulate", ask).json()
    assert {**from_files, "command": ""} == {**at_once, "command": ""}


def test_the_zip(client, ask):
    answer = post(client, "files.zip", ask)
    assert answer.content == post(client, "files.zip", ask).content
    told = post(client, "files", ask).json()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert found.testzip() is None
        held = {i.filename: found.read(i).decode() for i in found.infolist()}
        assert {i.date_time for i in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert held.pop("resynapse/command.txt") == told["command"] + "\n"
    assert held == {f"resynapse/{k}": v for k, v in told["files"].items()}


def test_a_second_plan_is_read_as_on_the_command_line(client, tmp_path):
    told = post(client, "simulate", WHOLE).json()
    assert told["plans"][1]["text"] == "1 mg/kg over 100 min"
    assert "--against '1 mg/kg over 100 min, once'" in told["command"]
    same = post(client, "simulate", {**WHOLE, "against": "1 mg/kg over 100 min"}).json()
    assert same["plans"][1]["text"] == "1 mg/kg over 100 min, mon wed fri, 2 weeks"
    assert same == json.loads(cli(same["command"], tmp_path))
    bolus = post(client, "simulate", {**SMALL, "plan": "0.5 mg/kg over 40 min", "against": "0.5 mg/kg, iv"}).json()
    assert bolus == json.loads(cli(bolus["command"], tmp_path))
    assert bolus["plans"][1]["text"] == "0.5 mg/kg, iv"
    no = client.post(f"{API}/simulate", json={**WHOLE, "cut": ["blood"]})
    assert no.status_code == 422
    assert no.json()["place"]["field"] == "cut"
    part = post(client, "simulate", {**WHOLE, "against": "over 100 min"}).json()
    assert part["plans"][1]["text"] == "0.5 mg/kg over 100 min, mon wed fri, 2 weeks"


def test_a_cut_link(client, tmp_path):
    ask = {**SMALL, "cut": ["hope", "glutamate"]}
    told = post(client, "simulate", ask).json()
    assert [(p["tag"], p["cut"]) for p in told["plans"]] == [("A", []), ("B", ["glutamate", "hope"])]
    assert told == json.loads(cli(told["command"], tmp_path))
    assert told["plans"][1]["days"][0]["shares"]["drug"]["value"] == pytest.approx(0, abs=1e-9)
    for path in ("report", "table", "picture/strips", "files.zip"):
        post(client, path, ask)
    assert "--cut hope,glutamate" in post(client, "files", ask).json()["command"]


def test_a_text_with_quotes_stays_one_word(client, tmp_path):
    ask = {**SMALL, "plan": "0.5 mg/kg   over 40 min", "person": " 82 kg ,44 y "}
    told = post(client, "simulate", ask).json()
    assert told == json.loads(cli(told["command"], tmp_path))


def test_a_plan_read(client):
    told = post(client, "plans/read", {"plan": "0.5 mg/kg over 40 minutes, fri mon, 2 week", "person": "82 kg"}).json()
    assert told["text"] == "0.5 mg/kg over 40 min, fri mon, 2 weeks"
    assert Course.parse(told["text"]).text == told["text"]
    assert told["person"] == "82 kg"
    assert told["sessions"] == 4
    assert [d["mg_base"] for d in told["doses"]] == [41.0] * 4
    assert [d["day"] for d in told["doses"]] == [0.0, 3.0, 7.0, 10.0]
    assert told["calendar"][0][1] == "fri"
    assert told["cautions"] == []
    over = post(client, "plans/read", {"plan": "2 mg/kg over 40 min"}).json()
    assert "1.5 mg/kg" in over["cautions"][0]["cause"]
    merged = post(client, "plans/read", {"plan": "over 100 min", "first": "six"}).json()
    assert merged["text"] == "0.5 mg/kg over 100 min, mon wed fri, 2 weeks"


@pytest.mark.parametrize(
    ("ask", "field", "span"),
    [({"plan": "0,5 mg/kg"}, "plan", (0, 3)), ({"plan": "1 mg/kg over 40 h", "first": "six"}, "plan", None),
     ({"plan": "once", "first": "nonsense"}, "first", None),
     ({"plan": "0.5 mg/kg over 40 min", "person": "82 kg, madrs 99"}, "person", (7, 15)),
     ({"plan": "1000 mg over 40 min", "person": "30 kg"}, "plan", None)],
)  # fmt: skip
def test_a_plan_refused_with_its_place(client, ask, field, span):
    answer = client.post(f"{API}/plans/read", json=ask)
    assert answer.status_code == 422
    told = is_refusal(answer)
    assert told["place"]["field"] == field
    assert told["passes"]
    if span:
        assert (told["place"]["start"], told["place"]["end"]) == span


def test_names(client):
    found = {p["key"]: p for p in client.get(f"{API}/protocols").json()}
    assert found["six"]["sources"][0]["cite"]
    assert "woman-44" in {p["key"] for p in client.get(f"{API}/people").json()}
    known = client.get(f"{API}/choices").json()
    assert {s["name"] for s in known["settings"]} >= {"masked trial", "admission"}
    assert known["at_once"]["people"] == 40_000
    assert known["as_run"]["people"] == 200_000
    for kind in ("course", "patient", "answer"):
        assert "$schema" in client.get(f"{API}/schemas/{kind}").json()


def test_the_lottery(client):
    told = post(client, "lottery", {"trials": 10_000}).json()
    assert sum(told["counts"]) == told["trials"] == 10_000
    assert len(told["counts"]) == told["n"] + 1 == 18
    exact = told["exact"]["model_with_spread"]
    assert abs(told["share"] - exact) < 5 * (exact * (1 - exact) / 10_000) ** 0.5  # false alarm: 6e-7
    assert told == post(client, "lottery", {"trials": 10_000}).json()
    assert told["counts"] != post(client, "lottery", {"trials": 10_000, "seed": 2}).json()["counts"]
    no = client.post(f"{API}/lottery", json={"n": 10, "hits": 11})
    assert no.status_code == 422
    assert is_refusal(no)["passes"] == ["10"]


# how much is too much


@pytest.mark.parametrize("path", ["simulate", "report", "table", "picture/strips", "explore"])
@pytest.mark.parametrize(
    ("ask", "passes"),
    [({"draws": 200, "people": 400, "until": "365 d"}, "197"), ({"draws": 1000, "people": 1000}, "40"),
     ({"draws": 1000, "people": 2, "until": "2 years"}, None), ({"draws": 200, "people": 201, "until": "1 d"}, "200"),
     ({"draws": 1000, "plan": "0.5 mg/kg over 40 min, every 1 d, 20 times", "people": 2}, "300")],
)  # fmt: skip
def test_too_much_at_once(client, path, ask, passes):
    answer = client.post(f"{API}/{path}", json=ask)
    assert answer.status_code == 422
    told = is_refusal(answer)
    if passes:
        assert told["passes"] == [passes]
        assert told["place"]["field"] in ("draws", "people")
        assert "/api/v1/runs" in told["rule"]
        runs.checked(runs.Ask(**{**ask, told["place"]["field"]: int(passes)}), runs.AT_ONCE)


def test_the_budget_in_words():
    with pytest.raises(runs.Refused) as no:
        runs.checked(runs.Ask(draws=200, people=400, until="365 d"), runs.AT_ONCE)
    assert no.value.cause == "80,000 people over 365 days are above 39,452"
    runs.checked(runs.Ask(draws=200, people=200, until="180 d"), runs.AT_ONCE)
    runs.checked(runs.Ask(draws=200, people=200, until="180 d", against="once"), runs.AT_ONCE)
    runs.checked(runs.Ask(draws=200, people=1000, until="180 d"), runs.AS_RUN)
    runs.checked(runs.Ask(draws=200, people=240, until="730 d"), runs.AS_RUN)
    with pytest.raises(runs.Refused, match="in two plans"):
        runs.checked(runs.Ask(draws=200, people=1000, until="180 d", cut=("blood",)), runs.AS_RUN)
    with pytest.raises(runs.Refused, match="2 years"):
        runs.checked(runs.Ask(draws=200, people=1000, until="1000 d"), runs.AT_ONCE)
    with pytest.raises(runs.Refused, match="above"):
        runs.checked(runs.Ask(draws=201, people=1000, until="1 d"), runs.AS_RUN)


def test_too_many_sessions(client):
    answer = client.post(f"{API}/simulate", json={**SMALL, "plan": "0.5 mg/kg over 40 min, every 1 d, 201 times"})
    assert answer.status_code == 422
    assert "200" in is_refusal(answer)["refused"]


# nobody sees another's


def test_two_clients_at_once_get_their_own(client):
    asks = [{**SMALL, "plan": f"0.{k} mg/kg over 40 min", "person": f"{60 + k} kg"} for k in range(1, 7)]
    alone = {json.dumps(a): post(client, "simulate", a).json() for a in asks}
    runs._held.clear()
    found = []

    def browse(mine):
        for _ in range(2):
            for a in mine:
                found.append((a, post(client, "simulate", a).json(), post(client, "files", a).json()))

    threads = [threading.Thread(target=browse, args=(asks[k::2],)) for k in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(found) == 12
    for a, told, held in found:
        assert told == alone[json.dumps(a)]
        assert a["person"].removesuffix(" kg") in held["files"]["person.toml"]


def test_what_is_held_is_bounded_and_by_content(client, monkeypatch):
    runs._held.clear()
    counted = []
    true = runs._outcome
    monkeypatch.setattr(runs, "KEPT", 3)
    monkeypatch.setattr(runs, "_outcome", lambda *a: counted.append(a) or true(*a))
    ask = {**SMALL, "plan": "0.5 mg/kg over 40 min"}
    first = post(client, "simulate", ask).json()
    same = post(client, "simulate", {**ask, "plan": "0.5 MG/KG  over 40 minutes, once", "date": "2026-01-02"}).json()
    assert len(counted) == 1
    assert same["date_given"] == "2026-01-02"
    assert "--date 2026-01-02" in same["command"]
    assert {**same, "command": "", "date_given": ""} == {**first, "command": ""}
    for k in range(runs.KEPT + 3):
        post(client, "table", {**ask, "seed": 100 + k})
    assert len(runs._held) == runs.KEPT
