"""The two tables of the terminal: what to expect, and the session."""

from __future__ import annotations

from collections.abc import Callable

from resynapse.outcome.summary import Contrast, OnDay, Plan, Range, Summary
from resynapse.views import sentence
from resynapse.views import words as w
from resynapse.views.ansi import INDENTED, Cell, Paint, columns, wrapped

FIRST, MOST = 23, 100
FULL, MIDDLE = INDENTED, 80  # below: no "of 100" in the cells; no limits of the difference
PEAKS = {
    "ketamine_arterial": ("ketamine peak", "level"),
    "CADSS": ("CADSS peak", "diss"),
    "SBP": ("systolic peak", "press"),
}


def answer_rows(summary: Summary, paint: Paint, width: int) -> list[str]:
    """Respond, on the counterfactual, in remission, worse, MADRS, and where the points come from."""
    told = sentence.inside(summary)
    if not told or not told[0].days:
        return []
    minus = f"A {w.MINUS} B" if width < MIDDLE else "A minus B"
    heads = [f"plan {p.tag}" for p in told] + ([minus] if len(told) > 1 else [])
    rows = []
    picked = (sentence.first_day(told[0]), sentence.main_day(told[0]))
    for day in dict.fromkeys(d.day for d in picked if d):
        rows += _response(summary, told, day)
    body = _fitted(rows + _main(summary, told), width if len(told) > 1 else MOST)
    of = "" if "of 100" in body[0][1].text else "people of 100"
    return columns([[Cell(of, "ink3"), *(Cell(h) for h in heads)], *body], paint, width, FIRST)


def _fitted(rows: list[list[Cell]], width: int) -> list[list[Cell]]:
    """Narrow: the words "of 100" go to the head; narrower: the difference stands without its limits."""
    if width >= FULL:
        return rows
    rows = [[Cell(c.text.replace(" of 100", ""), c.token) for c in row] for row in rows]
    if width >= MIDDLE:
        return rows
    return [[*row[:3], *(Cell(c.text.split(" (")[0], c.token) for c in row[3:])] for row in rows]


def _response(summary: Summary, told: tuple[Plan, ...], day: float) -> list[list[Cell]]:
    """A response and, on the next line, what the same people would do on something they believed in."""
    days = [d for d in (sentence.on_day(p, day) for p in told) if d is not None]
    c = sentence.contrast_on(summary, day)
    long = w.compared_words(summary.compared_with)[0].replace("on an ", "on ")
    row = [Cell(f"respond, {w.day(day)}"), *(Cell(_people(d.response)) for d in days), *_minus(c, lambda x: x.response)]
    return [row, [Cell(f"  {long}", "hopetxt"), *(Cell(w.people(d.compared.value)) for d in days), *_empty(c)]]


def _main(summary: Summary, told: tuple[Plan, ...]) -> list[list[Cell]]:
    days = [d for d in (sentence.main_day(p) for p in told) if d is not None]
    if not days:
        return []
    c, day = sentence.contrast_on(summary, days[0].day), w.day(days[0].day)
    rows = [
        [
            Cell(f"remission, {day}, ≤ 10"),
            *(Cell(_people(d.remission)) for d in days),
            *_minus(c, lambda x: x.remission),
        ],
        [Cell("  at ≤ 12", "ink3"), *(Cell(_people(d.remission_wide)) for d in days), *_empty(c)],
        [Cell("worse than at the start"), *(Cell(_people(d.worse)) for d in days), *_minus(c, lambda x: x.worse)],
        [
            Cell(f"MADRS, {day}"),
            *(Cell(_tenths(d.madrs)) for d in days),
            *_minus(c, lambda x: x.madrs, w.tenth, "symp"),
        ],
    ]
    return rows + _shares(days, c)


def _shares(days: list[OnDay], c: Contrast | None) -> list[list[Cell]]:
    """Points gained, as printed they add up; the sum stands first."""
    printed = [w.share_out([r.value for r in _parts(d)]) for d in days]
    minus = w.share_out([c.drug.value, c.hope.value, c.time.value]) if c else None
    total = [Cell("points gained"), *(Cell(w.tenth(t).rjust(4)) for _, t in printed)]
    rows = [[*total, *([Cell(w.number(minus[1], 1, sign=True))] if minus else [])]]
    for k, (name, token) in enumerate((("drug", "symp"), ("hope and setting", "hopetxt"), ("time", "ink3"))):
        cells = [Cell(_part(parts[k], _parts(d)[k])) for (parts, _), d in zip(printed, days, strict=True)]
        last = [Cell(w.number(minus[0][k], 1, sign=True).rjust(4))] if minus else []
        rows.append([Cell(f"  {name}", token), *cells, *last])
    return rows


def _parts(day: OnDay) -> tuple[Range, Range, Range]:
    return day.shares.drug, day.shares.hope, day.shares.time


def _part(printed: float, r: Range) -> str:
    return f"{w.tenth(printed).rjust(4)} {w.interval(r, w.tenth, terse=True)}".rstrip()


def _people(r: Range) -> str:
    return f"{w.bare_people(r.value).rjust(2)} of 100 {w.interval(r, w.whole, terse=True)}".rstrip()


def _tenths(r: Range) -> str:
    return f"{w.tenth(r.value).rjust(4)} {w.interval(r, w.tenth, terse=True)}".rstrip()


def _minus(
    c: Contrast | None, pick: Callable[[Contrast], Range], form: w.Form = w.whole, token: str = ""
) -> list[Cell]:
    """A minus B, signed; the limits without a plus."""
    if c is None:
        return []
    r = pick(c)
    digits = 1 if form is w.tenth else 0
    text = f"{w.number(r.value, digits, sign=True).rjust(3)} {w.interval(r, form)}".rstrip()
    return [Cell(text, token)]


def _empty(c: Contrast | None) -> list[Cell]:
    return [] if c is None else [Cell("")]


def session_rows(summary: Summary, paint: Paint, width: int) -> list[str]:
    """Peaks, pressure marks, leaving; plan B's where its session differs."""
    plans = summary.plans
    same = len({(p.session.blocks, p.session.dose_text, "blood" in p.cut) for p in plans}) == 1
    out: list[str] = []
    for plan in plans[:1] if same else plans:
        if not same:
            out.append(paint("ink3", f"  session on plan {plan.tag}"))
        out += _session(plan, paint, width, summary.draws > 0)
    return out


def _session(plan: Plan, paint: Paint, width: int, leave: bool) -> list[str]:
    """The three peaks a session is watched for; every other read-out stands in the report."""
    shown = [(k, p.name) for k, p in enumerate(plan.session.peaks) if p.name in PEAKS]
    rows = [[Cell(PEAKS[name][0], PEAKS[name][1]), Cell(_peak(plan, k))] for k, name in shown]
    wide = width - FIRST - 6
    for k, line in enumerate(wrapped(sentence.leave_words(plan), wide) if leave else []):
        rows.append([Cell("ready to leave" if k == 0 else ""), Cell(line)])
    return columns(rows, paint, width, FIRST) if rows else []


def _peak(plan: Plan, k: int) -> str:
    """Value, interval, when it is over, and how many pass 140."""
    p = plan.session.peaks[k]
    form = w.level if p.unit == "ng/mL" else w.whole
    text = w.ranged(p.value, form, p.unit, terse=True)
    if p.name == "SBP" and w.has_interval(plan.session.pass_140):
        return f"{text}; {w.people(plan.session.pass_140.value)} pass 140"
    return text + (f", over by {w.minutes(p.over_by_min)}" if p.over_by_min is not None else "")
