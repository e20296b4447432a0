"""Claims for the page: the model's lines and the trials' figures, those of one unit on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resynapse.services.claims import Claim
from resynapse.views import claims as rows_
from resynapse.views import words as w
from resynapse.views.evidence_svg import Across, anchor, line, per, words_at
from resynapse.views.html import tag

HALF = 4.0  # half of a mark, px
Row = tuple[rows_.Row, tuple[str, ...], str]  # with papers and grade
CLAIM_TOKENS = {answer: colour for answer, (colour, _) in rows_.SIGNS.items()}


@dataclass(frozen=True)
class Shown:
    """One row: what, its value in words, its piece of the picture ("" where there is no axis), its paper and grade."""

    label: str
    text: str
    svg: str
    trial: bool
    papers: tuple[str, ...]
    grade: str


@dataclass(frozen=True)
class Group:
    """Rows on one axis; scale: the axis below them."""

    unit: str
    rows: tuple[Shown, ...]
    scale: str


@dataclass(frozen=True)
class Answer:
    """A claim as the page shows it; token: the colour of its answer; papers: key and citation."""

    text: str
    answer: str
    token: str
    sentence: str
    rule: str
    groups: tuple[Group, ...]
    papers: tuple[tuple[str, str], ...]


def shown(claim: Claim) -> Answer:
    """A claim with its groups; the first group is that of the model's first line."""
    both: list[Row] = [(rows_.model_row(m), (), "") for m in claim.model]
    both += [(rows_.trial_row(t), tuple(t.key.split(";")), t.grade) for t in claim.trials]
    axes = dict.fromkeys(row.axis for row, _, _ in both)
    groups = tuple(_group(axis, [r for r in both if r[0].axis == axis]) for axis in axes)
    papers = {key: text for t in claim.trials
              for key, text in zip(t.key.split(";"), t.source.split("; "), strict=False)}  # fmt: skip
    return Answer(
        claim.text, w.first_upper(claim.answer), CLAIM_TOKENS.get(claim.answer, "info"), claim.sentence, claim.rule,
        groups, tuple(papers.items()),
    )  # fmt: skip


def _group(axis: str, those: Sequence[Row]) -> Group:
    rows = [row for row, _, _ in those]
    drawn = axis == rows_.SHARE or (bool(axis) and len(rows) > 1)
    across = Across(*rows_.span(axis, rows)) if drawn else None
    lead = next((row for row in rows if not row.trial), None)
    made = tuple(
        Shown(_plain(row), row.text.replace(w.DASH, " to "), _piece(row, lead, across) if across else "", row.trial,
              papers, grade)
        for row, papers, grade in those
    )  # fmt: skip
    return Group(axis, made, _scale(across) if across else "")


def _plain(row: rows_.Row) -> str:
    """The label without the terminal's star: the page has the grade's word."""
    return row.label.rstrip("*")


def _piece(row: rows_.Row, lead: rows_.Row | None, across: Across) -> str:
    """One row's slice of the picture: hairlines, the first model line as a band through all rows, the row's mark."""
    parts = [tag("line", "", x1=per(x), x2=per(x), y1="0", y2="100%", class_="s-rule") for x, _ in across.ticks(4)]
    if lead is not None:
        left, right, middle = (across.at(v) for v in (lead.lo, lead.hi, lead.value))
        parts.append(tag("rect", "", x=per(left), width=per(right - left), y="0", height="100%", class_="f-symp b90"))
        parts.append(tag("line", "", x1=per(middle), x2=per(middle), y1="0", y2="100%", class_="s-symp lead"))
    parts += _mark(row, row is lead, across)
    return tag("svg", "".join(parts), aria_hidden="true", focusable="false")


def _mark(row: rows_.Row, leads: bool, across: Across) -> list[str]:
    """Interval and value: a square for a trial, a disc for the model."""
    colour, x = ("ink2" if row.trial else "symp"), across.at(row.value)
    out = []
    if row.hi > row.lo:
        out.append(tag("line", "", x1=per(across.at(row.lo)), x2=per(across.at(row.hi)), y1="50%", y2="50%",
                       class_=f"s-{colour} span"))  # fmt: skip
    if row.trial:
        out.append(tag("rect", "", x=per(x), y="50%", width=f"{2 * HALF:g}", height=f"{2 * HALF:g}",
                       transform=f"translate(-{HALF:g} -{HALF:g})", class_=f"f-{colour}"))  # fmt: skip
    else:
        out.append(tag("circle", "", cx=per(x), cy="50%", r=f"{HALF + leads:g}", class_=f"f-{colour}"))
    return out


def _scale(across: Across) -> str:
    ticks = across.ticks(4)
    parts = [line(0, 0.5, 100, 0.5, "s-edge")]
    for x, text in ticks:
        parts += [line(x, 0, x, 4, "s-edge"), words_at(text, x, 17, "f-ink3", anchor(x, 4))]
    return tag("svg", "".join(parts), width="100%", height="20", aria_hidden="true", focusable="false")
