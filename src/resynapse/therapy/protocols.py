"""Named protocols and example people: data in `protocols.toml` and `people.toml`, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from resynapse.errors import Refused
from resynapse.therapy.course import Course
from resynapse.therapy.patient import Patient

_FOLDER = Path(__file__).parent
STATUSES = ("read", "unverified", "assumed")


@dataclass(frozen=True)
class ProtocolSource:
    """Where a protocol is from. gives: what it says; unverified: fields of the citation not checked."""

    cite: str
    gives: str
    status: str
    doi: str = ""
    pmid: str = ""
    address: str = ""
    unverified: tuple[str, ...] = ()


@dataclass(frozen=True)
class Protocol:
    """A course with a plain name and its sources."""

    key: str
    name: str
    course: Course
    sources: tuple[ProtocolSource, ...]
    note: str = ""

    @property
    def plan(self) -> str:
        """The course as one line."""
        return self.course.text


@dataclass(frozen=True)
class ExamplePerson:
    """A made-up person, for examples only."""

    key: str
    patient: Patient
    note: str


@cache
def protocols() -> tuple[Protocol, ...]:
    """All named protocols, in the order of the file."""
    return tuple(_protocol(row) for row in _rows("protocols.toml", "protocol"))


@cache
def people() -> tuple[ExamplePerson, ...]:
    """The example people; every fact of theirs is invented."""
    rows = _rows("people.toml", "person")
    return tuple(ExamplePerson(r["key"], Patient.parse(r["line"]), r["note"]) for r in rows)


def protocol(key: str) -> Protocol:
    """The protocol called `key`; Refused with the names there are."""
    return _named(key, {p.key: p for p in protocols()}, "protocol")


def person(key: str) -> ExamplePerson:
    """The example person called `key`; Refused with the names there are."""
    return _named(key, {p.key: p for p in people()}, "example person")


def _rows(file: str, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((_FOLDER / file).read_text("utf-8"))[table]
    return rows


def _protocol(row: dict[str, Any]) -> Protocol:
    sources = tuple(ProtocolSource(**{**s, "unverified": tuple(s.get("unverified", ()))}) for s in row["source"])
    return Protocol(row["key"], row["name"], Course.parse(row["plan"]), sources, row.get("note", ""))


T = TypeVar("T")


def _named(key: str, known: Mapping[str, T], kind: str) -> T:
    if key in known:
        return known[key]
    from difflib import get_close_matches

    near = tuple(get_close_matches(key[:40], known, n=1, cutoff=0.4)) or tuple(known)
    raise Refused(f"{key[:40]!r} is no {kind}", f"There are {', '.join(known)}.", near)
