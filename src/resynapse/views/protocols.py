"""Named protocols and example people, as lines and as JSON."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from ..therapy.protocols import ExamplePerson, Protocol, people, protocols


def render(width: int, colour: bool) -> str:
    """All of them; a name stands in bold where there is colour."""
    blocks = [_protocol(p, width, colour) for p in protocols()]
    persons = "\n".join(_person(p, colour) for p in people())
    return "\n\n".join([*blocks, f"Example people\n{persons}"]) + "\n"


def _bold(text: str, colour: bool) -> str:
    return f"\033[1m{text}\033[0m" if colour else text


def _protocol(p: Protocol, width: int, colour: bool) -> str:
    lines = [f"{_bold(p.key, colour)}  {p.name}", f"  {p.plan}"]
    lines += [line for s in p.sources for line in _wrap(f"{s.cite} ({s.status}): {s.gives} {_where(s)}", width)]
    return "\n".join([*lines, *(_wrap(p.note, width) if p.note else [])])


def _where(source: object) -> str:
    found = [
        f"{word} {value}".strip()
        for word, name in (("doi", "doi"), ("PMID", "pmid"), ("", "address"))
        if (value := getattr(source, name))
    ]
    return "; ".join(found)


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ", break_long_words=False)


def _person(p: ExamplePerson, colour: bool) -> str:
    return f"  {_bold(p.key, colour)}  {p.patient.line}\n    {p.note}"


def as_values() -> dict[str, Any]:
    """The same as plain values."""
    return {
        "protocols": [
            {
                "key": p.key, "name": p.name, "plan": p.plan, "note": p.note,
                "sources": [{k: v for k, v in vars(s).items() if v} for s in p.sources],
            }
            for p in protocols()
        ],
        "people": [{"key": p.key, "line": p.patient.line, "note": p.note} for p in people()],
    }  # fmt: skip


def as_json() -> str:
    """The same as JSON."""
    return json.dumps(as_values(), ensure_ascii=False, indent=2) + "\n"
