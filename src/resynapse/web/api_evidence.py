"""The evidence by the API: numbers, sources, claims, the chain."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from ..errors import Refused
from ..services import evidence
from ..services.claims import TrialRow, claims_json
from ..views import evidence_svg
from ..views import evidence_words as words
from .answers import COMPUTED, READ, refusals, reply
from .guard import Turned
from .slots import after

router = APIRouter()
Name = Annotated[str, Path(max_length=40, pattern="^[A-Za-z0-9_]+$")]
Grade = Literal["read", "unverified", "derived", "assumed"]


class Short(BaseModel):
    """A number in short; lo and hi are a range as printed. unit "": none. *_said: as the page writes it."""

    name: str
    meaning: str
    value: float
    unit: str
    lo: float | None
    hi: float | None
    grade: Grade
    table: str
    sources: list[str]
    table_said: str
    value_said: str
    range_said: str


class Paper(BaseModel):
    """A publication or page, and what of it was read."""

    key: str
    citation: str
    doi: str
    pmid: str
    url: str
    read_as: str


class Source(Paper):
    """A publication or page; `numbers` are read from it or made of it, and so many `figures` of trials stand in it."""

    numbers: list[str]
    figures: int


class Spread(BaseModel):
    """A distribution. of: how people differ, or how well the value is known; at: 5, 25, 50, 75 and 95 of 100."""

    of: Literal["people", "value"]
    at: Annotated[list[float], Field(min_length=5, max_length=5)]


class Full(Short):
    """A number in full.

    se: SD of our ignorance, between_people: SD between people, both on `scale` (log, logit, id). drawn: whether
    runs draw it together with the other fitted numbers, alone, or not. used_in: quantities of the chain as
    "link / quantity", then files. line: one line on where it stands.
    """

    canonical: float
    canonical_unit: str
    scale: str
    se: float | None
    between_people: float | None
    spread: Spread | None
    shared_with: str
    drawn: Literal["together", "alone", ""]
    place: str
    rule: str
    inputs: list[str]
    reason: str
    note: str
    grade_said: str
    line: str
    sources_full: list[Paper]
    used_in: list[str]


@router.get("/evidence/numbers", responses=READ)
def numbers(q: Annotated[str, Query(max_length=100)] = "") -> list[Short]:
    """Every number, or those that hold all words of `q` in name, meaning, grade, table, drug or sources."""
    return [Short(**n, **_said(n)) for n in evidence.numbers(q)]


def _said(n: dict[str, Any]) -> dict[str, Any]:
    value, range_ = words.said(n)
    return {"table_said": words.group(n["table"]), "value_said": value, "range_said": range_}


@router.get("/evidence/numbers/{name}", responses=READ | refusals(404))
def number(name: Name) -> Full:
    """One number in full: value, range, distribution, grade, source, rule, use."""
    try:
        n = evidence.number(name)
    except Refused as no:
        raise Turned(404, no.cause, no.rule, no.passes) from None
    s = evidence_svg.spread(n)
    spread = Spread(of=s.of, at=list(s.quantiles)) if s else None
    return Full(**n, **_said(n), grade_said=words.GRADES[n["grade"]], line=words.line(n), spread=spread)


@router.get("/evidence/sources", responses=READ)
def sources() -> list[Source]:
    """Every publication and page, what of it was read, and what rests on it."""
    return [Source(**s) for s in evidence.sources()]


class Node(BaseModel):
    """One quantity of a link. reads: quantities, numbers: evidence names; inner: names inside the equation that differ.

    by: who differs in a variate. equation: the function itself, "" for what is given from outside.
    """

    name: str
    kind: Literal["compartment", "effect", "readout", "derived", "given", "vary"]
    unit: str
    doc: str
    label: str
    by: str
    reads: list[str]
    numbers: list[str]
    equation: str
    inner: dict[str, str]


class Link(BaseModel):
    """One link. reads: other links, passes: what of each; to_mood: whether it leads to mood, or stands beside."""

    name: str
    doc: str
    sure: Literal["established", "contested", "inferred"]
    species: str
    pace: Literal["minutes", "weeks"]
    to_mood: bool
    reads: list[str]
    passes: dict[str, list[str]]
    nodes: list[Node]


@router.get("/chain", responses=READ)
def chain() -> list[Link]:
    """The links of the chain in the order they act, each with its quantities and their equations."""
    return [Link(**link) for link in evidence.chain()]


class ClaimLine(BaseModel):
    """A line of the model with its 90 % interval over `of`: draws, sites or people; null: never reached."""

    label: str
    value: float | None
    lo: float | None
    hi: float | None
    unit: str
    of: str


class ClaimTold(BaseModel):
    """A popular sentence, what the model gives, what trials gave, the answer and the rule that decided it."""

    text: str
    model: list[ClaimLine]
    trials: list[TrialRow]
    answer: Literal["holds", "holds in part", "does not hold", "not an output"]
    rule: str
    sentence: str


class Claims(BaseModel):
    """All claims."""

    schema_: Literal[1]
    kind: Literal["resynapse.claims"]
    claims: list[ClaimTold]

    model_config = {"alias_generator": lambda name: name.rstrip("_")}


@router.get("/claims", responses={**COMPUTED, 200: {"model": Claims}}, response_class=Response)
async def claims(request: Request) -> Response:
    """What people are told, answered by the model beside the trials; some seconds at first, then at once."""
    return await after(request, evidence.answering, lambda: reply(claims_json(evidence.answers())))
