"""Answers of the API: refusals in one shape, and what else has a model of its own."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Response
from pydantic import BaseModel


class Place(BaseModel):
    """Where a fault stands: a span of a text, or a field."""

    text: str
    start: int
    end: int
    field: str


class Refusal(BaseModel):
    """Nothing was computed: the cause, the rule, values that would pass, the place."""

    refused: str
    rule: str
    passes: list[str]
    place: Place | None


WORDS = {
    400: "no JSON object, or a request that contradicts itself",
    403: "another site",
    404: "no such thing here",
    405: "a method that this address does not know; Allow says which it does",
    408: "a body that takes longer than 10 s",
    409: "there is no result yet, or none will come",
    413: "a body above 64 KiB",
    414: "an address above 16,000 characters",
    415: "no JSON",
    421: "another host",
    422: "refused: the cause, the rule, a value that passes",
    503: "two computations run, and this one waited 30 s; or enough runs wait. Retry-After says when to come back",
}


def refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Documentation of the refusals that an address may give."""
    return {code: {"model": Refusal, "description": WORDS[code]} for code in codes}


REFUSED = refusals(400, 403, 408, 413, 414, 415, 421, 422)
COMPUTED = refusals(400, 403, 408, 413, 414, 415, 421, 422, 503)
READ = refusals(400, 403, 414, 421, 422)


def reply(value: Any, status: int = 200) -> Response:
    """A value as JSON, small and exact."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


def as_file(content: str | bytes, kind: str, name: str) -> Response:
    """A file to keep, under a name of its own."""
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


def documented(kind: str, words: str, schema: dict[str, Any] | None = None) -> dict[int | str, dict[str, Any]]:
    """What stands under 200 in the documentation of an address that gives a file or a value of its own."""
    return {200: {"description": words, "content": {kind: {"schema": schema or {"type": "string"}}}}}
