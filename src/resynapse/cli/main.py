"""The command line: `resynapse VERB`. Data on standard output, progress and refusals on standard error."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, Any, NoReturn

import typer

from ..errors import Refused

# Typer shows tracebacks in boxes; here a fault of ours stays a plain traceback and a user's is a Refused.
app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Ketamine therapy in software, from the infusion to the month after. Research and education; not for "
    "prescribing.",
)  # fmt: skip

REFUSED = 2
INTERRUPTED = 130

# a plan and a person, as several verbs take them
PlanText = Annotated[str, typer.Argument(help="a plan in one line, a protocol's name, or a TOML or JSON file")]
PersonText = Annotated[str, typer.Option(help="facts in one line, an example's name, or a file")]
WeightText = Annotated[str, typer.Option(help='with its unit: "82 kg"')]
AgeText = Annotated[str, typer.Option(help='"44 y"')]
SexText = Annotated[str, typer.Option(help="female or male")]
MadrsText = Annotated[str, typer.Option(help="score at the start, 0 to 60")]
SbpText = Annotated[str, typer.Option(help="systolic pressure at the start, mmHg")]
DbpText = Annotated[str, typer.Option(help="diastolic pressure at the start, mmHg")]
PulseText = Annotated[str, typer.Option(help="at the start, per minute")]
TrialsText = Annotated[str, typer.Option(help="antidepressants tried without success")]
NewDrug = Annotated[bool, typer.Option(help="an oral antidepressant starts within 14 days")]
SettingText = Annotated[str, typer.Option(help="masked-trial, admission or anaesthesia")]


def _colour(stream: Any) -> bool:
    return bool(stream.isatty()) and "NO_COLOR" not in os.environ


def _width() -> int:
    import shutil

    return max(60, min(100, shutil.get_terminal_size((100, 24)).columns))


@app.command()
def simulate(
    course: PlanText,
    person: PersonText = "",
    weight: WeightText = "",
    age: AgeText = "",
    sex: SexText = "",
    madrs: MadrsText = "",
    sbp: SbpText = "",
    dbp: DbpText = "",
    heart_rate: PulseText = "",
    failed_trials: TrialsText = "",
    new_antidepressant: NewDrug = False,
    against: Annotated[str, typer.Option(help='a second plan; fields left out are the first one\'s: "once"')] = "",
    cut: Annotated[
        list[str],
        typer.Option(help="plan B is the same with these links cut: blood, receptor, glutamate, connections, hope; "
                     "with commas, or once for each"),
    ] = [],  # noqa: B006
    setting: SettingText = "masked-trial",
    compare: Annotated[
        str,
        typer.Option(help="beside every headline: active-placebo, saline-crossover, saline-parallel, "
                     "placebo-spray, no-treatment"),
    ] = "active-placebo",
    floor: Annotated[str, typer.Option(help='the site\'s shortest stay: "100 min"')] = "",
    population: Annotated[
        str, typer.Option(help="people, or draws x people; 1: this person alone. 4000, with --out 200x200")
    ] = "",
    seed: Annotated[int, typer.Option(help="the same seed gives the same answer")] = 1,
    until: Annotated[str, typer.Option(help="how long people are followed")] = "6 weeks",
    date: Annotated[str, typer.Option(help="date given, printed in the report: 2026-11-24")] = "",
    out: Annotated[str, typer.Option(help="write the report to this HTML file")] = "",
    json: Annotated[bool, typer.Option("--json", help="the answer as JSON on standard output")] = False,
) -> None:  # fmt: skip
    """What a course does, minute by minute and week by week."""
    from ..services.simulate import Request, answer

    facts = _facts(
        new_antidepressant, weight=weight, age=age, sex=sex, madrs=madrs, sbp=sbp, dbp=dbp, heart_rate=heart_rate,
        failed_trials=failed_trials,
    )  # fmt: skip
    people = population or ("200x200" if out else "4000")
    request = Request(
        course, person, facts, against, setting, compare, floor, ",".join(cut), people, seed, until, date, _command()
    )
    _checked(out, course, against, person)
    with _Working(people):
        outcome = answer(request)
        summary = outcome.summary
    _show(summary, outcome.alone, json)
    if out:
        _write(out, outcome.report())


def _facts(new_antidepressant: bool, **typed: str) -> dict[str, Any]:
    """Facts typed one by one, those left out left out."""
    from ..services.simulate import facts_of

    facts = facts_of({k: v for k, v in typed.items() if v})
    return facts | ({"new_antidepressant": True} if new_antidepressant else {})


def _checked(out: str, *inputs: str) -> None:
    """Refuse a report's path before anything is computed; `inputs` may be files."""
    if out:
        from ..services.simulate import check_target

        check_target(out, inputs)


def _show(summary: Any, alone: bool, as_json: bool) -> None:
    if as_json:
        import json

        from ..views.json_out import to_json

        sys.stdout.write(json.dumps(to_json(summary), ensure_ascii=False, allow_nan=False) + "\n")
        return
    from ..views.terminal import render, render_alone

    draw = render_alone if alone else render
    sys.stdout.write(draw(summary, width=_width(), colour=_colour(sys.stdout)) + "\n")


def _write(path: str, text: str) -> None:
    from ..formats.files import write_text_atomically

    write_text_atomically(path, text)
    sys.stderr.write(f"report: {path}\n")


class _Working:
    """One line on standard error while it runs, wiped after; nothing where nobody watches."""

    def __init__(self, people: str) -> None:
        self.text = f"simulating {people} people" if people != "1" else "simulating"
        self.on = sys.stderr.isatty()

    def __enter__(self) -> None:
        if self.on:
            sys.stderr.write(f"{self.text} ...")
            sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self.on:
            sys.stderr.write("\r\033[K")


def _command() -> str:
    """How this run was called, for the report."""
    import shlex

    return "resynapse " + " ".join(shlex.quote(word) for word in sys.argv[1:])


@app.command()
def demo(
    out: Annotated[str, typer.Option(help="where the report goes")] = "resynapse-report.html",
    date: Annotated[str, typer.Option(help="date given, printed in the report")] = "",
) -> None:
    """The example: six infusions against one, for one example person; ends with the path of the report."""
    from pathlib import Path

    from ..services.demo import REQUEST, run

    _checked(out)
    with _Working(REQUEST.population):
        outcome = run(date)
        summary = outcome.summary
    _show(summary, False, False)
    from ..formats.files import write_text_atomically

    write_text_atomically(out, outcome.report())
    sys.stdout.write(f"\n{Path(out).resolve()}\n")


@app.command()
def protocols(json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """Named protocols and example people, each with its source."""
    from ..views import protocols as view

    sys.stdout.write(view.as_json() if json else view.render(_width(), _colour(sys.stdout)))


@app.command()
def evidence(
    name: Annotated[str, typer.Argument(help="a number's name; none lists them all")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="fail on a missing unit, grade, source, rule or reason")
    ] = False,
) -> None:
    """One number with its source and where it is used, or the check of all of them."""
    from ..services import evidence as service

    if check:
        _check(service)
    elif name:
        sys.stdout.write("\n".join(service.show(name)) + "\n")
    else:
        sys.stdout.write("\n".join(service.listing()) + "\n")


def _check(service: Any) -> None:
    faults, remarks = service.check()
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"{len(faults)} faults; {len(remarks)} numbers kept that nothing reads yet\n")
    if faults:
        raise typer.Exit(1)


@app.command()
def claims(
    seed: Annotated[int, typer.Option(help="the same seed gives the same answer")] = 1,
    json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """What people are told about ketamine therapy, answered by the model beside the trials."""
    import json as json_

    from ..services.claims import answer, claims_json

    with _Working("4000"):
        found = answer(seed=seed)
    if json:
        sys.stdout.write(json_.dumps(claims_json(found), ensure_ascii=False, allow_nan=False) + "\n")
        return
    from ..views.claims import render

    sys.stdout.write(render(found, _width(), _colour(sys.stdout)) + "\n")


@app.command()
def kinetics(
    events: Annotated[str, typer.Argument(help="a NONMEM-style table, CSV: docs/dosing.md")],
    out: Annotated[str, typer.Option(help="write the levels to this CSV file")] = "",
    json: Annotated[bool, typer.Option("--json", help="as JSON on standard output")] = False,
    lag: Annotated[list[str], typer.Option(help="ROUTE=HOURS: doses by this route enter later")] = [],  # noqa: B006
) -> None:
    """Levels at each observation of a table of dose records, ng/mL; CSV on standard output unless told else."""
    import json as json_

    from ..services.kinetics import answer

    _checked(out, events)
    found = answer(events, lag)
    if out:
        from ..formats.files import write_text_atomically

        write_text_atomically(out, found.csv())
        sys.stderr.write(f"levels: {out}\n")
    if json:
        sys.stdout.write(json_.dumps(found.json(), ensure_ascii=False, allow_nan=False) + "\n")
    elif not out:
        sys.stdout.write(found.csv())


@app.command()
def events(
    course: PlanText,
    weight: WeightText = "70 kg",
) -> None:
    """A plan's doses for one person as a table that `kinetics` reads."""
    from ..formats.event_table import events_csv
    from ..services.simulate import facts_of, read_course

    kg = facts_of({"weight": weight})["weight"]
    sys.stdout.write(events_csv(read_course(course).doses(kg), kg))


@app.command()
def validate(
    what: Annotated[str, typer.Argument(help="kinetics: levels; efficacy: trials' outcomes; safety: sessions")],
    out: Annotated[str, typer.Option(help="predicted against observed, as a picture: this SVG file")] = "",
    draws: Annotated[int, typer.Option(help="how often each trial is drawn again; not for kinetics")] = 1000,
    json: Annotated[bool, typer.Option("--json", help="every row, as JSON")] = False,
) -> None:
    """Published observations beside what the model says of them."""
    from ..views.validations import known, made

    if what not in known():
        rule = f"There are {', '.join(known())}."
        raise Refused(f"{what[:40]!r} is not validated", rule, known()[:1])
    _checked(out)
    with _Working("typical"):
        found = made(what, draws)
    if out:
        from ..formats.files import write_text_atomically
        from ..services.export import alone
        from ..views.plot import drawn_alone
        from ..views.svg import to_svg

        spec = found.picture()
        write_text_atomically(out, alone(to_svg(drawn_alone(spec), spec.title, spec.alt, spec.key)))
        sys.stderr.write(f"picture: {out}\n")
    if json:
        import json as json_

        sys.stdout.write(json_.dumps(found.values(), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        sys.stdout.write(found.text(_width(), _colour(sys.stdout)))


@app.command()
def verify(
    seed: Annotated[int, typer.Option(help="of the random people and regimens")] = 1,
    regimens: Annotated[int, typer.Option(help="random regimens whose levels are checked")] = 25,
    effects: Annotated[int, typer.Option(help="random regimens whose effects are checked")] = 12,
    json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """How exact this installation is: every check with its worst error; ends with 1 if one fails."""
    import time

    from ..services.verify import size_of, verified
    from ..views.verify import as_values, render

    size, found, begun = size_of(seed, regimens, effects), [], time.perf_counter()
    for checked in verified(size):
        found.append(checked)
        sys.stderr.write(f"{time.perf_counter() - begun:5.0f} s  {checked.check.name}\n")
    if json:
        import json as json_

        sys.stdout.write(json_.dumps(as_values(found, size), ensure_ascii=False, allow_nan=False) + "\n")
    else:
        sys.stdout.write(render(found, _width(), _colour(sys.stdout)))
    if not all(checked.holds for checked in found):
        raise typer.Exit(1)


@app.command()
def schema(what: Annotated[str, typer.Argument(help="course, patient or answer")]) -> None:
    """The JSON Schema of a course file, a patient file or the answer of `simulate --json`."""
    import json

    from ..services.schema import schema as find

    sys.stdout.write(json.dumps(find(what), indent=2, ensure_ascii=False) + "\n")


@app.command()
def equations(
    out: Annotated[str, typer.Option(help="write them to this Markdown file: docs/equations.md")] = "",
) -> None:
    """Every equation of the chain in print, with the numbers it takes; needs the extra sbml."""
    _needs("sbml", "printing equations", "sympy")
    from ..evidence import load
    from ..mechanism import CHAIN
    from ..views.equations import page

    _checked(out)
    _put(page(CHAIN, load()), out, "equations")


@app.command()
def sbml(
    course: PlanText,
    person: PersonText = "",
    weight: WeightText = "",
    age: AgeText = "",
    sex: SexText = "",
    madrs: MadrsText = "",
    sbp: SbpText = "",
    dbp: DbpText = "",
    heart_rate: PulseText = "",
    failed_trials: TrialsText = "",
    new_antidepressant: NewDrug = False,
    setting: SettingText = "masked-trial",
    responder: Annotated[bool, typer.Option("--responder/--non-responder", help="which of the two classes")] = True,
    out: Annotated[str, typer.Option(help="write the document to this XML file")] = "",
) -> None:  # fmt: skip
    """A plan in one person as SBML, for other software; needs the extra sbml."""
    _needs("sbml", "writing SBML", "sympy", "libsbml")
    from ..services.sbml import request

    facts = _facts(
        new_antidepressant, weight=weight, age=age, sex=sex, madrs=madrs, sbp=sbp, dbp=dbp, heart_rate=heart_rate,
        failed_trials=failed_trials,
    )  # fmt: skip
    _checked(out, course, person)
    _put(request(course, person, facts, setting, responder), out, "SBML")


def _put(text: str, out: str, what: str) -> None:
    """Text on standard output, or in a file."""
    if not out:
        sys.stdout.write(text)
        return
    from ..formats.files import write_text_atomically

    write_text_atomically(out, text)
    sys.stderr.write(f"{what}: {out}\n")


def _needs(extra: str, what: str, *modules: str) -> None:
    """Refuse where an extra is not installed, with the cure."""
    from importlib.util import find_spec

    if any(find_spec(name) is None for name in modules):
        raise Refused(f'{what} needs the extra {extra}: pip install ".[{extra}]"')


@app.command(name="app")
def app_(
    port: Annotated[int, typer.Option(help="0 takes any that is free")] = 8642,
    browse: Annotated[bool, typer.Option("--browse/--no-browse", help="open the browser")] = True,
) -> None:
    """The page, on this machine alone: starts, prints its address, opens the browser."""
    # small products in many threads: threads of the library inside them only wait for one another
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _needs("web", "the page", "fastapi", "uvicorn", "jinja2")
    from ..web.serve import serve

    serve(port, browse)


def _version(wanted: bool) -> None:
    if wanted:
        from ..version import __version__

        sys.stdout.write(f"resynapse {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="say the version")
    ] = False,
) -> None:
    """Ketamine therapy in software. Research and education; not for prescribing."""


def main() -> NoReturn:
    """Run; a refusal is one clear message and exit code 2, never a traceback."""
    try:
        app()
    except Refused as no:
        from ..views.terminal import render_refusal

        sys.stderr.write(render_refusal(no, colour=_colour(sys.stderr)) + "\n")
        sys.exit(REFUSED)
    except (KeyboardInterrupt, SystemExit) as no:  # Typer turns the first into the second
        if isinstance(no, SystemExit) and no.code != INTERRUPTED:
            raise
        sys.stderr.write("stopped; no file is left half written\n")
        sys.stderr.flush()
        os._exit(INTERRUPTED)  # threads still at work are not waited for
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as no:
        if no.errno != errno.ENOSPC:
            raise
        sys.stderr.write("not all was written: no space left\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)
