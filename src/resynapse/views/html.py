"""The few pieces of HTML the report is made of. All text goes through `esc`; nothing else does."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from resynapse.views.plotspec import Table
from resynapse.views.words import clean

_DOI = re.compile(r"^10\.\d{4,9}/\S+$")
_WEB = re.compile(r"^https?://[^\s\"'<>]+$")

# The mark: a branching axon; one end has met its partner, the other is still open.
MARK = (
    '<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" '
    'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">'
    '<path d="M2 14.5h3.2c3.6 0 4-7 8-7"/><path d="M5.2 14.5c2.4 0 2.8 2.7 4.6 4"/>'
    '<circle cx="13.4" cy="7.5" r="2.6" fill="currentColor" stroke="none"/>'
    '<circle cx="11.4" cy="19.8" r="1.9" stroke-width="1.7"/>'
    '<path d="M15.6 1.9a6 6 0 0 1 0 11.2"/><path d="M19.4 7.5H22"/></svg>'
)
_GRADES = {
    "full": '<circle cx="6" cy="6" r="5" fill="currentColor"/>',
    "half": '<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M6 1.7a4.3 4.3 0 0 1 0 8.6z" fill="currentColor"/>',
    "dashed": '<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.4" '
    'stroke-dasharray="2 1.38"/>',
    "ring": '<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.4"/>',
}
_GRADE_OF = {"read": "full", "established": "full", "derived": "half", "contested": "half", "unverified": "dashed"}
_TRIANGLE = '<path d="M6 .8 11.6 11H.4z" fill="currentColor"/>'


def esc(text: object) -> str:
    """Text for HTML: escaped, and without characters a page cannot hold."""
    return html.escape(clean(str(text), keep="\n"), quote=True)


def tag(name: str, inner: str, **attributes: str) -> str:
    """An element around HTML; a trailing underscore is dropped from attribute names, others become dashes."""
    pairs = "".join(f' {k.rstrip("_").replace("_", "-")}="{esc(v)}"' for k, v in attributes.items() if v)
    return f"<{name}{pairs}>{inner}</{name}>"


def para(text: str, **attributes: str) -> str:
    """A paragraph of plain text."""
    return tag("p", esc(text), **attributes)


def icon(shape: str) -> str:
    """A small sign; the word beside it says the same."""
    body = _TRIANGLE if shape == "triangle" else _GRADES[shape]
    box = 'class="sign" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false"'
    return f"<svg {box}>{body}</svg>"


def grade(word: str) -> str:
    """A grade: mark and word."""
    return f'<span class="grade">{icon(_GRADE_OF.get(word, "ring"))} {esc(word)}</span>'


def link(address: str) -> str:
    """A DOI or a web address as a link; anything else as text."""
    if _DOI.match(address):
        return tag("a", esc(address), href=f"https://doi.org/{address}")
    return tag("a", esc(address), href=address) if _WEB.match(address) else esc(address)


def rows(cells: Iterable[Sequence[str]], head: bool = True) -> str:
    """Body rows of ready HTML cells; the first of each row names it."""
    out = []
    for first, *rest in cells:
        opening = tag("th", first, scope="row") if head else tag("td", first)
        out.append(tag("tr", opening + "".join(tag("td", c) for c in rest)))
    return tag("tbody", "".join(out))


def table(head: Sequence[str], body: Iterable[Sequence[str]], *, label: str, kind: str = "") -> str:
    """A table of ready HTML cells in a box of its own, so that it scrolls there and not the page."""
    cells = "".join(tag("th", h, scope="col") if h else "<td></td>" for h in head)
    inner = tag("thead", tag("tr", cells)) + rows(body)
    return tag("div", tag("table", inner, class_=kind), class_="scroll", role="region", tabindex="0", aria_label=label)


def data_table(data: Table, label: str) -> str:
    """The table of a picture."""
    return table([esc(h) for h in data.head], [[esc(c) for c in row] for row in data.rows], label=label, kind="data")
