"""The app: routes, guard, refusals in one shape."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Match
from starlette.staticfiles import StaticFiles

from ..errors import Refused
from ..version import __version__
from . import api, api_data, api_evidence, api_runs, pages, pages_evidence
from .documentation import describe
from .guard import Guard, Turned
from .jobs import Runs
from .refusals import told
from .slots import Busy, Left, Slots, left
from .strict import shown

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
API = "/api/v1"
METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
DESCRIPTION = "Ketamine therapy in software. Research and education. Not for prescribing."


def create(hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The app, to be called by any of these host names."""
    app = FastAPI(
        title="Resynapse", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url=f"{API}/openapi.json", lifespan=_life, redirect_slashes=False,
    )  # fmt: skip
    app.state.slots, app.state.runs = Slots(), Runs()
    for part in (api, api_data, api_evidence, api_runs):
        app.include_router(part.router, prefix=API)
    app.include_router(pages.router)
    app.include_router(pages_evidence.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(Turned, turned)
    app.add_exception_handler(Left, left)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, missing)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=3)
    app.add_middleware(Guard, hosts=hosts)
    describe(app)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """With the server all its runs end."""
    app.state.runs.closing = False
    yield
    app.state.runs.close()


async def refused(_: Request, no: Exception) -> JSONResponse:
    """A refused input: nothing was computed."""
    assert isinstance(no, Refused)
    return JSONResponse(told(no), 422)


async def turned(_: Request, no: Exception) -> JSONResponse:
    """A request that is turned away behind the guard."""
    assert isinstance(no, Turned)
    headers = {"retry-after": no.passes[0]} if isinstance(no, Busy) else None
    return JSONResponse(no.body(), no.status, headers=headers)


async def invalid(request: Request, no: Exception) -> JSONResponse:
    """A field outside its bounds, or a body that is no object, in the shape of a refusal."""
    assert isinstance(no, RequestValidationError)
    first = no.errors()[0]
    tagged = request.url.path == f"{API}/runs"  # of a run the kind stands before the field
    field = ".".join(str(part) for part in first["loc"][1 + tagged :])
    said = shown(field) if field else "the body"
    why = first["msg"].removeprefix("Value error, ")
    cause = f"{said}: {why[:1].lower()}{why[1:]}"
    place = {"text": "", "start": 0, "end": 0, "field": "".join(c if c.isprintable() else "?" for c in field[:80])}
    rule = f"The fields and their bounds stand in {API}/openapi.json."
    return JSONResponse({"refused": cause, "rule": rule, "passes": [], "place": place}, 422)


async def missing(request: Request, no: Exception) -> JSONResponse | Any:
    """An address that is not here, or a method it does not know."""
    assert isinstance(no, HTTPException)
    headers = {"allow": ", ".join(_methods(request))} if no.status_code == 405 else no.headers
    if request.url.path.startswith("/api/"):
        rule = f"The addresses stand in {API}/openapi.json."
        said: dict[str, Any] = {"refused": str(no.detail).lower(), "rule": rule, "passes": [], "place": None}
        return JSONResponse(said, no.status_code, headers=headers)
    page = pages.not_here(request, no.status_code)
    page.headers.update(headers or {})
    return page


def _methods(request: Request) -> list[str]:
    """Every method that some route knows at this address: one route alone would name its own."""
    if request.url.path.startswith("/static/"):
        return ["GET", "HEAD"]
    scopes = {m: {**request.scope, "type": "http", "method": m} for m in METHODS}
    routes = request.app.routes
    return [m for m, scope in scopes.items() if any(r.matches(scope)[0] is Match.FULL for r in routes)]
