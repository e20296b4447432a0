"""The published JSON Schemas."""

from __future__ import annotations

from typing import Any

from ..errors import Refused

KINDS = ("course", "patient", "answer")


def schema(what: str) -> dict[str, Any]:
    """JSON Schema of a course file, a patient file or the answer."""
    if what not in KINDS:
        raise Refused(f"{what[:40]!r} has no schema", f"Schemas: {', '.join(KINDS)}.", KINDS)
    if what == "answer":
        from ..views.json_out import json_schema

        return json_schema()
    from ..formats.schemas import json_schema as of_file

    return of_file(what)
