"""The room of evidence: numbers, papers, claims, the chain."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from ..errors import Refused
from ..services import evidence
from ..services.claims import Claim
from ..views import claims as claims_
from ..views import evidence_pages as view
from .api_evidence import answers
from .pages import environment, render

router = APIRouter(include_in_schema=False)


def _page(name: str, tab: str, **values: Any) -> Response:
    counts = {"numbers": len(evidence.numbers()), "papers": len(evidence.sources())}
    return render(name, room="Evidence", tab=tab, counts=counts, view=view, **values)


@router.get("/evidence")
def numbers() -> Response:
    """Every number, searchable."""
    return _page("evidence.html", "numbers", rows=evidence.numbers(), tables=view.TABLES, chosen=None)


@router.get("/evidence/numbers/{name}")
def number(name: Annotated[str, Path(max_length=60)]) -> Response:
    """One number and its source."""
    try:
        n = evidence.number(name)
    except Refused as no:
        return render("missing.html", 404, room="Evidence", near=no.passes)
    curves = [view.density(n, n["se"] or 0.0, "How well it is known"),
              view.density(n, n["between_people"] or 0.0, "How much people differ")]  # fmt: skip
    return _page("number.html", "numbers", n=n, curves=[c for c in curves if c], rows=evidence.numbers(),
                 tables=view.TABLES, chosen=name)  # fmt: skip


@router.get("/evidence/papers")
def papers() -> Response:
    """Every source."""
    return _page("papers.html", "papers", sources=evidence.sources())


@router.get("/evidence/claims")
def claims() -> Response:
    """The frame; its script asks for the answers, which take some seconds the first time."""
    return _page("claims.html", "claims")


@router.get("/evidence/claims/answers")
async def claims_answers() -> Response:
    """The answers as a piece of the page."""
    told = await asyncio.to_thread(answers)
    rows = [(c, view.axes(_rows(c)), claims_.SIGNS.get(c.answer, ("info", ""))[0]) for c in told]
    text = environment().get_template("claims_answers.html").render(claims=rows)
    return Response(text, media_type="text/html; charset=utf-8")


def _rows(claim: Claim) -> list[tuple[str, claims_.Row, str, str]]:
    model = [("model", claims_.model_row(line), "", "") for line in claim.model]
    return [*model, *(("trial", claims_.trial_row(t), t.key, t.grade) for t in claim.trials)]


@router.get("/evidence/chain")
def chain() -> Response:
    """The chain drawn from its own declarations."""
    links = evidence.chain()
    known = {n["name"] for n in evidence.numbers()}
    return _page("chain.html", "chain", links=links, graph=view.graph(links), known=known)
