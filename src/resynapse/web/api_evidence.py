"""The evidence by the API: numbers, sources, claims, the chain."""

from __future__ import annotations

import threading
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from ..errors import Refused
from ..services import claims as claims_
from ..services import evidence
from .answers import COMPUTED, READ, refusals, reply
from .guard import Turned
from .slots import computed

router = APIRouter()
Name = Annotated[str, Path(max_length=60)]


class Short(BaseModel):
    """A number in short; lo and hi are an interval as printed."""

    name: str
    meaning: str
    value: float
    unit: str
    lo: float | None
    hi: float | None
    grade: str
    table: str
    sources: list[str]


class Paper(BaseModel):
    """A publication or page; `numbers` rest on it, and so many figures of trials."""

    key: str
    citation: str
    doi: str
    pmid: str
    url: str
    read_as: str
    numbers: list[str] = []
    figures: int = 0


class Full(Short):
    """A number in full; se: SD of our ignorance, between_people: SD between people, both on `scale`."""

    canonical: float
    canonical_unit: str
    scale: str
    se: float | None
    between_people: float | None
    shared_with: str
    place: str
    rule: str
    inputs: list[str]
    reason: str
    note: str
    sources_full: list[Paper]
    used_in: list[str]


@router.get("/evidence/numbers", responses=READ)
def numbers(q: Annotated[str, Query(max_length=100)] = "") -> list[Short]:
    """Every number, or those that hold all words of `q` in name, meaning, grade, table or sources."""
    wanted = q.lower().split()
    rows = evidence.numbers()
    return [Short(**n) for n in rows if all(word in _words(n) for word in wanted)]


def _words(n: dict[str, Any]) -> str:
    return " ".join([n["name"], n["meaning"], n["grade"], n["table"], *n["sources"]]).lower()


@router.get("/evidence/numbers/{name}", responses=READ | refusals(404))
def number(name: Name) -> Full:
    """One number in full."""
    try:
        return Full(**evidence.number(name))
    except Refused as no:
        raise Turned(404, no.cause, no.rule, no.passes) from None


@router.get("/evidence/sources", responses=READ)
def sources() -> list[Paper]:
    """Every publication and page, and what of it was read."""
    return [Paper(**s) for s in evidence.sources()]


@router.get("/chain", responses=READ, response_class=Response)
def chain() -> Response:
    """The links of the chain in order: what each reads, its nodes with their equations, grade and species."""
    return reply(evidence.chain())


@router.get("/claims", responses=COMPUTED, response_class=Response)
async def claims(request: Request) -> Response:
    """What people are told, answered by the model beside the trials; computed once."""
    return await computed(request, lambda: reply(claims_.claims_json(answers())))


_once = threading.Lock()


def answers() -> tuple[claims_.Claim, ...]:
    """The answers, computed by whoever asks first."""
    with _once:
        return _answers()


@cache
def _answers() -> tuple[claims_.Claim, ...]:
    return claims_.answer()
