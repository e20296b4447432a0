"""The app: routes, guard, refusals in one shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from ..errors import Refused
from ..version import __version__
from . import api, pages
from .guard import Guard

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DESCRIPTION = "Ketamine therapy in software. Research and education. Not for prescribing."


def create(hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The app, to be called by any of these host names."""
    app = FastAPI(
        title="Resynapse", version=__version__, description=DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )  # fmt: skip
    app.include_router(api.router, prefix="/api/v1")
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, missing)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=3)
    app.add_middleware(Guard, hosts=hosts)
    return app


def told(no: Refused) -> dict[str, Any]:
    """A refusal as JSON: cause, rule, values that pass, and the place in the text."""
    at = no.place
    place = {"text": at.text, "start": at.start, "end": at.end, "field": at.field} if at.text or at.field else None
    return {"refused": no.cause, "rule": no.rule, "passes": list(no.passes), "place": place}


async def refused(_: Request, no: Exception) -> JSONResponse:
    """A refused input: nothing was computed."""
    assert isinstance(no, Refused)
    return JSONResponse(told(no), 422)


async def invalid(_: Request, no: Exception) -> JSONResponse:
    """A field outside its bounds, or a body that is not JSON, in the shape of a refusal."""
    assert isinstance(no, RequestValidationError)
    first = no.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    cause = f"{field or 'the body'}: {first['msg'][:1].lower()}{first['msg'][1:]}"
    place = {"text": "", "start": 0, "end": 0, "field": field}
    rule = "The fields and their bounds stand in /api/v1/openapi.json."
    return JSONResponse({"refused": cause, "rule": rule, "passes": [], "place": place}, 422)


async def missing(request: Request, no: Exception) -> JSONResponse | Any:
    """An address that is not here, or a method it does not know."""
    assert isinstance(no, HTTPException)
    if request.url.path.startswith("/api/"):
        rule = "The addresses stand in /api/v1/openapi.json."
        return JSONResponse({"refused": str(no.detail).lower(), "rule": rule, "passes": [], "place": None},
                            no.status_code, headers=getattr(no, "headers", None))  # fmt: skip
    return pages.not_here(request, no.status_code)
