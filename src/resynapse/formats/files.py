"""Reading courses and people from TOML or JSON, and writing text so that no half file is left.

What the files hold, with examples: `resynapse.formats.schemas`. Every refusal names the file, and where
it can the line, the field, the rule and a value that passes.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from resynapse import language
from resynapse.errors import Place, Refused
from resynapse.formats import json_scan, toml_scan
from resynapse.formats.schemas import CourseFile, PartFile, PatientFile
from resynapse.formats.toml_scan import Spot
from resynapse.formats.writing import reason, write_text_atomically
from resynapse.therapy.course import Course
from resynapse.therapy.patient import FACTS, Patient
from resynapse.units import plain

__all__ = ["course_toml", "patient_toml", "read_course", "read_patient", "write_text_atomically"]

MOST_BYTES = 1_000_000  # a course is some lines; a file this large was meant for something else
_COURSE_EXAMPLE = 'plan = "0.5 mg/kg over 40 min"'


def read_course(path: str | os.PathLike[str]) -> Course:
    """The course in a file: `plan`, or `[[part]]` tables. Refused with file, line and field."""
    source = _Source.open(path)
    file = source.model(CourseFile)
    if (file.plan is None) == (file.part is None):
        cause = "neither plan nor part" if file.plan is None else "plan and part stand side by side"
        where = source.place(("part",)) if file.part is not None else source.place(("schema",))
        raise Refused(cause, "A course file holds a plan or its parts.", (_COURSE_EXAMPLE,), where)
    if file.plan is not None:
        with source.field(("plan",)):
            return Course.parse(file.plan)
    return _course_of_parts(source, file.part or [])


def read_patient(path: str | os.PathLike[str]) -> Patient:
    """The person in a file. Refused with file, line and field."""
    source = _Source.open(path)
    file = source.model(PatientFile)
    facts = {name: getattr(file, name) for name in FACTS if name in file.model_fields_set}
    for name, value in facts.items():
        with source.field((name,)):
            Patient(**{name: value})
    with source.field(("dbp",)):
        return Patient(**facts)


def course_toml(course: Course) -> str:
    """A course file's text; reads back to the same course."""
    return f'schema = 1\nplan = "{course.text}"\n'


def patient_toml(patient: Patient) -> str:
    """A patient file's text; reads back to the same person. Unknown facts are left out."""
    lines = ["schema = 1", f'weight = "{plain(patient.weight)} kg"']
    for name in FACTS[1:]:
        value = getattr(patient, name)
        if value is not None and value is not False:
            shown = f'"{value}"' if isinstance(value, str) else "true" if value is True else plain(value)
            lines.append(f"{name} = {shown}")
    return "\n".join(lines) + "\n"


# -- reading


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class _Source:
    """A file's data, and where its keys stand."""

    file: str
    data: dict[str, Any]
    spots: Mapping[toml_scan.Path, Spot]

    @staticmethod
    def open(path: str | os.PathLike[str]) -> _Source:
        text = _read_text(Path(path))
        is_json = Path(path).suffix.lower() == ".json" or text.lstrip().startswith("{")
        data, spots = (_load_json if is_json else _load_toml)(str(path), text)
        return _Source(str(path), data, spots)

    def place(self, path: toml_scan.Path, inner: Place | None = None) -> Place:
        """Place of a field; a field that is missing stands where its table does."""
        inner, upper = inner or Place(), path if path in self.spots else (*path, 0)
        while upper and upper not in self.spots:
            upper = upper[:-1]
        line = self.spots[upper].line if upper else 1
        return replace(inner, file=self.file, line=line, field=_field_name(path))

    def field(self, path: toml_scan.Path) -> _AtField:
        return _AtField(self, path)

    def model(self, kind: type[M]) -> M:
        """The data checked against its model; the first fault is refused."""
        version = self.data.get("schema", 1)
        if version == 1 and type(version) is not int:  # true and 1.0 equal 1 and mean something else
            cause = f"schema {json.dumps(version)} is not read here"
            raise Refused(cause, "schema is the whole number 1.", ("schema = 1",), self.place(("schema",)))
        try:
            return kind.model_validate(self.data)
        except ValidationError as no:
            raise self.fault(kind, no) from None

    def fault(self, kind: type[BaseModel], no: ValidationError) -> Refused:
        # a wrong version explains every other fault, an unknown name most
        rank = {"literal_error": 0, "extra_forbidden": 1, "missing": 3}
        errors = no.errors(include_url=False, include_input=True)
        first = min(errors, key=lambda e: (rank.get(e["type"], 2), e["loc"] != ("schema",)))
        loc = tuple(k for k in first["loc"] if not _is_branch(k))
        model = PartFile if loc[:1] == ("part",) and len(loc) > 1 else kind
        name = str(loc[-1]) if loc else ""
        if first["type"] == "extra_forbidden":
            return self.unknown(model, loc, name)
        about = {(f.alias or n): f for n, f in model.model_fields.items()}.get(name)
        rule = (about.description or "") if about else ""
        passes = tuple(f"{name} = {json.dumps(x)}" for x in (about.examples or [])) if about else ()
        if name == "part":
            passes = (_COURSE_EXAMPLE,)
        if name == "sex":
            passes = ('sex = "female"', 'sex = "male"')
        if first["type"] == "missing":
            return Refused(f"{name} is missing", rule, passes, self.place(loc))
        return Refused(_type_cause(name, first["input"]), rule, passes, self.place(loc))

    def unknown(self, model: type[BaseModel], loc: toml_scan.Path, name: str) -> Refused:
        from difflib import get_close_matches

        known = [f.alias or n for n, f in model.model_fields.items()]
        near = tuple(get_close_matches(name[:40].lower(), known, n=1, cutoff=0.5))
        asked = f"; did you mean {near[0]}?" if near else ""
        cause = f"{name[:40]!r} is not a field here{asked}"
        rule = f"Fields are {', '.join(known)}."
        return Refused(cause, rule, near or (known[1],), self.place(loc))


class _AtField:
    """Gives every refusal raised inside the file, line and field; the span in the value stays."""

    def __init__(self, source: _Source, path: toml_scan.Path) -> None:
        self.source, self.path = source, path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, no: BaseException | None, trace: object) -> None:
        if isinstance(no, Refused) and not no.place.file:
            no.place = self.source.place(self.path, no.place)


def _is_branch(key: str | int) -> bool:
    """pydantic names the tried type of a union in the path; the file has no such key."""
    return isinstance(key, str) and bool(re.fullmatch(r"str|float|int|bool|list\[.*|literal\[.*", key))


def _type_cause(name: str, value: Any) -> str:
    kinds = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list"}
    shown = json.dumps(value, default=str)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    kind = kinds.get(type(value), "a table" if isinstance(value, dict) else type(value).__name__)
    if name == "schema":
        return f"schema {shown} is not read here"
    return f"{name} is {kind}: {shown}"


def _field_name(path: toml_scan.Path) -> str:
    """part[1].dose, counted from 1 as people do."""
    out = ""
    for key in path:
        out += f"[{key + 1}]" if isinstance(key, int) else f"{'.' if out else ''}{key}"
    return out


def _file(path: Path, line: int = 0) -> Place:
    return Place(file=str(path), line=line)


def _read_text(path: Path) -> str:
    """The text of a regular UTF-8 file of bearable size."""
    at = _file(path)
    try:
        info = path.stat()
    except FileNotFoundError:
        raise Refused("there is no such file", "A file that exists is read.", _beside(path), at) from None
    except (OSError, ValueError) as no:
        raise Refused(f"the file cannot be read: {reason(no)}", "", (), at) from None
    if not stat.S_ISREG(info.st_mode):
        what = "a folder" if stat.S_ISDIR(info.st_mode) else "no plain file"
        raise Refused(f"this is {what}", "A TOML or JSON file is read.", (), at)
    if info.st_size > MOST_BYTES:
        rule = f"A file has at most {MOST_BYTES} bytes."
        raise Refused(f"{info.st_size} bytes are above {MOST_BYTES}", rule, (), at)
    try:
        return _decode(path.read_bytes(), at)
    except OSError as no:
        raise Refused(f"the file cannot be read: {reason(no)}", "", (), at) from None


def _decode(raw: bytes, at: Place) -> str:
    rule = "Files are UTF-8 without a byte order mark: save it as that."
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        cause = "the file starts with a byte order mark"
        raise Refused(cause, rule, (), replace(at, line=1))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as no:
        line = raw.count(b"\n", 0, no.start) + 1
        cause = f"byte 0x{raw[no.start]:02x} is not UTF-8"
        raise Refused(cause, rule, (), replace(at, line=line)) from None


def _beside(path: Path) -> tuple[str, ...]:
    """Files of a like name in the same folder."""
    from difflib import get_close_matches

    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix in {".toml", ".json"}][:1000]
    except OSError:
        return ()
    return tuple(str(path.with_name(n)) for n in get_close_matches(path.name, names, n=1))


_TOML_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _load_toml(file: str, text: str) -> tuple[dict[str, Any], Mapping[toml_scan.Path, Spot]]:
    try:
        return tomllib.loads(text), toml_scan.scan(text)
    except (ValueError, RecursionError) as no:
        message = str(no) if isinstance(no, ValueError) else "nested too deeply"
        m = _TOML_AT.search(message)
        line = int(m[1]) if m and m[1] else text.count("\n") + 1 if m else 0
        cause = _TOML_AT.sub("", message)
        twice = "Cannot overwrite" in cause or "Cannot declare" in cause or "Cannot mutate" in cause
        what = "a name is written twice" if twice else f"this is not TOML: {cause[:1].lower()}{cause[1:]}"
        rule = "Each name once." if twice else "A line is a name, =, and text in quotes or a number."
        raise Refused(what, rule, (_COURSE_EXAMPLE,), _in_line(file, text, line, m)) from None


def _in_line(file: str, text: str, line: int, m: re.Match[str] | None) -> Place:
    """The line itself with a caret, where the reader named a column."""
    lines = text.split("\n")
    if not line or line > len(lines):
        return Place(file=file, line=line)
    shown = lines[line - 1].rstrip("\r")
    column = min(int(m[2]) - 1, max(0, len(shown) - 1)) if m and m.lastindex == 2 else max(0, len(shown) - 1)
    return Place(text=shown, start=column, end=column + 1, file=file, line=line)


def _load_json(file: str, text: str) -> tuple[dict[str, Any], Mapping[toml_scan.Path, Spot]]:
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as no:
        line = text.split("\n")[no.lineno - 1]
        at = Place(line, no.colno - 1, no.colno, file, no.lineno)
        cause = f"this is not JSON: {no.msg[:1].lower()}{no.msg[1:]}"
        raise Refused(cause, "Names and texts stand in double quotes.", ('{"schema": 1}',), at) from None
    except (ValueError, RecursionError) as no:
        cause = "nested too deeply" if isinstance(no, RecursionError) else str(no)
        raise Refused(f"this is not JSON: {cause}", "", ('{"schema": 1}',), Place(file=file)) from None
    if not isinstance(data, dict):
        raise Refused("this is no table", "A file holds names and values.", ('{"schema": 1}',), Place(file=file))
    spots, twice = json_scan.scan(text)
    if twice:
        at = Place(file=file, line=spots[twice].line, field=_field_name(twice))
        raise Refused("a name is written twice", "Each name once.", (), at)
    return data, spots


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a finite number")


# -- parts


_ALLOWED = {"dose": {"dose", "over"}, "over": {"over"}, "route": {"route"}, "schedule": {"schedule"}}


def _course_of_parts(source: _Source, parts: list[PartFile]) -> Course:
    """Parts written field by field: each field is read alone, then all as one line."""
    if not parts:
        raise Refused("no part", "A course has one part or more.", (_COURSE_EXAMPLE,), source.place(("part",)))
    line, where = "", []
    for i, part in enumerate(parts):
        line += ", then " if i else ""
        for name in ("dose", "over", "route", "schedule"):
            value = getattr(part, name)
            if value is None:
                continue
            with source.field(("part", i, name)):
                _alone(name, value)
            line += "" if name == "dose" else " over " if name == "over" else ", "
            where.append((len(line), len(line) + len(value), ("part", i, name), value))
            line += value
    try:
        return Course.parse(line)
    except Refused as no:
        raise _in_field(source, no, where) from None


def _alone(name: str, value: str) -> None:
    """Refuse a field that holds more or other than its name says."""
    lead = "over " if name == "over" else ""
    try:
        parts = language.parse(lead + value, partial=True)
    except Refused as no:
        at = no.place
        no.place = Place(value, max(0, at.start - len(lead)), max(0, at.end - len(lead)))
        no.passes = tuple(p.removeprefix(lead) for p in no.passes)
        raise
    found = {n for n in ("dose", "over", "route", "schedule") if getattr(parts[0], n) is not None}
    if len(parts) > 1 or name not in found or not found <= _ALLOWED[name]:
        example = next(iter(PartFile.model_fields[name].examples or []))
        cause = f"{name} holds something else than a {name}"
        place = Place(value, 0, len(value))
        raise Refused(cause, "One field, one thing.", (str(example),), place)


def _in_field(source: _Source, no: Refused, where: list[tuple[int, int, tuple[str, int, str], str]]) -> Refused:
    """A fault of the whole line, placed in the field it fell in."""
    for start, end, path, value in where:
        if start <= no.place.start < end and no.place.end <= end:
            no.place = source.place(path, Place(value, no.place.start - start, no.place.end - start))
            if path[2] == "dose" and no.cause == "no route":  # here the route is a field of its own
                no.passes = ('route = "iv"',)
            return no
    no.place = source.place(("part",))
    return no
