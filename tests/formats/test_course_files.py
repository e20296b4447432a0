"""Course and patient files: read, written, and refused with file, line and field."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans import courses
from resynapse.errors import Refused
from resynapse.formats import writing
from resynapse.formats.files import (
    course_toml,
    patient_toml,
    read_course,
    read_patient,
    write_text_atomically,
)
from resynapse.formats.schemas import MODELS, json_schema
from resynapse.therapy import Course, Patient

SIX = Course.parse("0.5 mg/kg over 40 min, mon wed fri, 2 weeks")
PARTS = """schema = 1

[[part]]
dose = "0.5 mg/kg"
over = "40 min"
route = "iv"
schedule = "mon wed fri, 2 weeks"

[[part]]
dose = "2 x 28 mg"
schedule = "every 7 d, 4 times"
"""


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_plan_and_parts(tmp_path: Path) -> None:
    assert read_course(put(tmp_path, "a.toml", course_toml(SIX))) == SIX
    both = read_course(put(tmp_path, "b.toml", PARTS))
    assert both.text == f"{SIX.text}, then 2 x 28 mg, every 7 d, 4 times"
    rate = 'schema = 1\n[[part]]\ndose = "0.75 mg/kg/h for 40 min"\n'
    assert read_course(put(tmp_path, "c.toml", rate)).text == "0.5 mg/kg over 40 min"


def test_json_is_read_wherever_toml_is(tmp_path: Path) -> None:
    data = json.dumps({"schema": 1, "part": [{"dose": "0.5 mg/kg", "over": "40 min"}]}, indent=1)
    assert read_course(put(tmp_path, "a.json", data)).text == "0.5 mg/kg over 40 min"
    assert read_course(put(tmp_path, "a.plan", data)).text == "0.5 mg/kg over 40 min"


@given(course=courses())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=30)
def test_courses_come_back(tmp_path: Path, course: Course) -> None:
    assert read_course(put(tmp_path, "x.toml", course_toml(course))) == course


def test_people_come_back(tmp_path: Path) -> None:
    person = Patient.parse("82.5 kg, 44 y, female, madrs 33, sbp 128, dbp 80, hr 70, failed 3, new antidepressant")
    assert read_patient(put(tmp_path, "p.toml", patient_toml(person))) == person
    assert read_patient(put(tmp_path, "q.toml", "schema = 1\n")) == Patient()
    assert read_patient(put(tmp_path, "r.toml", "schema = 1\nweight = 82\n")).weight == 82.0


# content, cause, line, field, a value that passes ("" for none)
COURSES = [
    ('schema = 1\nplan = "0,5 mg/kg over 40 min"\n', "comma", 2, "plan", "0.5"),
    ('# a\nschema = 2\nplan = "0.5 mg/kg, iv"\n', "schema 2 is not read", 2, "schema", "schema = 1"),
    ('schema = true\nplan = "0.5 mg/kg, iv"\n', "schema true is not read", 1, "schema", "schema = 1"),
    ('plan = "0.5 mg/kg, iv"\n', "schema is missing", 1, "schema", "schema = 1"),
    ('schema = 1\nplam = "0.5 mg/kg, iv"\n', "did you mean plan?", 2, "plam", "plan"),
    ('schema = 1\n"pl.an" = "0.5 mg/kg, iv"\n', "'pl.an' is not a field", 2, "pl.an", "plan"),
    ("schema = 1\nplan = 5\n", "plan is a number: 5", 2, "plan", 'plan = "0.5 mg/kg over 40 min"'),
    ("schema = 1\n", "neither plan nor part", 1, "schema", 'plan = "0.5 mg/kg over 40 min"'),
    ("", "schema is missing", 1, "schema", "schema = 1"),
    ("schema = 1\npart = []\n", "no part", 2, "part", 'plan = "0.5 mg/kg over 40 min"'),
    ('schema = 1\nplan = "1 mg, iv"\n[[part]]\ndose = "1 mg"\n', "side by side", 3, "part", ""),
    ('schema = 1\n[[part]]\nover = "40 min"\n', "dose is missing", 2, "part[1].dose", 'dose = "0.5 mg/kg"'),
    ('schema = 1\n[[part]]\ndose = "1 mg"\nover = "40 h"\n', "40 h is above", 4, "part[1].over", "40 h long"),
    ('schema = 1\n[[part]]\ndose = "1 mg"\nroute = "ear"\n', "ear is not read", 4, "part[1].route", "once"),
    ('schema = 1\n[[part]]\ndose = "1 mg"\nrout = "iv"\n', "did you mean route?", 4, "part[1].rout", "route"),
    ('schema = 1\n[[part]]\ndose = "1 mg"\n', "no route", 3, "part[1].dose", 'route = "iv"'),
    ('schema = 1\n[[part]]\ndose = "1 mg, iv"\n', "something else than a dose", 3, "part[1].dose", "0.5 mg/kg"),
    (PARTS.replace("7 d, 4", "7 d, 2.5"), "not a whole number", 11, "part[2].schedule", "2"),
    ('schema = 1\nplan = "1 mg, iv\n', "not TOML", 2, "", ""),
    ("schema = \n", "not TOML", 1, "", ""),
    ('schema = 1\nplan = "a"\nplan = "b"\n', "written twice", 3, "", ""),
    ("x = " + "[" * 5000, "nested too deeply", 0, "", ""),
    ("x = " + "9" * 5000, "not TOML", 0, "", ""),
    (b"\xef\xbb\xbfschema = 1\n", "byte order mark", 1, "", ""),
    ("schema = 1\n".encode("utf-16"), "byte order mark", 1, "", ""),
    (b"schema = 1\n# caf\xe9\n", "byte 0xe9 is not UTF-8", 2, "", ""),
    (b"schema = 1\x00\n", "not TOML", 1, "", ""),
    ("#" * 1_000_001, "above 1000000", 0, "", ""),
]
JSONS = [
    ('{"schema": 1,\n "plan": "a",\n "plan": "b"}', "written twice", 3, "plan", ""),
    ('{"schema": 1,\n "plan": }', "not JSON: expecting value", 2, "", ""),
    ('{"schema": 1,\n "plan": NaN}', "NaN is not a finite number", 0, "", ""),
    ("[" * 100_000, "nested too deeply", 0, "", ""),
    ("[1]", "no table", 0, "", ""),
    ('{"schema": 1, "part": [{"dose": "1 mg",\n "over": "40 h"}]}', "40 h", 2, "part[1].over", "40 min"),
    ('{"schema": 1,\n "plan": {"dose": "1 mg"}}', "plan is a table", 2, "plan", ""),
]
PATIENTS = [
    ("schema = 1\nmadrs = 61\n", "MADRS 61 is above 60", 2, "madrs", "33"),
    ('schema = 1\nmadrs = "33"\n', 'madrs is text: "33"', 2, "madrs", "madrs = 33"),
    ("schema = 1\nmadrs = 33.0\n", "madrs is a number: 33.0", 2, "madrs", "madrs = 33"),
    ("schema = 1\nmadrs = true\n", "madrs is true or false", 2, "madrs", "madrs = 33"),
    ('schema = 1\nsex = "f"\n', 'sex is text: "f"', 2, "sex", 'sex = "female"'),
    ('schema = 1\nweight = "82"\n', "needs its unit", 2, "weight", "82 kg"),
    ("schema = 1\nweight = nan\n", "not a finite number", 2, "weight", "70.0"),
    ("schema = 1\nweight = true\n", "weight is true or false", 2, "weight", 'weight = "82 kg"'),
    ("schema = 1\nsbp = 100\ndbp = 110\n", "not below systolic", 3, "dbp", "60"),
    ("schema = 1\nage = 12\n", "below 18", 2, "age", "44 y"),
    ('schema = 1\nweigth = "82 kg"\n', "did you mean weight?", 2, "weigth", "weight"),
    ('schema = 1\nnew_antidepressant = "yes"\n', "is text", 2, "new_antidepressant", "new_antidepressant = true"),
]


def refused(read: object, path: object) -> Refused:
    with pytest.raises(Refused) as no:
        read(path)  # type: ignore[operator]
    return no.value


def check(read: object, path: Path, row: tuple[str | bytes, str, int, str, str]) -> None:
    content, cause, line, field, passes = row
    no = refused(read, put(path.parent, path.name, content))
    assert cause in no.cause
    assert no.place.file == str(path)
    assert (no.place.line, no.place.field) == (line, field)
    assert not passes or passes in no.passes
    assert max(map(len, str(no).splitlines())) < 400


@pytest.mark.parametrize("row", COURSES, ids=[f"{i} {r[1]}" for i, r in enumerate(COURSES)])
def test_bad_course_files(tmp_path: Path, row: tuple[str | bytes, str, int, str, str]) -> None:
    check(read_course, tmp_path / "bad.toml", row)


@pytest.mark.parametrize("row", JSONS, ids=[r[1] for r in JSONS])
def test_bad_json(tmp_path: Path, row: tuple[str | bytes, str, int, str, str]) -> None:
    check(read_course, tmp_path / "bad.json", row)


@pytest.mark.parametrize("row", PATIENTS, ids=[r[1] for r in PATIENTS])
def test_bad_patient_files(tmp_path: Path, row: tuple[str | bytes, str, int, str, str]) -> None:
    check(read_patient, tmp_path / "bad.toml", row)


def test_no_file_to_read(tmp_path: Path) -> None:
    put(tmp_path, "course.toml", course_toml(SIX))
    near = refused(read_course, tmp_path / "corse.toml")
    assert near.passes == (str(tmp_path / "course.toml"),)
    assert "this is a folder" in refused(read_course, tmp_path).cause
    assert "no plain file" in refused(read_course, "/dev/zero").cause
    assert "cannot be read" in refused(read_course, "a\x00b").cause


@given(st.binary(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    for name in ("x.toml", "x.json"):
        assert refused(read_course, put(tmp_path, name, content)).place.file


@given(st.text(alphabet="{}[]\",:.=\n #schema1plnort\\'", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_text_is_read_or_refused(tmp_path: Path, content: str) -> None:
    for name in ("x.toml", "x.json"):
        assert refused(read_course, put(tmp_path, name, content)).place.file


# -- writing


def test_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "out.toml", "old")
    write_text_atomically(path, "new µ\n")
    assert path.read_bytes() == "new µ\n".encode()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_text_atomically(path, "half")
    monkeypatch.undo()
    with pytest.raises(UnicodeEncodeError):
        write_text_atomically(path, "\ud800")
    assert path.read_text("utf-8") == "new µ\n"
    assert os.listdir(tmp_path) == ["out.toml"]


def test_written_with_the_mode_of_the_old_file(tmp_path: Path) -> None:
    path = put(tmp_path, "out.toml", "old")
    path.chmod(0o640)
    write_text_atomically(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_nowhere_to_write(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "out.toml"):
        with pytest.raises(Refused) as no:
            write_text_atomically(path, "x")
        assert no.value.place.file == str(path)


def test_a_pipe_or_a_device_is_not_replaced(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(Refused):
            write_text_atomically(path, "x")
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert link.is_symlink()


# -- schemas


def test_published_schemas() -> None:
    for kind, model in MODELS.items():
        schema = json_schema(kind)
        assert schema["additionalProperties"] is False
        assert set(schema["properties"]) == {f.alias or n for n, f in model.model_fields.items()}
        json.dumps(schema, allow_nan=False)
    assert json_schema("patient")["properties"]["madrs"]["maximum"] == 60
    with pytest.raises(Refused):
        json_schema("trial")
