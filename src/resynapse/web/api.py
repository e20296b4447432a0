"""The API, version 1. Every address takes and gives JSON; a refusal says cause, rule and a value that passes."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel

from ..services import explore as explore_
from ..views.page import Shown
from .models import Explore

router = APIRouter()


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


REFUSED: dict[int | str, dict[str, Any]] = {
    code: {"model": Refusal, "description": text}
    for code, text in (
        (403, "another site"), (408, "a body that takes too long"), (413, "a body that is too large"),
        (415, "no JSON"), (421, "another host"), (422, "refused: the cause, the rule, a value that passes"),
    )
}  # fmt: skip


def reply(value: Any, status: int = 200) -> Response:
    """A value as JSON, small and exact."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


@router.get("/health")
def health() -> dict[str, str]:
    """Whether the server answers, and its versions."""
    from ..evidence.digest import version
    from ..version import __version__

    return {"version": __version__, "evidence": version()}


@router.post("/explore", responses=REFUSED, response_class=Response)
def explore(ask: Explore) -> Response:
    """What the page shows: sentences, pictures as data, read-outs, plans as text and table."""
    return reply(explore_.explore(query(ask)))


def query(ask: Explore) -> explore_.Query:
    """The request in the words of the service."""
    shown = Shown(float(ask.day), ask.shown, ask.view, ask.size, ask.cut, ask.panels)
    changes = tuple(
        explore_.Change(e.plan, e.op, e.model_dump(exclude={"plan", "op"}, exclude_none=True)) for e in ask.edits
    )
    return explore_.Query(
        ask.plan, ask.against, ask.person, ask.setting, ask.compare, ask.floor, ask.until, ask.seed, ask.draws,
        ask.people, ask.cut, shown, ask.session, changes,
    )  # fmt: skip
