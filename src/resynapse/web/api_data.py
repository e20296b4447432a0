"""Data of the API: an answer as JSON, report, table, picture and files; a plan read; names to choose from."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from ..services import explore, export, lottery, runs
from ..services.schema import schema as schema_of
from ..therapy.calendar import rows as calendar_rows
from ..therapy.course import Course
from ..therapy.dose import ROUTES
from ..therapy.patient import Patient
from ..views.json_out import json_schema, to_json
from ..views.protocols import as_values
from .answers import COMPUTED, READ, REFUSED, as_file, documented, reply
from .models import Lottery, PlanText, Simulate, Whole
from .slots import computed

router = APIRouter()
JSON = "application/json"


def asked(ask: Simulate) -> runs.Ask:
    """The request in the words of the service."""
    return runs.Ask(**ask.model_dump())


# answers


@router.post("/simulate", responses=COMPUTED | documented(JSON, "as `schemas/answer` says", json_schema()),
             response_class=Response)  # fmt: skip
async def simulate(ask: Whole, request: Request) -> Response:
    """The whole answer as JSON: the same as `resynapse simulate ... --json`, whose line stands under `command`."""
    one = asked(ask)

    def work() -> Response:
        return reply(to_json(runs.answer(one, export.command(one, "--json")).summary))

    return await computed(request, work)


@router.post("/report", responses=COMPUTED | documented("text/html", "one HTML file without script"),
             response_class=Response)  # fmt: skip
async def report(ask: Whole, request: Request) -> Response:
    """The report: the same bytes as the command line writes for the same inputs and date."""
    one = asked(ask)

    def work() -> Response:
        found = runs.answer(one, export.command(one, "--out", "resynapse-report.html"))
        return as_file(export.report_html(found), "text/html; charset=utf-8", "resynapse-report.html")

    return await computed(request, work)


@router.post("/table", responses=COMPUTED | documented("text/csv", "CSV as RFC 4180 has it, in UTF-8"),
             response_class=Response)  # fmt: skip
async def table(ask: Whole, request: Request) -> Response:
    """One row a plan, day and quantity: value with its 90 % interval, unit in the row, units in the head."""
    one = asked(ask)

    def work() -> Response:
        return as_file(export.table_csv(runs.answer(one)), "text/csv; charset=utf-8; header=present", "resynapse.csv")

    return await computed(request, work)


Picture = Literal["strips", "course", "session", "person", "people", "shares"]


@router.post("/picture/{name}", responses=COMPUTED | documented("image/svg+xml", "one SVG file"),
             response_class=Response)  # fmt: skip
async def picture(name: Picture, ask: Whole, request: Request) -> Response:
    """One picture as SVG, light, that asks nothing of anybody. `course` of one person alone is `person`."""
    one = asked(ask)

    def work() -> Response:
        text = export.picture_svg(runs.answer(one).summary, name)
        return as_file(text, "image/svg+xml", f"resynapse-{name}.svg")

    return await computed(request, work)


class Files(BaseModel):
    """Files by name, and the command line that gives the same answer from them."""

    files: dict[str, str]
    command: str


@router.post("/files", responses=REFUSED)
def files(ask: Whole) -> Files:
    """The plans and the person as files, and the one command line that gives the same answer."""
    one = asked(ask)
    return Files(files=export.files(one), command=export.command(one, files=True))


@router.post("/files.zip", responses=REFUSED | documented("application/zip", "the same in one zip"),
             response_class=Response)  # fmt: skip
def files_zip(ask: Whole) -> Response:
    """The same as one zip; the same bytes for the same answer."""
    return as_file(export.zipped(asked(ask)), "application/zip", "resynapse-files.zip")


class Drawn(BaseModel):
    """counts: trials with 0, 1, ... n responders. share: of trials with `hits` or more, of 1, with its error."""

    schema_: Literal[1]
    kind: Literal["resynapse.lottery"]
    n: int
    hits: int
    trials: int
    seed: int
    counts: list[int]
    share: float
    error: float
    exact: lottery.Lottery

    model_config = {"alias_generator": lambda name: name.rstrip("_")}


@router.post("/lottery", responses={**COMPUTED, 200: {"model": Drawn}}, response_class=Response)
async def draw_again(ask: Lottery, request: Request) -> Response:
    """A trial of n drawn again from the model, beside the exact chances; each trial is a site of its own."""

    def work() -> Response:
        return reply(runs.lottery_json(lottery.redrawn(ask.n, ask.hits, ask.trials, ask.seed)))

    return await computed(request, work)


# a plan read


class GivenDose(BaseModel):
    """One dose as it enters this person: h and days from the first, mg of free base, minutes (0: at once)."""

    session: int
    hours: float
    day: float
    mg_base: float
    drug: str
    route: str
    minutes: float


class Caution(BaseModel):
    """A warning: the plan is computed, and this stands beside the answer."""

    cause: str
    rule: str


class PlanRead(BaseModel):
    """A plan and a person as read. calendar: heads, then a row a week; one cell where no dose is given."""

    text: str
    words: str
    person: str
    sessions: int
    calendar: list[list[str]]
    doses: list[GivenDose]
    cautions: list[Caution]


@router.post("/plans/read", responses=REFUSED)
def read_plan(ask: PlanText) -> PlanRead:
    """The plan's shortest text, its words and mg for this person, calendar, doses, cautions; or where it fails."""
    with explore.naming("first"):
        first = explore.course_at(ask.first) if ask.first else None
    with explore.naming("plan"):
        second = None if first is None else explore.second(first, ask.plan)
        course = second or explore.course_at(ask.plan)
    with explore.naming("person"):
        patient = explore.person_at(ask.person)
    with explore.naming("plan"):
        return _plan(course, patient)


def _plan(course: Course, patient: Patient) -> PlanRead:
    kg = patient.weight
    doses = [
        GivenDose(session=d.session_number, hours=d.time_h, day=d.time_h / 24, mg_base=d.mg_base, drug=d.drug.name,
                  route=d.route, minutes=d.duration_h * 60)
        for d in course.doses(kg)
    ]  # fmt: skip
    return PlanRead(
        text=course.text, words=course.words(kg), person=patient.line, sessions=len(course.sessions),
        calendar=calendar_rows(course, kg), doses=doses,
        cautions=[Caution(cause=c.cause, rule=c.rule) for c in course.cautions(kg)],
    )  # fmt: skip


# names to choose from


class Source(BaseModel):
    """Where a protocol is from, and whether that was read."""

    cite: str
    gives: str
    status: str
    doi: str = ""
    pmid: str = ""
    address: str = ""
    unverified: list[str] = []


class Protocol(BaseModel):
    """A named plan."""

    key: str
    name: str
    plan: str
    note: str
    sources: list[Source]


class Example(BaseModel):
    """An example person; every fact is made up."""

    key: str
    line: str
    note: str


@router.get("/protocols", responses=READ)
def protocols() -> list[Protocol]:
    """Named protocols with their sources."""
    return [Protocol(**p) for p in as_values()["protocols"]]


@router.get("/people", responses=READ)
def people() -> list[Example]:
    """Example people."""
    return [Example(**p) for p in as_values()["people"]]


class Named(BaseModel):
    """A name to send, and what it means."""

    name: str
    words: str


class Most(BaseModel):
    """The most that is taken: draws x people, times days, and draws x sessions, of one plan."""

    people: int
    people_days: int
    draw_sessions: int


class Choices(BaseModel):
    """What can be chosen by name, and how much is too much: at once, and as a run."""

    settings: list[Named]
    compare: list[Named]
    routes: list[str]
    pictures: list[str]
    at_once: Most
    as_run: Most


@router.get("/choices", responses=READ)
def choices() -> Choices:
    """Settings, comparisons, routes that are built, pictures, budgets."""
    known: dict[str, Any] = explore.choices()
    most = [Most(people=b.people, people_days=b.people_days, draw_sessions=b.draw_sessions)
            for b in (runs.AT_ONCE, runs.AS_RUN)]  # fmt: skip
    return Choices(
        settings=known["settings"], compare=known["compare"], routes=list(ROUTES),
        pictures=list(export.PICTURES), at_once=most[0], as_run=most[1],
    )  # fmt: skip


@router.get("/schemas/{kind}", responses=READ | documented(JSON, "a JSON Schema", {"type": "object"}),
            response_class=Response)  # fmt: skip
def schemas(kind: Literal["course", "patient", "answer"]) -> Response:
    """JSON Schema of a course file, a patient file or the answer of `simulate`."""
    return reply(schema_of(kind))
