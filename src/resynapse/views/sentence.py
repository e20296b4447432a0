"""The answer as a sentence: what a nurse could read aloud, never a first number without its counterfactual."""

from __future__ import annotations

import math

from resynapse.mechanism.cuts import CUTS
from resynapse.outcome.summary import Contrast, OnDay, Plan, Range, Summary
from resynapse.views import words as w

MAIN_DAY = 14.0
TOLD = (("MADRS", "madrs"), ("starting pressure", "starting pressure"))
MOVED, UNUSABLE = "moved it", "not usable"


def first_day(plan: Plan) -> OnDay | None:
    """The first day a plan says something about: the day after the first dose."""
    return plan.days[0] if plan.days else None


def main_day(plan: Plan) -> OnDay | None:
    """The day the tables speak of: day 14, or the last one there is."""
    exact = [d for d in plan.days if d.day == MAIN_DAY]
    return exact[0] if exact else (plan.days[-1] if plan.days else None)


def on_day(plan: Plan, day: float) -> OnDay | None:
    """What a plan says about one day."""
    return next((d for d in plan.days if d.day == day), None)


def contrast_on(summary: Summary, day: float) -> Contrast | None:
    """A minus B on one day, where there are two plans inside the data."""
    if len(inside(summary)) < 2:
        return None
    return next((c for c in summary.contrasts if c.day == day), None)


def inside(summary: Summary) -> tuple[Plan, ...]:
    """The plans inside the fitted data: only they make a headline."""
    return tuple(p for p in summary.plans if p.domain.inside)


def headline(summary: Summary) -> str:
    """The sentence of a summary, built from its numbers."""
    if told_of_cut(summary):
        return _cut_words(summary)
    outside = [outside_words(p, summary) for p in summary.plans if not p.domain.inside]
    told = inside(summary)
    if told and not told[0].days:
        return " ".join([alone_words(told[0]), *map(_other_alone, told[1:]), *outside])
    parts = [_next_day(told, summary), _main_day(told, summary), _back(told)] if told else []
    return " ".join(part for part in parts + outside if part)


def short(summary: Summary) -> str:
    """The sentence of a small screen: it stops after the other plan, and never before the counterfactual."""
    told = inside(summary)
    first = first_day(told[0]) if told else None
    if first is None or told_of_cut(summary):
        return headline(summary)
    long, brief = w.compared_words(summary.compared_with)
    by = "by the next day" if first.day == 1 else f"by {w.day(first.day)}"
    value, inert = w.first_upper(w.people(first.response.value)), w.bare_people(first.compared.value)
    text = f"{value} have responded {by}; {inert} would {long}."
    days = [d for d in (main_day(p) for p in told) if d is not None and d.day != first.day]
    if days:
        values = [
            f"{w.bare_people(d.response.value)} {words}"
            for d, words in zip(days, _brief(told, days[0].day), strict=False)
        ]
        compared = " and ".join(dict.fromkeys(w.bare_people(d.compared.value) for d in days))
        text += f" {w.first_upper(w.day(days[0].day))}: {', '.join(values)}, {compared} {brief}."
    outside = [outside_words(p, summary) for p in summary.plans if not p.domain.inside]
    return " ".join([text, *outside])


def _brief(told: tuple[Plan, ...], day: float) -> list[str]:
    """ "after six", "after one", or "on A": of the doses given before a day."""
    counts = _given(told, day)
    if len(set(counts)) < len(counts):
        return [f"on {p.tag}" for p in told]
    return [f"after {w.counted(n)}" for n in counts]


def told_of_cut(summary: Summary) -> bool:
    """Whether the sentence is about a cut: where there is one, and both plans can be told of."""
    return bool(summary.plans[-1].cut) and all(p.domain.inside and p.days for p in summary.plans)


def _cut_words(summary: Summary) -> str:
    """What the cut does, beside the whole chain and what people are compared with."""
    whole, cut = summary.plans
    early = [w.bare_people(p.days[0].response.value) for p in (cut, whole)]
    on = [d for d in (main_day(p) for p in (cut, whole)) if d is not None]
    late = [w.bare_people(d.response.value) for d in on]
    long, _ = w.compared_words(summary.compared_with)
    return (
        f"With the {w.cut_links(cut.cut)} cut, {early[0]} of 100 respond by the next day instead of {early[1]}, and "
        f"{late[0]} on {w.day(on[0].day)} instead of {late[1]}; {w.bare_people(on[1].compared.value)} would {long}."
    )


def outside_words(plan: Plan, summary: Summary | None = None) -> str:
    """The sentence in place of a headline where the evidence ends."""
    what = plan.domain.reason or plan.words or plan.text
    if summary is not None and len(summary.plans) > 1:
        return f"Plan {plan.tag}, {what}, is outside the fitted data: no number to headline."
    return f"{w.first_upper(what)} is outside the fitted data: no number to headline."


def alone_words(plan: Plan) -> str:
    """One person without draws: the share that can respond, and the score of both medians."""
    lines, day = plan.lines, min(MAIN_DAY, float(plan.lines.time_d[-1]))
    k = int(abs(lines.time_d - day).argmin())
    yes, no = (w.whole(float(y[k])) for y in (lines.responder, lines.non_responder))
    share = w.first_upper(w.people(lines.share.value))
    return (
        f"{share} people like this can respond to the drug. MADRS on {w.day(day)}: {yes} in the median "
        f"person who responds, {no} in the one who does not, who has what hope, setting and time give."
    )


def _other_alone(plan: Plan) -> str:
    """The same two scores on the other plan."""
    lines, day = plan.lines, min(MAIN_DAY, float(plan.lines.time_d[-1]))
    k = int(abs(lines.time_d - day).argmin())
    return f"On plan {plan.tag}: {w.whole(float(lines.responder[k]))} and {w.whole(float(lines.non_responder[k]))}."


def person_words(summary: Summary) -> str:
    """ "A 44-year-old woman of 82 kg, MADRS 33, starting pressure 128/80; as in a masked trial."."""
    facts = {f.name.lower(): f.value for f in summary.facts}
    age, weight, sex = facts.get("age", ""), facts.get("weight", ""), facts.get("sex", "")
    if not age.isdigit() or not weight:
        return f"{w.first_upper(summary.person)}; {summary.setting}."
    who = {"female": "woman", "male": "man"}.get(sex, "person")
    told = [f"{name} {facts[key]}" for name, key in TOLD if facts.get(key)]
    article = "An" if age.startswith("8") or age in ("11", "18") else "A"
    return f"{article} {age}-year-old {who} of {', '.join([weight, *told])}; {summary.setting}."


def _next_day(told: tuple[Plan, ...], summary: Summary) -> str:
    """How many, what, when; then how many on something they believed in; the other plan if it differs."""
    first = first_day(told[0])
    if first is None:
        return ""
    long, _ = w.compared_words(summary.compared_with)
    by = "by the next day" if first.day == 1 else f"by {w.day(first.day)}"
    start = f"About {w.people(first.response.value)} people like this have responded {by}"
    start = start if w.people(first.response.value)[0].isdigit() else start.replace("About ", "", 1)
    text = f"{w.first_upper(start)}; {w.people(first.compared.value)} would {long}"
    return text + _other_first(told, first, summary) + "."


def _other_first(told: tuple[Plan, ...], first: OnDay, summary: Summary) -> str:
    """The other plan's first number and its counterfactual, where they print differently."""
    other = first_day(told[1]) if len(told) > 1 else None
    if other is None or _prints_equal(first, other):
        return ""
    _, short = w.compared_words(summary.compared_with)
    value, compared = w.bare_people(other.response.value), w.bare_people(other.compared.value)
    return f"; {plan_words(told, first.day)[1]} {value}, {compared} {short}"


def _prints_equal(a: OnDay, b: OnDay) -> bool:
    pairs = ((a.response, b.response), (a.compared, b.compared))
    return a.day == b.day and all(w.bare_people(x.value) == w.bare_people(y.value) for x, y in pairs)


def _main_day(told: tuple[Plan, ...], summary: Summary) -> str:
    """The later day for each plan, and the counterfactual for both."""
    days = [d for d in (main_day(p) for p in told) if d is not None]
    if not days or days[0].day == told[0].days[0].day:
        return ""
    _, short = w.compared_words(summary.compared_with)
    values = [
        f"{w.bare_people(d.response.value)} {words}"
        for d, words in zip(days, plan_words(told, days[0].day), strict=False)
    ]
    compared = list(dict.fromkeys(w.bare_people(d.compared.value) for d in days))
    last = f"{compared[0]} {short}" if len(compared) == 1 else f"{' and '.join(compared)} {short}"
    return f"On {w.day(days[0].day)}: {', '.join(values)}, {last}."


def _given(told: tuple[Plan, ...], day: float) -> list[int]:
    """How many doses of each plan are given before a day."""
    return [sum(d < day for d in p.dose_days) for p in told]


def plan_words(told: tuple[Plan, ...], day: float = math.inf) -> list[str]:
    """How each plan is called inside a sentence: "after six infusions", "after one", "on plan B"; of the doses given
    before a day."""
    counts = _given(told, day)
    if len(set(counts)) < len(counts) or min(counts) == 0:
        return [f"on plan {p.tag}" for p in told]
    return [
        f"after {w.counted(n)}" + (f" {doses_word(p, n)}" if i == 0 else "")
        for i, (p, n) in enumerate(zip(told, counts, strict=True))
    ]


def doses_word(plan: Plan, n: int = 2) -> str:
    """ "infusions" where every block has a length, else "doses"; singular for one."""
    lengths = [length for _, length, _ in plan.session.blocks]
    noun = "infusion" if lengths and all(length > 0 for length in lengths) else "dose"
    return noun if n == 1 else noun + "s"


def _back(told: tuple[Plan, ...]) -> str:
    """How long: one plan with both counts, two plans with the day since the start."""
    if math.isnan(told[0].back.since_start.value):
        return ""
    if len(told) == 1:
        return f"Half of the responders are back {back_by(told[0])}{_since_last(told[0])}."
    names = plan_words(told)
    first, second = (back_by(p) for p in told)
    where = f", {names[1]} {second}" if names[1].startswith("after") else f" {names[0]}, {second} {names[1]}"
    return f"Half of the responders are back {first}{where}."


def back_by(plan: Plan) -> str:
    """ "by day 30", or "only beyond day 42"."""
    text = back_day(plan)
    return f"only {text}" if text.startswith("beyond") else f"by {text}"


def back_day(plan: Plan) -> str:
    """The day since the first dose on which half of the responders are back."""
    return w.day(plan.back.since_start.value, last_rating_since_start(plan))


def _since_last(plan: Plan) -> str:
    return f" ({back_after(plan)})" if len(plan.dose_days) > 1 else ""


def back_after(plan: Plan) -> str:
    """The same counted from the last dose: "18 days after the last dose"."""
    since = "the last dose" if len(plan.dose_days) > 1 else "the dose"
    return f"{w.days(plan.back.median.value, plan.back.last_rating)} after {since}"


def last_rating_since_start(plan: Plan) -> float:
    """The last rating as a day since the first dose: `Back` counts it from the last dose."""
    span = plan.dose_days[-1] - plan.dose_days[0] if plan.dose_days else 0.0
    return plan.back.last_rating + span


def ground(summary: Summary) -> str:
    """The line below the sentence: what moved the answer, and what the evidence cannot use."""
    if told_of_cut(summary):
        return " ".join(CUTS[key].ground for key in summary.plans[-1].cut)
    if not inside(summary):
        return " ".join(dict.fromkeys(p.domain.text for p in summary.plans))
    moved, unusable = facts_of(summary, MOVED), facts_of(summary, UNUSABLE)
    parts = [text] if (text := ranges(summary)) else []
    if moved:
        parts.append(f"{w.first_upper(w.listed(moved))} moved these numbers.")
    if unusable:
        names = w.first_upper(w.listed(unusable))
        parts.append(f"{names} did not: the evidence cannot use {_them(unusable)} for one person.")
    return " ".join(parts)


def ranges(summary: Summary) -> str:
    """The intervals of the headline's numbers, in its order; nothing for one person without draws."""
    told = inside(summary)
    first = first_day(told[0]) if told else None
    if first is None or not w.has_interval(first.response):
        return ""
    _, short = w.compared_words(summary.compared_with)
    when = "the next day" if first.day == 1 else w.day(first.day)
    parts = [f"{when} {_ends(first.response)} ({_ends(first.compared)} {short})"]
    days = [d for d in (main_day(p) for p in told) if d is not None and d.day != first.day]
    if days:
        names = zip(days, plan_words(told, days[0].day), strict=False)
        parts.append(f"{w.day(days[0].day)} {', '.join(f'{_ends(d.response)} {name}' for d, name in names)}")
    backs = [_back_ends(p) for p in told if not math.isnan(p.back.since_start.value)]
    parts += [f"back by day {' and '.join(backs)}"] if backs else []
    return f"Ranges, 9 in 10: {'; '.join(parts)}."


def _ends(r: Range) -> str:
    return f"{w.bare_people(r.lo)} to {w.bare_people(r.hi)}" if w.has_interval(r) else w.bare_people(r.value)


def _back_ends(plan: Plan) -> str:
    since, last = plan.back.since_start, last_rating_since_start(plan)
    hi = f"beyond {last:.0f}" if math.isinf(since.hi) or since.hi > last else w.whole(since.hi)
    return f"{w.whole(since.lo)} to {hi}"


def _them(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


def facts_of(summary: Summary, verdict: str) -> list[str]:
    """Names of the facts with one verdict."""
    return [f.name for f in summary.facts if f.verdict == verdict]


def leave_words(plan: Plan) -> str:
    """Ready to leave: never a time before the floor, and no time at all without one."""
    ready = plan.session.ready
    never = f"limits not reached: {w.people(ready.never_passed.value)}"
    if ready.floor_min is None:
        past = w.listed([f"{w.bare_people(r.value)} by {w.minutes(t)}" for t, r in ready.within.items()])
        shares = f"; of 100 back below the limits: {past}" if past else ""
        return f"no floor loaded, so no time{shares}; {never}"
    by = f"; {w.people(ready.by_floor.value)} ready by then" if ready.by_floor else ""
    return f"{floor_words(plan)}{by}; {never}"


def floor_words(plan: Plan) -> str:
    """ "not before 100 min, the site's floor"."""
    ready = plan.session.ready
    if ready.floor_min is None:
        return "no floor loaded: no time is shown"
    return f"not before {w.minutes(ready.floor_min)}, {ready.floor_source or 'the site’s floor'}"
