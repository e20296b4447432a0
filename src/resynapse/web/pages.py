"""The pages: Jinja2 around the same API. A room that does not work yet is not in the header."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from ..evidence import load
from ..evidence.digest import version
from ..services import explore as explore_
from ..services.presets import presets
from ..therapy.protocols import people, protocols
from ..version import __version__
from ..views import tokens
from ..views.html import MARK

router = APIRouter(include_in_schema=False)
FOOTER = "Research and education. Not for prescribing."
ROOMS = (("Explore", "/explore"), ("Evidence", "/evidence"))


@cache
def environment() -> Environment:
    """Templates: everything escaped, a name that is missing is an error."""
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(default=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    env.globals |= {
        "mark": Markup(MARK), "rooms": ROOMS, "footer": FOOTER, "version": __version__, "evidence_version": version(),
    }  # fmt: skip
    return env


def render(name: str, status: int = 200, **values: Any) -> Response:
    """A template as a page."""
    return Response(environment().get_template(name).render(**values), status, media_type="text/html; charset=utf-8")


@router.get("/tokens.css")
def tokens_css() -> Response:
    """The colours of both themes, from the same table as paper and terminal."""
    light, dark = (tokens.css_variables({**t, "on-hope": tokens.ON_HOPE}) for t in (tokens.LIGHT, tokens.DARK))
    faces = f"--sans:{tokens.SANS};--mono:{tokens.MONO};"
    text = (
        f":root{{color-scheme:light;{light}{faces}}}\n:root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media print{{:root,:root[data-theme=dark]{{color-scheme:light;{light}}}}}\n"
    )
    return Response(text, media_type="text/css; charset=utf-8", headers={"cache-control": "no-cache"})


@router.get("/")
def home() -> Response:
    """The first page."""
    ledger = load()
    return render("home.html", room="Home", presets=presets(), numbers=len(ledger), papers=len(ledger.sources))


@router.get("/explore")
def explore() -> Response:
    """The page of Explore; its script reads the address and asks the API."""
    return render(
        "explore.html", room="Explore", protocols=protocols(), examples=people(), choices=explore_.choices(),
        presets=presets(), today=dt.date.today().isoformat(),
    )  # fmt: skip


def not_here(_: Request, status: int) -> Response:
    """No such page."""
    return render("missing.html", status, room="", near=())
