"""The API, version 1. Every address takes and gives JSON; a refusal says cause, rule and a value that passes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from ..services import explore as explore_
from ..services import presets as presets_
from ..services.runs import within
from ..views.page import Shown, drawn
from .answers import COMPUTED, REFUSED, reply
from .models import Explore
from .slots import computed

router = APIRouter()


@router.get("/health")
def health() -> dict[str, str]:
    """Whether the server answers, and its versions."""
    from ..evidence.digest import version
    from ..version import __version__

    return {"version": __version__, "evidence": version()}


@router.post("/explore", responses=COMPUTED, response_class=Response)
async def explore(ask: Explore, request: Request) -> Response:
    """What the page shows: sentences, pictures as data, read-outs, plans as text and table."""
    return await computed(request, lambda: reply(explore_.explore(within(query(ask)))))


@router.get("/home", responses=COMPUTED, response_class=Response)
async def home(request: Request, size: Literal["screen", "phone"] = "screen") -> Response:
    """The first page's story: one infusion in six strips, and its headline."""
    return await computed(request, lambda: reply(explore_.home(size)))


class Question(BaseModel):
    """A question about a state of Explore."""

    key: str
    title: str
    question: str
    options: list[str]
    address: str
    blind: bool


@router.get("/presets")
def presets() -> list[Question]:
    """Questions to guess at first; each is an ordinary state of Explore."""
    return [_question(p) for p in presets_.presets()]


@router.get("/presets/{key}", responses=REFUSED)
def preset(key: Annotated[str, Path(max_length=40)]) -> Question:
    """One question."""
    return _question(presets_.preset(key))


def _question(p: presets_.Preset) -> Question:
    return Question(
        key=p.key, title=p.title, question=p.question, options=list(p.options), address=p.address, blind=p.blind
    )


class Seed(BaseModel):
    """Which people and draws."""

    model_config = {"extra": "forbid"}
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1


@router.post("/presets/{key}", responses=COMPUTED, response_class=Response)
async def told(key: Annotated[str, Path(max_length=40)], ask: Seed, request: Request) -> Response:
    """What the model answers: the right option, a sentence, why, and a picture where there is one."""
    found = await computed(request, lambda: presets_.tell(key, ask.seed))
    shown = {"picture": drawn(found.picture)} if found.picture else {}
    return reply({"right": found.right, "sentence": found.sentence, "why": found.why, **shown})


@router.post("/leanings", responses=COMPUTED, response_class=Response)
async def leanings(ask: Explore, request: Request) -> Response:
    """The numbers that move the drug's part on day 1 most, with their grades, and what the evidence cannot tell."""
    return await computed(request, lambda: reply(explore_.leanings(within(query(ask)))))


def query(ask: Explore) -> explore_.Query:
    """The request in the words of the service."""
    shown = Shown(float(ask.day), ask.shown, ask.view, ask.size, ask.panels)
    changes = tuple(
        explore_.Change(e.plan, e.op, e.model_dump(exclude={"plan", "op"}, exclude_none=True)) for e in ask.edits
    )
    return explore_.Query(
        ask.plan, ask.against, ask.person, ask.setting, ask.compare, ask.floor, ask.until, ask.seed, ask.draws,
        ask.people, ask.cut, changes, shown, ask.session, ask.moving,
    )  # fmt: skip
