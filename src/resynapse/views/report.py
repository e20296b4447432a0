"""The report: one HTML file with inline pictures, no script and no request, the same bytes for the same summary."""

from __future__ import annotations

from functools import cache
from importlib import resources

from resynapse.outcome.summary import Summary
from resynapse.views import pictures, sentence, tokens
from resynapse.views import report_basis as basis
from resynapse.views import report_sections as sections
from resynapse.views import words as w
from resynapse.views.html import MARK, data_table, esc, para, tag
from resynapse.views.paper import to_matplotlib, to_svg
from resynapse.views.plotspec import PAGE_HALF, PAGE_WIDE, PHONE, PlotSpec, Size

FOOTER = "Research and education. Not for prescribing."
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def report(summary: Summary) -> str:
    """The whole page as text."""
    specs = _specs(summary)
    body = _header(summary) + tag("main", _main(summary, specs)) + _footer(summary)
    return f'<!DOCTYPE html>\n<html lang="en">\n{_head(summary)}\n<body>\n{body}\n</body>\n</html>\n'


def _head(summary: Summary) -> str:
    meta = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    )
    title = tag("title", esc(f"Resynapse: {summary.person}"))
    return tag("head", meta + title + tag("style", _css(summary)))


@cache
def _sheet() -> str:
    return resources.files("resynapse.views").joinpath("report.css").read_text(encoding="utf-8")


def _css(summary: Summary) -> str:
    """Tokens, sheet, and the words at the foot of each printed page."""
    root = f":root{{{tokens.css_variables(tokens.LIGHT)}--sans:{tokens.SANS};--mono:{tokens.MONO}}}"
    page = f"@page{{@bottom-left{{content:{_css_text(FOOTER)}}}@bottom-center{{content:{_css_text(_short(summary))}}}}}"
    return f"{root}\n{_sheet()}\n{page}"


def _css_text(text: str) -> str:
    """A CSS string: all that is not a plain letter or digit as an escape, so that nothing can close it."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\{ord(c):x} " for c in text) + '"'


def _short(summary: Summary) -> str:
    return f"resynapse {summary.version} · evidence {summary.evidence_version} · seed {summary.seed}"


def _header(summary: Summary) -> str:
    word = tag("span", f"{MARK}<b>resynapse</b>", class_="brand")
    date = para(f"Date given: {w.date_words(summary.date_given)}") if summary.date_given else ""
    return tag("header", word + date)


def _footer(summary: Summary) -> str:
    return tag("footer", para(FOOTER) + para(_short(summary)))


def _main(summary: Summary, specs: dict[str, PlotSpec]) -> str:
    first = sections.opening(summary) + _pictures(summary, specs)
    first += sections.expect(summary) + sections.in_session(summary)
    second = _people_row(summary, specs) + basis.went_in(summary) + basis.how_sure(summary, _shares(specs))
    last = _tables(specs) + basis.further_tables(summary, len(specs) + 1) + basis.sources(summary)
    return first + tag("div", second, class_="sheet") + tag("div", last, class_="sheet tables")


# pictures


def _specs(summary: Summary) -> dict[str, PlotSpec]:
    """Every picture of the report, in the order in which it stands."""
    out = [
        pictures.strips(summary, PAGE_WIDE),
        _weeks(summary, PAGE_HALF),
        pictures.session(summary, PAGE_HALF),
    ]
    if sentence.inside(summary) and summary.plans[0].days:
        out += [pictures.person(summary, PAGE_HALF)] if summary.plans[0].domain.inside else []
        out += [pictures.people(summary, PAGE_HALF, k) for k, p in enumerate(summary.plans) if p.domain.inside]
        out += [pictures.shares(summary, PAGE_HALF)]
        difference = pictures.difference(summary, PAGE_HALF)
        out += [difference] if difference else []
    return {spec.key: spec for spec in out}


def _weeks(summary: Summary, size: Size) -> PlotSpec:
    """The weeks of people; of one person without draws, the two lines."""
    alone = not summary.plans[0].bands.time.size
    return pictures.person(summary, size) if alone else pictures.course(summary, size)


def _pictures(summary: Summary, specs: dict[str, PlotSpec]) -> str:
    """The strips across the page, weeks and minutes side by side."""
    strips = _picture(specs, "strips", pictures.strips(summary, PHONE))
    narrow = _weeks(summary, PHONE)
    weeks = _picture(specs, narrow.key, narrow)
    minutes = _picture(specs, "session", pictures.session(summary, PHONE))
    return strips + tag("div", weeks + minutes, class_="pair")


def _people_row(summary: Summary, specs: dict[str, PlotSpec]) -> str:
    if "course" not in specs or "person" not in specs:
        return ""
    marks = "".join(_picture(specs, key) for key in specs if key.startswith("people"))
    marks += sections.people_key(summary)
    return tag("div", _picture(specs, "person", pictures.person(summary, PHONE)) + tag("div", marks, class_="hundred"),
               class_="pair")  # fmt: skip


def _shares(specs: dict[str, PlotSpec]) -> str:
    drawn = "".join(_picture(specs, key, level="h3") for key in ("shares", "difference") if key in specs)
    return tag("div", drawn, class_="two") if drawn else ""


def _picture(specs: dict[str, PlotSpec], key: str, narrow: PlotSpec | None = None, level: str = "h2") -> str:
    """Heading, drawing, and where its numbers stand; a narrow drawing for phones beside the wide one."""
    spec = specs[key]
    number = list(specs).index(key) + 1
    place = tag("a", f"table {number}", href=f"#table-{key}")
    heading = tag(level, esc(spec.title), id=f"{key}-h") + tag("p", f"{esc(spec.sub)} · {place}", class_="sub")
    wide = tag("div", _drawn(spec, key), class_="wide" if narrow else "any")
    slim = tag("div", _drawn(narrow, f"{key}-s"), class_="slim") if narrow else ""
    return tag("section", heading + wide + slim, class_=f"picture {key}", aria_labelledby=f"{key}-h")


def _drawn(spec: PlotSpec, key: str) -> str:
    return to_svg(to_matplotlib(spec), spec.title, spec.alt, key)


def _tables(specs: dict[str, PlotSpec]) -> str:
    out = tag("h2", "The tables")
    for k, (key, spec) in enumerate(specs.items(), 1):
        heading = tag("h3", esc(f"Table {k}. {spec.title}"), id=f"table-{key}")
        out += tag("section", heading + para(spec.alt) + data_table(spec.table, spec.title), class_="numbers")
    return out
