"""The room of evidence: numbers, papers, claims, the chain."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from markupsafe import Markup

from ..errors import Refused
from ..evidence.digest import version
from ..services import evidence
from ..services.claims import CLAIMS
from ..views import evidence_chain, evidence_claims, evidence_svg, evidence_words
from .pages import environment, render
from .slots import after

router = APIRouter(include_in_schema=False)
Words = Annotated[str, Query(max_length=100)]


def _page(name: str, tab: str, status: int = 200, **values: Any) -> Response:
    counts = {"numbers": len(evidence.numbers()), "papers": len(evidence.sources()), "claims": len(CLAIMS)}
    return render(name, status, room="Evidence", tab=tab, counts=counts, words=evidence_words,
                  **{"q": "", "find_at": "/evidence"} | values)  # fmt: skip


def _groups(q: str = "") -> list[tuple[str, list[dict[str, Any]]]]:
    """Numbers by table; those that a search leaves out are hidden, so that the script can bring them back."""
    found = {n["name"] for n in evidence.numbers(q)}
    rows = [n | {"found": n["name"] in found, "words": evidence.searched(n["name"])} for n in evidence.numbers()]
    return [(table, [n for n in rows if n["table"] == table]) for table in evidence_words.TABLES]


@router.get("/evidence")
def numbers(q: Words = "") -> Response:
    """Every number, searchable."""
    return _page("evidence.html", "numbers", groups=_groups(q), q=q, chosen="", found=len(evidence.numbers(q)))


@router.get("/evidence/numbers/{name}")
def number(name: Annotated[str, Path(max_length=60)]) -> Response:
    """One number and its source."""
    try:
        n = evidence.number(name)
    except Refused as no:
        return _page("evidence_missing.html", "numbers", 404, no=no)
    s = evidence_svg.spread(n)
    drawn = evidence_svg.density(n, s) if s else evidence_svg.interval(n) if n["lo"] is not None else ""
    return _page(
        "number.html", "numbers", n=n, spread=s, told=evidence_svg.told(s) if s else [], picture=Markup(drawn),
        groups=_groups(), chosen=name, found=len(evidence.numbers()), uses=_uses(n), slug=evidence_chain.slug,
        together=len(evidence.fitted()), keys={s["key"] for s in evidence.sources()},
        cite=evidence_words.citation(n, version()), toml=evidence_words.toml(n),
    )  # fmt: skip


def _uses(n: dict[str, Any]) -> dict[str, list[Any]]:
    """Readers of a number: quantities of the chain with what they are, and files."""
    nodes = {f"{link['name']} / {node['name']}": (link, node) for link in evidence.chain() for node in link["nodes"]}
    return {"nodes": [nodes[u] for u in n["used_in"] if u in nodes],
            "files": [u for u in n["used_in"] if u not in nodes]}  # fmt: skip


@router.get("/evidence/papers")
def papers(q: Words = "") -> Response:
    """Every source, and what of it was read."""
    wanted = evidence.folded(q).split()
    rows = [s | {"words": evidence.folded(" ".join((s["key"], s["citation"], s["doi"], s["pmid"], *s["numbers"])))}
            for s in evidence.sources()]  # fmt: skip
    shown = [s | {"found": all(word in s["words"] for word in wanted)} for s in rows]
    return _page("papers.html", "papers", sources=shown, q=q, found=sum(s["found"] for s in shown),
                 find_at="/evidence/papers")  # fmt: skip


@router.get("/evidence/claims")
async def claims(request: Request, now: bool = False) -> Response:
    """The answers, or while there are none the frame, whose script asks for them; `now` waits for them here."""
    if now:
        await after(request, evidence.answering, evidence.answers)
    return _page("claims.html", "claims", claims=_answers() if evidence.answered() else None)


@router.get("/evidence/claims/answers")
async def claims_answers(request: Request) -> Response:
    """The answers as a piece of the page."""
    await after(request, evidence.answering, evidence.answers)
    text = environment().get_template("claims_answers.html").render(claims=_answers())
    return Response(text, media_type="text/html; charset=utf-8")


def _answers() -> list[evidence_claims.Answer]:
    return [evidence_claims.shown(claim) for claim in evidence.answers()]


@router.get("/evidence/chain")
def chain() -> Response:
    """The chain drawn from its own declarations."""
    links = evidence.chain()
    known, nodes = {n["name"] for n in evidence.numbers()}, {node["name"] for link in links for node in link["nodes"]}
    equations = {
        node["name"]: Markup(evidence_chain.doors(node, known, nodes)) for link in links for node in link["nodes"]
    }
    return _page("chain.html", "chain", links=links, graph=Markup(evidence_chain.graph(links)), equations=equations,
                 edges=evidence_chain.edges(links), slug=evidence_chain.slug)  # fmt: skip
