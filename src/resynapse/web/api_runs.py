"""Long runs: asked for, followed as they go, read when they are over, stopped at once. An id is known to its asker."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from ..services.runs import check_run
from .answers import READ, REFUSED, Refusal, documented, refusals
from .guard import Turned
from .jobs import WAITING, Full, Job, Runs
from .models import Run
from .slots import busy

router = APIRouter()
HEARTBEAT_S = 15.0
LOOK_S = 0.1
RETRY_MS = 2000  # a browser whose line broke asks again after this
Key = Annotated[str, Path(min_length=16, max_length=40, pattern="^[A-Za-z0-9_-]+$")]


class RunState(BaseModel):
    """Where a run stands. done, of: draws, then trials; seconds: since it began; seconds_left: at this pace."""

    id: str
    kind: Literal["simulate", "claims", "lottery"]
    state: Literal["waiting", "working", "done", "stopped", "failed"]
    stage: str
    done: int
    of: int
    seconds: float
    seconds_left: float | None
    address: str
    events: str
    result: str
    refusal: Refusal | None


def state(job: Job) -> RunState:
    """A run as its asker sees it."""
    address = f"/api/v1/runs/{job.id}"
    left = job.seconds_left
    return RunState(
        id=job.id, kind=job.kind, state=job.state, stage=job.stage, done=job.done, of=job.of,
        seconds=round(job.seconds, 2), seconds_left=None if left is None else round(left, 1), address=address,
        events=f"{address}/events", result=f"{address}/result",
        refusal=None if job.refusal is None else Refusal(**job.refusal),
    )  # fmt: skip


def _runs(request: Request) -> Runs:
    runs: Runs = request.app.state.runs
    return runs


def _job(request: Request, key: str) -> Job:
    job = _runs(request).get(key)
    if job is None:
        raise Turned(404, "there is no such run", "A run is kept for an hour after its end, and known to its asker.")
    return job


@router.post("/runs", status_code=202, responses=REFUSED | refusals(503))
def begin(ask: Run, request: Request, response: Response) -> RunState:
    """Take a run in: it waits, works in a process of its own, and is followed by its id. 503 if many wait already."""
    fields: dict[str, Any] = ask.model_dump(exclude={"kind"})
    check_run(ask.kind, fields)
    try:
        job = _runs(request).add(ask.kind, fields)
    except Full:
        raise busy(f"{WAITING} runs wait already", 30) from None
    told = state(job)
    response.headers["location"] = told.address
    return told


@router.get("/runs/{key}", responses=READ | refusals(404))
def follow(key: Key, request: Request) -> RunState:
    """Where the run stands."""
    return state(_job(request, key))


@router.get("/runs/{key}/result", responses=READ | refusals(404, 409) | documented(
    "application/json", "the same as asked at once; of a stopped lottery the trials so far", {"type": "object"}
), response_class=Response)  # fmt: skip
def result(key: Key, request: Request) -> Response:
    """The result, once the run is over."""
    job = _job(request, key)
    if not job.over:
        raise Turned(
            409, f"the run is {job.state}", "A result is there when the run is done.", (f"/api/v1/runs/{key}/events",)
        )
    if not job.result:
        why = "" if job.refusal is None else f": {job.refusal['refused']}"
        raise Turned(409, f"the run has {'failed' if job.state == 'failed' else 'stopped'}{why}", "It left no result.")
    return Response(job.result, media_type="application/json")


@router.delete("/runs/{key}", responses=READ | refusals(404, 415))
def stop(key: Key, request: Request) -> RunState:
    """Stop the run at once. A lottery keeps the trials so far; of a run that is over nothing changes."""
    job = _job(request, key)
    _runs(request).stop(job)
    return state(job)


@router.get("/runs/{key}/events", responses=READ | refusals(404) | {204: {"description": "the end was told already"}}
            | documented("text/event-stream", "server-sent events: progress, then done, stopped or failed"),
            response_class=Response)  # fmt: skip
async def events(key: Key, request: Request) -> Response:
    """The run as it goes: `progress` with done, of, seconds left and the result so far; at the end what it came to."""
    job = _job(request, key)
    last = _last(request.headers.get("last-event-id", ""), job)
    if job.over and last == job.version:
        return Response(status_code=204)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_told(job, last, _runs(request)), media_type="text/event-stream", headers=headers)


def _last(said: str, job: Job) -> int:
    """The last event that the caller has heard; 0 for what was never told."""
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0
    return number if number <= job.version else 0


async def _told(job: Job, last: int, runs: Runs) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    spoken = time.monotonic()
    while not runs.closing:
        version = job.version
        if version > last:
            yield _event(job, version)
            last, spoken = version, time.monotonic()
            if job.over and job.version == version:
                return
        elif time.monotonic() - spoken > HEARTBEAT_S:
            yield ": still here\n\n"
            spoken = time.monotonic()
        await asyncio.sleep(LOOK_S)


def _event(job: Job, version: int) -> str:
    told = state(job).model_dump()
    if job.kind == "lottery" and job.result:
        told["so_far"] = json.loads(job.result)
    name = job.state if job.over else "progress"
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f"id: {version}\nevent: {name}\ndata: {text}\n\n"
