"""What can be taken away: report, table, pictures, and the files with the one command that gives the same answer."""

from __future__ import annotations

import csv
import io
import math
import shlex
import threading
import zipfile
from typing import Any

from ..errors import Place, Refused
from ..formats.files import course_toml, patient_toml
from ..outcome.summary import Summary
from ..views import tokens
from .runs import Answer, Ask, read
from .simulate import Request

USUAL = Request("")
HEAD = ("plan", "day [d]", "quantity", "unit", "value [unit]", "lo 5 % [unit]", "hi 95 % [unit]", "of")
PICTURES = ("strips", "course", "session", "person", "people", "shares")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date a zip can hold: the same bytes every day
_drawing = threading.Lock()  # matplotlib's settings belong to the whole process


def command(ask: Ask, *flags: str, files: bool = False) -> str:
    """The one command line that gives the same answer; from the written files, or from texts alone."""
    plan, person, against = ask.plan, ask.person, ask.against.strip()
    if files:
        plan, person, against = "course.toml", "person.toml", "against.toml" if against else ""
    words = ["resynapse", "simulate", plan]
    for name, value, usual in (
        ("person", person, USUAL.person), ("against", against, USUAL.against),
        ("setting", _dashed(ask.setting), _dashed(USUAL.setting)),
        ("compare", _dashed(ask.compare), _dashed(USUAL.compare)), ("floor", ask.floor, USUAL.floor),
        ("cut", ",".join(ask.cut), USUAL.cut), ("population", ask.population, ""),
        ("seed", str(ask.seed), str(USUAL.seed)),
        ("until", ask.until, USUAL.until), ("date", ask.date, USUAL.date),
    ):  # fmt: skip
        if value != usual:
            words += [f"--{name}", value]
    return " ".join(shlex.quote(word) for word in (*words, *flags))


def _dashed(name: str) -> str:
    return name.strip().lower().replace(" ", "-")


def files(ask: Ask) -> dict[str, str]:
    """Name to text of the files that reproduce an answer; a cut is said on the command line."""
    courses, patient = read(ask)
    found = {"course.toml": course_toml(courses[0])}
    if len(courses) > 1:
        found["against.toml"] = course_toml(courses[1])
    return {**found, "person.toml": patient_toml(patient)}


def zipped(ask: Ask) -> bytes:
    """The same files and the command as a zip, the same bytes for the same answer."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for name, text in {**files(ask), "command.txt": command(ask, files=True) + "\n"}.items():
            info = zipfile.ZipInfo(f"resynapse/{name}", EPOCH)
            info.create_system, info.external_attr, info.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            into.writestr(info, text.encode())
    return out.getvalue()


def table_csv(answer: Answer) -> str:
    """The tidy table as RFC 4180 text: units in the head, a unit a row; what is not finite is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows([_cell(v) for v in row] for row in answer.table.itertuples(index=False))
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return repr(float(value)) if math.isfinite(value) else ""
    return value


def report_html(answer: Answer) -> str:
    """The report, as the command line writes it."""
    from ..views.report import report

    with _drawing:
        return report(answer.summary)


def picture_svg(summary: Summary, name: str) -> str:
    """One picture as a file of its own: light, with its ground, without a request to anywhere."""
    from ..views import pictures
    from ..views.plot import plot
    from ..views.plotspec import SCREEN
    from ..views.svg import to_svg

    _drawable(summary, name)
    shown = "person" if name == "course" and not summary.draws else name
    spec = getattr(pictures, shown)(summary, size=SCREEN)
    with _drawing:
        return alone(to_svg(plot(summary, name), spec.title, spec.alt, name))


def alone(text: str) -> str:
    """A drawn picture as a file of its own: with its ground."""
    ground = f'<rect width="100%" height="100%" fill="{tokens.LIGHT["panel"]}" />'
    head, middle, rest = text.partition("</desc>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{middle}{ground}{rest}\n'


def _drawable(summary: Summary, name: str) -> None:
    if name not in PICTURES:
        cause, rule, passes = f"{name[:40]!r} is no picture", f"Pictures: {', '.join(PICTURES)}.", PICTURES
        raise Refused(cause, rule, passes, Place(field="name"))
    first = summary.plans[0]
    if name in ("people", "shares") and not (summary.draws and first.days and first.domain.inside):
        rule = "It needs people, draws and a plan inside the fitted data."
        raise Refused(f"there is no picture {name!r} of this answer", rule, ("strips",), Place(field="name"))
