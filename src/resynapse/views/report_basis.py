"""What the report's answer rests on: what went in, how sure it is, further tables, sources."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from resynapse.outcome.summary import Fact, Leaning, Plan, Summary
from resynapse.views import sentence
from resynapse.views import words as w
from resynapse.views.html import esc, grade, link, para, table, tag
from resynapse.views.points import DEFINITIONS, parts_of
from resynapse.views.report_sections import (
    COURSE,
    SESSION,
    SESSION_HEADS,
    day_row,
    escaped,
    feeds,
    peak_row,
    plan_heads,
)

FIGURES = {SESSION: "in the session", COURSE: "what to expect"}
GRADES = ("read", "derived", "unverified", "assumed")
WEEKDAYS = tuple(f"day {k}" for k in range(1, 8))
_MINUS = re.compile(r"(?<![\w-])-(?=[\d.])")


def went_in(summary: Summary) -> str:
    """Plans as calendars, the person and what moved the answer, what was not given."""
    out = tag("h2", "What went in")
    for plan in summary.plans:
        out += tag("h3", esc(f"Plan {plan.tag}, as a calendar")) + _calendar(plan)
    out += tag("h3", "Person, and what moved the answer") + _facts(summary)
    return tag("section", out + _defaults(summary), class_="in")


def _calendar(plan: Plan) -> str:
    rows = list(plan.calendar)
    head = rows.pop(0) if rows and not rows[0][0] else ("", *WEEKDAYS)
    body = [[esc(r[0]), *(tag("b", esc(c)) if any(x.isdigit() for x in c) else "·" for c in r[1:])] for r in rows]
    total = para(f"{plan.count}, together {w.dose_mg(plan.total_mg)}. {plan.domain.text}", class_="note")
    return (
        table([esc(w.first_upper(h)) for h in head], body, label=f"Calendar of plan {plan.tag}", kind="calendar")
        + total
    )


def _facts(summary: Summary) -> str:
    """Each fact with its verdict, as pairs of name and value."""

    def said(f: Fact) -> str:
        return tag("b", esc(f.verdict)) if f.verdict == sentence.MOVED else esc(f.why or f.verdict)

    pairs = [(w.first_upper(f.name), f"{esc(f.value)}: {said(f)}") for f in summary.facts]
    pairs.append(("Compared with", esc(summary.compared_with)))
    inner = "".join(tag("div", tag("dt", esc(w.first_upper(n))) + tag("dd", v)) for n, v in pairs)
    return tag("dl", inner, class_="facts")


def _defaults(summary: Summary) -> str:
    if not summary.defaults:
        return ""
    rows = [[esc(w.first_upper(n)), esc(v), esc(w.listed([FIGURES[f] for f in feeds(n)]))] for n, v in summary.defaults]
    head = ["Not given", "Taken as", "Rests on it"]
    return tag("h3", "What was not given") + table(head, rows, label="What was not given", kind="words")


def how_sure(summary: Summary, shares: str) -> str:
    """The numbers that matter most, how the points are shared, and what the width is made of."""
    out = tag("h2", "How sure it is") + _leanings(summary)
    out += shares + (_definitions(summary) if shares else "") + _width(summary)
    out += _list("What this cannot tell", summary.cannot_tell)
    sure = [_list("What is known", summary.known), _list("What is assumed", summary.assumed)]
    out += tag("div", "".join(tag("div", part) for part in sure if part), class_="two")
    return tag("section", out, class_="sure") + _again(summary)


def _leanings(summary: Summary) -> str:
    if not summary.leanings:
        return ""
    head = ["Number", "Value", "Moves the drug’s part by", "Source", "Grade"]
    rows = [
        [_named(x), esc(_signs(x.value)), esc(_signs(x.moves)), _cited(x.source, summary), grade(x.grade)]
        for x in summary.leanings
    ]
    key = tag("p", " ".join(grade(g) for g in GRADES), class_="grades")
    title = tag("h3", "Numbers that matter most, and their sources")
    return title + table(head, rows, label="Numbers that matter most", kind="words") + key


def _named(x: Leaning) -> str:
    """What the number is, and its name below."""
    return esc(w.first_upper(x.meaning)) + tag("small", esc(x.name)) if x.meaning else esc(x.name)


def _signs(text: str) -> str:
    """A true minus before a figure."""
    return _MINUS.sub(w.MINUS, text)


def _cited(source: str, summary: Summary) -> str:
    """Each key of a source as a link to where it stands in the list."""
    place = {key: k for k, (key, _, _) in enumerate(summary.sources, 1)}
    keys = [part.strip() for part in source.split(";")]
    return "; ".join(tag("a", esc(k), href=f"#source-{place[k]}") if k in place else esc(k) for k in keys)


def _definitions(summary: Summary) -> str:
    told = sentence.inside(summary)
    text = "; ".join(f"<b>{esc(name)}</b>: {esc(what)}" for name, what in DEFINITIONS)
    out = tag("h3", "How the points are shared out") + tag("p", f"{text}. They add up as printed.")
    days = [(p, sentence.main_day(p)) for p in told]
    sums = [f"plan {p.tag} on {w.day(d.day)}: {w.sum_written_out(parts_of(d))}" for p, d in days if d]
    return out + (para(f"{w.first_upper('; '.join(sums))}.") if sums else "")


def _width(summary: Summary) -> str:
    told = sentence.inside(summary)
    rows = [
        [f"Plan {p.tag}", w.unit(w.tenth(p.within_sd), "points"), w.unit(w.tenth(p.between_sd), "points")]
        for p in told
        if math.isfinite(p.within_sd)
    ]
    if not rows:
        return ""
    title = "How much of the width is people, and how much is ignorance"
    text = "Change of MADRS on day 1, as standard deviations. More trials would narrow the second, never the first."
    head = ["", "People differ from each other by", "Not known about their average"]
    return tag("h3", title) + para(text) + table(head, escaped(rows), label=title, kind="words")


def _list(title: str, items: tuple[str, ...]) -> str:
    if not items:
        return ""
    return tag("h3", esc(title)) + tag("ul", "".join(tag("li", esc(item)) for item in items))


def _again(summary: Summary) -> str:
    out = tag("h2", "Run it again") + tag("pre", tag("code", esc(summary.command)), tabindex="0", aria_label="Command")
    return tag("section", out + tag("h2", "Versions") + para(versions(summary)), class_="again")


def versions(summary: Summary) -> str:
    """Program, evidence with its digest, people, seed."""
    sha = summary.evidence_sha
    short = f"{sha[:4]}…{sha[-4:]}" if len(sha) > 12 else sha
    draws = f" ({w.count(summary.draws)} draws × {w.count(summary.per_draw)})" if summary.draws else ""
    people = f"{w.count(summary.people)} {'person' if summary.people == 1 else 'people'}{draws}"
    return (f"resynapse {summary.version} · evidence {summary.evidence_version} (sha256 {short}) · {people} "
            f"· seed {summary.seed}")  # fmt: skip


def sources(summary: Summary) -> str:
    """Every source, with its address."""
    if not summary.sources:
        return ""
    items = "".join(tag("li", f"{esc(text)} {link(address)}", id=f"source-{k}")
                    for k, (_, text, address) in enumerate(summary.sources, 1))  # fmt: skip
    return tag("section", tag("h2", "Sources") + tag("ol", items, class_="sources"))


def further_tables(summary: Summary, first: int) -> str:
    """What page 1 has no room for: every day, and every read-out's peak."""
    told = sentence.inside(summary)
    out, number = "", first
    if told and told[0].days:
        rows = escaped([day_row(summary, told, d.day) for d in told[0].days])
        out += _further(f"Table {number}. Respond, every day looked at", plan_heads(told), rows)
        out += _well(told)
        number += 1
    for plan in summary.plans[:1]:
        title = f"Table {number}. Session {plan.session.number}, plan {plan.tag}: every read-out"
        out += _further(title, SESSION_HEADS, escaped([peak_row(p) for p in plan.session.peaks]))
    return out


def _further(title: str, head: Sequence[str], rows: list[list[str]]) -> str:
    return tag("section", tag("h3", esc(title)) + table(head, rows, label=title), class_="numbers")


def _well(told: tuple[Plan, ...]) -> str:
    values = [f"plan {p.tag}: {w.people_ranged(p.back.well_day_28)}" for p in told]
    return para(f"Responders still well on day 28: {'; '.join(values)}.", class_="note")
