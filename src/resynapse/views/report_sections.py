"""The report's first page in words and tables: the sentence, what to expect, the session, a hundred people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from resynapse.outcome.summary import Contrast, OnDay, Peak, Plan, Summary
from resynapse.views import sentence
from resynapse.views import words as w
from resynapse.views.html import esc, icon, para, table, tag
from resynapse.views.minutes import form_of
from resynapse.views.points import KEY, parts_of

SESSION, COURSE = "session", "course"
# Which figures a default feeds: by a word of its name. What is not listed feeds them all.
FEEDS = (
    ("class", (COURSE,)), ("nasal shift", (COURSE,)), ("visit", (COURSE,)), ("baseline", (COURSE,)),
    ("rating", (COURSE,)), ("remission", (COURSE,)), ("hope", (COURSE,)), ("madrs", (COURSE,)),
    ("floor", (SESSION,)), ("pressure", (SESSION,)),
)  # fmt: skip
SESSION_HEADS = ("", "Median", "9 in 10", "Over by")
WATCHED = ("ketamine_arterial", "CADSS", "SBP")  # the peaks of page 1; the others stand with the tables


def opening(summary: Summary) -> str:
    """The sentence, then who, what plans, and what moved the answer."""
    plans = [f"Plan {p.tag}: {p.words or p.text}{w.cut_text(p.cut)}." for p in summary.plans]
    lead = " ".join([sentence.person_words(summary), *plans, sentence.ground(summary)])
    cautions = [(p, text) for p in summary.plans for text in p.warnings]
    notes = "".join(
        tag("p", f"{icon('triangle')} <b>Caution.</b> {esc(f'Plan {p.tag}: {text}')}", class_="caution")
        for p, text in cautions
    )
    return tag("h1", esc(sentence.headline(summary))) + para(lead, class_="lead") + notes


def expect(summary: Summary) -> str:
    """What to expect: each number beside its counterfactual, each plan in a column."""
    told = sentence.inside(summary)
    if not told or not told[0].days:
        return ""
    picked = (sentence.first_day(told[0]), sentence.main_day(told[0]))
    body = [day_row(summary, told, day) for day in dict.fromkeys(d.day for d in picked if d)]
    body += [*_main_rows(summary, told), _back_row(told)]
    notes = _note(_back_words(told[0]), rests_on(summary, COURSE))
    inner = table(plan_heads(told), escaped(body), label="What to expect", kind="stack")
    return tag("section", tag("h2", "What to expect") + inner + notes)


def plan_heads(told: tuple[Plan, ...]) -> list[str]:
    return ["", *(f"Plan {p.tag}" for p in told), *(["A minus B"] if len(told) > 1 else [])]


def escaped(rows: list[list[str]]) -> list[list[str]]:
    return [[esc(c) for c in row] for row in rows]


def day_row(summary: Summary, told: tuple[Plan, ...], day: float) -> list[str]:
    """Response on one day, with its counterfactual in the same cell."""
    long, _ = w.compared_words(summary.compared_with)
    when = "by the next day" if day == 1 else f"on {w.day(day)}"
    cells = [_response_cell(sentence.on_day(p, day)) for p in told]
    c = sentence.contrast_on(summary, day)
    return [f"Respond {when}, of 100; {long}", *cells, *_minus(told, c, lambda x: _signed_range(x, "response"))]


def _response_cell(day: OnDay | None) -> str:
    if day is None:
        return w.UNKNOWN
    value = f"{w.bare_people(day.response.value)} {w.interval(day.response)}".rstrip()
    return f"{value}; {w.bare_people(day.compared.value)}"


def _minus(told: tuple[Plan, ...], c: Contrast | None, form: Callable[[Contrast], str]) -> list[str]:
    if len(told) < 2:
        return []
    return [form(c) if c else ""]


def _signed_range(c: Contrast, name: str, form: w.Form = w.whole) -> str:
    r = getattr(c, name)
    return f"{form(r.value)} {w.interval(r, form)}".rstrip()


def _main_rows(summary: Summary, told: tuple[Plan, ...]) -> list[list[str]]:
    """Remission, worse, score and points on the main day."""
    days = [d for d in (sentence.main_day(p) for p in told) if d is not None]
    if not days:
        return []
    c = sentence.contrast_on(summary, days[0].day)
    on = f"on {w.day(days[0].day)}"
    rows = [
        _remission_row(told, days, c, on),
        _main_row(told, days, c, f"Worse than at the start {on}", "worse"),
        _main_row(told, days, c, f"MADRS {on}, mean", "madrs", w.tenth),
    ]
    points = [w.sum_written_out(parts_of(d)) for d in days]
    minus = _minus(told, c, lambda x: w.sum_written_out((x.drug.value, x.hope.value, x.time.value)))
    return [*rows, ["Points gained: drug + hope and setting + time", *points, *minus]]


def _remission_row(told: tuple[Plan, ...], days: list[OnDay], c: Contrast | None, on: str) -> list[str]:
    cells = [f"{w.bare_people(d.remission.value)} {w.interval(d.remission)}".rstrip() for d in days]
    wide = [f"{cell}; {w.bare_people(d.remission_wide.value)}" for cell, d in zip(cells, days, strict=True)]
    return [
        f"In remission {on}, of 100: 10 or less; 12 or less",
        *wide,
        *_minus(told, c, lambda x: _signed_range(x, "remission")),
    ]


def _main_row(
    told: tuple[Plan, ...], days: list[OnDay], c: Contrast | None, name: str, key: str, form: w.Form = w.whole
) -> list[str]:
    head = w.bare_people if form is w.whole else form
    value = [f"{head(getattr(d, key).value)} {w.interval(getattr(d, key), form)}".rstrip() for d in days]
    return [name, *value, *_minus(told, c, lambda x: _signed_range(x, key, form))]


def _back_row(told: tuple[Plan, ...]) -> list[str]:
    """Both counts: since the first dose, with its range, and since the last."""
    name = "Half of the responders are back by; after the last dose"
    return [name, *(f"{back_ranged(p)}; {_after(p)}" for p in told), *([""] if len(told) > 1 else [])]


def back_ranged(plan: Plan) -> str:
    """ "day 40 (26 to 96)"."""
    last = sentence.last_rating_since_start(plan)
    inner = w.interval(plan.back.since_start, lambda d: w.day(d, last).removeprefix("day "))
    return f"{sentence.back_day(plan)} {inner}".rstrip()


def _after(plan: Plan) -> str:
    return w.days(plan.back.median.value, plan.back.last_rating)


def _back_words(plan: Plan) -> str:
    """The rule by which a response counts as lost, and when people are rated."""
    parts = [t for t in (plan.back.rule, plan.back.schedule) if t]
    return f"Back: {'; '.join(parts)}. Ranges hold 9 in 10." if parts else ""


def _note(*parts: str) -> str:
    text = " ".join(part for part in parts if part)
    return para(text, class_="note") if text else ""


def in_session(summary: Summary) -> str:
    """Peaks, pressures passed, and leaving; plan B's own table where its session differs."""
    out = tag("h2", "In the session")
    plans = summary.plans
    same = len({(p.session.blocks, p.session.dose_text) for p in plans}) == 1
    for plan in plans[:1] if same else plans:
        out += tag("h3", esc(f"Plan {plan.tag}: {plan.session.dose_text}")) if not same else ""
        heads, rows = _with_ranges(SESSION_HEADS, escaped(_session_rows(plan, summary)), summary)
        out += table(heads, rows, label=f"In the session, plan {plan.tag}", kind="stack")
    limits = plans[0].session.ready.limits
    leaving = f"Limits for leaving: {limits}." if limits and summary.draws else ""
    return tag("section", out + _note(leaving, rests_on(summary, SESSION)))


def _session_rows(plan: Plan, summary: Summary) -> list[list[str]]:
    rows = [peak_row(p) for p in plan.session.peaks if p.name in WATCHED]
    return [*rows, _pass_row(plan), *_leave_rows(plan)] if summary.draws else rows


def _with_ranges(
    heads: Sequence[str], rows: list[list[str]], summary: Summary
) -> tuple[Sequence[str], list[list[str]]]:
    """One person without draws has no ranges, so no column for them."""
    if summary.draws:
        return heads, rows
    return [*heads[:2], *heads[3:]], [[*row[:2], *row[3:]] for row in rows]


def peak_row(p: Peak) -> list[str]:
    """Name, median, 9 in 10, over by."""
    form = form_of(p.unit)
    over = w.minutes(p.over_by_min) if p.over_by_min is not None else ""
    return [f"{p.label}, peak", w.unit(form(p.value.value), p.unit), w.interval(p.value, form).strip("()"), over]


def _pass_row(plan: Plan) -> list[str]:
    passed = [(r, w.interval(r).strip("()")) for r in (plan.session.pass_140, plan.session.pass_180)]
    values = f"{w.bare_people(passed[0][0].value)}; {w.bare_people(passed[1][0].value)}"
    return ["Systolic above 140; above 180, of 100", values, "; ".join(i for _, i in passed if i), ""]


def _leave_rows(plan: Plan) -> list[list[str]]:
    """Never a time before the floor; without one the shares that are back below the limits."""
    ready = plan.session.ready
    never = f"limits not reached: {w.people(ready.never_passed.value)}"
    by = f"{w.people(ready.by_floor.value)} by then" if ready.by_floor else ""
    rows = [["Ready to leave, with an escort", sentence.floor_words(plan), by, never]]
    if ready.floor_min is None and ready.within:
        names = w.listed([w.whole(t) for t in ready.within])
        shares = "; ".join(w.bare_people(r.value) for r in ready.within.values())
        rows.insert(0, [f"Below the limits again by {w.unit(names, 'min')}, of 100", shares, "", ""])
    return rows


def rests_on(summary: Summary, figure: str) -> str:
    """What was not given and these figures rest on; the values stand with what went in."""
    named = [name for name, _ in summary.defaults if figure in feeds(name)]
    return f"Rests on what was not given: {', '.join(named)}." if named else ""


def feeds(name: str) -> tuple[str, ...]:
    """The figures that rest on a field."""
    return next((figures for word, figures in FEEDS if word in name.lower()), (SESSION, COURSE))


def people_key(summary: Summary) -> str:
    """What the four marks mean, with the counterfactual of the hundred."""
    long, _ = w.compared_words(summary.compared_with)
    days = [(p, sentence.main_day(p)) for p in sentence.inside(summary)]
    compared = [
        f"plan {p.tag}: {w.bare_people(d.response.value)} respond, {w.bare_people(d.compared.value)} would {long}"
        for p, d in days
        if d
    ]
    key = "; ".join(f"{mark}: {word}" for mark, (_, word) in zip(("full", "half", "hollow", "cross"), KEY, strict=True))
    return para(f"{'. '.join(w.first_upper(c) for c in compared)}. {w.first_upper(key)}.", class_="sub key")
