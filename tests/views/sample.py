"""A SAMPLE summary for the tests of the views. Every curve and number here is invented; none is a result."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from resynapse.outcome.summary import (
    Array,
    Back,
    Bands,
    Contrast,
    Domain,
    Fact,
    Leaning,
    Lines,
    OnDay,
    Peak,
    Plan,
    Range,
    Readiness,
    SessionView,
    Shares,
    Strip,
    Strips,
    Summary,
)

HOSTILE = '<script>alert("x")</script>&\x1b[31mred\x1b[0m\'"'
START = 33.0


def r(value: float, lo: float, hi: float) -> Range:
    return Range(value, lo, hi)


def none(value: float) -> Range:
    return Range(value, value, value)


def bands(time: Array, median: Array, half: Array, wide: Array, top: float = math.inf) -> Bands:
    """Invented bands about a median, never below zero."""

    def clip(y: Array) -> Array:
        return np.clip(y, 0.0, top)

    return Bands(
        time,
        clip(median - wide),
        clip(median - half),
        clip(median),
        clip(median + half),
        clip(median + 1.05 * wide),
    )


def course_bands(low: float, end: float, hold: float, until: float = 42.0) -> Bands:
    """An invented course of MADRS: down within a day, held for `hold` days, then slowly back."""
    t = np.concatenate([[-2.0, 0.0], np.linspace(0.02, until, 169)])
    drop = np.where(t > 0, 1 - np.exp(-np.maximum(t, 0) / 0.35), 0.0)
    rise = np.where(t > hold, 1 - np.exp(-np.maximum(t - hold, 0) / 14.0), 0.0)
    median = START - (START - low) * drop + (end - low) / (1 - math.exp(-(until - hold) / 14)) * rise
    return bands(t, median, 1.2 + 6.3 * drop, 2.5 + 14 * drop, 60.0)


def session_bands(peak: float, at: float, tail: float, base: float, spread: float) -> Bands:
    """An invented rise and fall within a session."""
    t = np.linspace(0.0, 240.0, 121)
    rise = np.where(t <= at, 1 - np.exp(-t / (at / 2)), 0.0) / (1 - math.exp(-2))
    fall = np.where(t > at, 0.6 * np.exp(-(t - at) / (tail / 4)) + 0.4 * np.exp(-(t - at) / tail), 0.0)
    shape = rise + fall
    q = [base + peak * shape * f for f in (1 - spread, 1 - spread / 2.4, 1, 1 + spread / 2, 1 + 1.6 * spread)]
    return Bands(t, *q)


def readiness(floor: float | None = 100.0, source: str = "") -> Readiness:
    within = {60: r(61, 52, 70), 90: r(80, 72, 87), 120: r(84, 78, 90)}
    by_floor = None if floor is None else r(82, 75, 89)
    limits = "CADSS 4 or less, rise of 10 mmHg or less"
    return Readiness(floor, source, within, by_floor, r(15, 9, 22), limits)


def session(mg: float = 41.0, ready: Readiness | None = None, nasal: bool = False) -> SessionView:
    blocks = ((0.0, 0.0, 28.0), (5.0, 0.0, 28.0)) if nasal else ((0.0, 40.0, mg),)
    peak, at = (98.0, 32.0) if nasal else (272.0, 40.0)
    levels = {
        "ketamine_arterial": session_bands(peak, at, 75, 0, 0.16),
        "ketamine_venous": session_bands(peak * 0.72, at + 4, 85, 0, 0.16),
        "norketamine": session_bands(peak * 0.38, 80, 300, 0, 0.2),
        "CADSS": session_bands(6, at, 14, 0, 0.95),
        "SBP": session_bands(11, at, 24, 128, 0.0),
        "DBP": session_bands(7, at, 24, 80, 0.0),
        "HR": session_bands(6, at, 24, 72, 0.0),
    }
    sbp = levels["SBP"]
    rise = sbp.q50 - 128
    levels["SBP"] = Bands(sbp.time, 128 + 0.3 * rise, 128 + 0.6 * rise, sbp.q50, 128 + 1.5 * rise, 128 + 2.5 * rise)
    peaks = (
        Peak("ketamine_arterial", "Ketamine, arterial", "ng/mL", r(peak, peak * 0.853, peak * 1.136), at),
        Peak("CADSS", "Dissociation, CADSS", "", r(6, 1, 25), at, 90.0),
        Peak("SBP", "Systolic pressure", "mmHg", r(139, 132, 156), at, 90.0),
    )
    labels = {
        "ketamine_arterial": "ketamine, arterial",
        "ketamine_venous": "ketamine, venous",
        "norketamine": "norketamine",
        "CADSS": "dissociation, CADSS",
        "SBP": "systolic pressure",
        "DBP": "diastolic pressure",
        "HR": "heart rate",
    }
    units = dict.fromkeys(labels, "ng/mL") | {"CADSS": "", "SBP": "mmHg", "DBP": "mmHg", "HR": "per min"}
    text = "56 mg nasal" if nasal else f"{mg:.0f} mg over 40 min"
    return SessionView(
        1, 0.0, text, blocks, levels, labels, units, peaks, r(42, 33, 51), r(0.4, 0, 1), 128.0,
        ready or readiness(), 500,
    )  # fmt: skip


def strips(dose: str = "41 mg over 40 min") -> Strips:
    t = np.geomspace(1 / 6, 672, 160)
    bump = lambda at, width: np.exp(-(((np.log(t) - math.log(at)) / width) ** 2))  # noqa: E731
    blood = np.where(
        t <= 2 / 3, 100 + 172 * (t / (2 / 3)) ** 0.8, 272 * np.exp(-((np.maximum(t - 2 / 3, 0) / 1.9) ** 0.55))
    )
    receptor = np.where(t <= 0.75, 0.75 + 0.25 * t / 0.75, np.exp(-((np.maximum(t - 0.75, 0) / 2.6) ** 0.7)))
    glutamate, connections = bump(0.7, 0.6), bump(30, 2.0)
    drug, hope, time = 8.0 * bump(40, 2.3), 7.6 * bump(44, 2.1), 2.0 * bump(300, 1.6)
    mk = lambda name, sub, grade, species, y, only, note, *when: Strip(  # noqa: E731
        name, sub, grade, species, np.asarray(y), only, note, *when
    )
    return Strips(
        t, 2 / 3, dose,
        mk("Blood", "ketamine", "established", "people", blood, False, "272 ng/mL at its peak", "at once", "40 min", "day 1"),
        mk("Receptor", "NMDA block", "established", "rats", receptor, True, "", "at once", "45 min", "6 h"),
        mk("Glutamate", "surge", "contested", "rats, people", glutamate, True, "", "10 min", "42 min", "3 h"),
        mk("New connections", "synapses", "inferred", "mice", connections, True, "", "3 h", "day 1", "week 4"),
        mk("Body", "dissociation", "established", "people", 6 * bump(0.62, 0.55), False, "CADSS 6", "5 min", "40 min", "90 min"),
        mk("Body", "pressure", "established", "people", 11 * bump(0.66, 0.6), False, "+11 mmHg", "5 min", "40 min", "90 min"),
        mk("Mood", "points gained on MADRS", "established", "people", drug + hope + time, False, "16 points on day 1", "2 h", "day 1", "week 4"),
        drug, hope, time,
    )  # fmt: skip


def lines(until: float = 42.0) -> Lines:
    t = np.linspace(0.0, until, 85)
    good = START - 24 * (1 - np.exp(-t / 0.4)) + 8.5 * (1 - np.exp(-np.maximum(t - 12, 0) / 14))
    bad = START - 9 * (1 - np.exp(-t / 0.4)) + 4.0 * (1 - np.exp(-t / 20))
    return Lines(t, good, good - 4, good + 5, bad, bad - 4, bad + 4, r(47, 36, 58), "9 in 10 draws")


def on_day(day: float, resp: Range, comp: float, rem: Range, wide: Range, worse: Range, *points: Range) -> OnDay:
    madrs, total, drug, hope, time = points
    return OnDay(day, resp, none(comp), rem, wide, worse, madrs, Shares(total, drug, hope, time))


def days_a() -> tuple[OnDay, ...]:
    return (
        on_day(1, r(46, 35, 57), 12, r(30, 21, 39), r(36, 27, 46), r(4, 2, 8),
               r(17.1, 15.0, 19.2), r(15.9, 13.8, 18), r(7.6, 5.1, 10.2), r(7.9, 5, 11), r(0.4, 0.1, 0.8)),
        on_day(14, r(60, 51, 69), 17, r(38, 29, 47), r(45, 35, 54), r(5, 2, 9),
               r(14.2, 11.9, 16.4), r(18.8, 16.6, 21.1), r(9.6, 7.1, 12.2), r(7.7, 5.1, 10.4), r(1.5, 0.7, 2.4)),
    )  # fmt: skip


def days_b() -> tuple[OnDay, ...]:
    return (
        days_a()[0],
        on_day(14, r(23, 16, 31), 11, r(5, 3, 9), r(8, 4, 13), r(7, 4, 12),
               r(21.8, 20.0, 23.6), r(11.2, 9.4, 13), r(3.4, 2.2, 4.9), r(6.4, 4.2, 8.9), r(1.4, 0.7, 2.3)),
    )  # fmt: skip


def back(after: Range, span: float, last: float = 28.0) -> Back:
    since = Range(after.value + span, after.lo + span, after.hi + span)
    return Back(
        after, since, r(41, 30, 52), last, r(60, 51, 69),
        "rated twice a week for four weeks after the last dose", "MADRS above half of the start at two ratings",
    )  # fmt: skip


SIX = (0.0, 2.0, 4.0, 7.0, 9.0, 11.0)
WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def calendar(weeks: int, on: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    rows = [("", *WEEK)]
    rows += [(f"week {k + 1}", *("41 mg" if d in on else "·" for d in range(7))) for k in range(weeks)]
    return tuple(rows)


def plan_a() -> Plan:
    text = "0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks"
    words = "0.5 mg/kg over 40 min, iv, Monday, Wednesday, Friday for two weeks"
    inside = Domain(True, "", "Inside the fitted data: racemic, IV, 0.1 to 1.0 mg/kg, 18 to 65 years.")
    course = course_bands(13.4, 23.0, 12.0)
    compared = START - (START - course_bands(24.0, 26.0, 2.0).q50) * 0.8
    return Plan(
        "A", text, (), words, "6 × 41 mg", 246.0, SIX, calendar(2, (0, 2, 4)), inside, (), 0.86, days_a(),
        back(r(19, 13, 26), 11.0), course, compared, lines(), session(), strips(), 9.1, 2.2,
    )  # fmt: skip


def plan_b() -> Plan:
    text = "0.5 mg/kg over 40 min, iv, once"
    base = plan_a()
    return replace(
        base, tag="B", text=text, words=text, count="1 × 41 mg", total_mg=41.0, dose_days=(0.0,),
        calendar=calendar(1, (0,)), days=days_b(), back=back(r(12, 9, 16), 0.0), bands=course_bands(16.6, 24.4, 1.0),
    )  # fmt: skip


def contrasts() -> tuple[Contrast, ...]:
    zero = none(0.0)
    return (
        Contrast(1, zero, zero, zero, zero, zero, zero, zero, 50.0),
        Contrast(14, r(37, 26, 48), r(33, 23, 43), r(-2, -6, 2), r(-7.6, -9.9, -5.4),
                 r(6.2, 4.2, 8.4), r(1.3, 0.2, 2.5), r(0.1, -0.2, 0.4), 88.0),
    )  # fmt: skip


def facts() -> tuple[Fact, ...]:
    return (
        Fact("weight", "82 kg", "moved it", "dose in mg"),
        Fact("MADRS", "33", "moved it", "start of the course"),
        Fact("starting pressure", "128/80", "moved it", "start of the session"),
        Fact("age", "44", "no change", "no change from 18 to 65"),
        Fact("setting", "masked trial", "moved it", "sets the hope"),
        Fact("benzodiazepine", "none", "no change", "no change"),
        Fact("sex", "female", "not usable", "not usable for one person"),
        Fact("failed trials", "3", "not usable", "not usable for one person"),
    )


def leanings() -> tuple[Leaning, ...]:
    return (
        Leaning("Drug against control, day 1", "", "−6.8 (−9.1 to −4.5)", "5 trials, random effects", "derived", "2.3 points"),
        Leaning("Decay of the contrast", "", "half-life 8 to 10 days", "Sample 2018, Sample 2022", "derived", "1.1 points"),
        Leaning("Clearance, S-ketamine", "", "84 L/h", "Sample 2020", "read", "0.4 points"),
        Leaning("CADSS spread between people", "", "1.0 log-odds", "patients, no open rows", "assumed", "no change"),
        Leaning("Effect-site half-life", "", "8.3 min (5.1 to 13.0)", "Sample 2022", "unverified", "0.2 points"),
    )  # fmt: skip


def two_plans() -> Summary:
    """The sample of all tests: six infusions against one."""
    return Summary(
        person="44 y, female, 82 kg, MADRS 33, 128/80 mmHg, 3 failed trials",
        facts=facts(),
        setting="masked trial",
        compared_with="active placebo, believed in",
        plans=(plan_a(), plan_b()),
        contrasts=contrasts(),
        leanings=leanings(),
        known=("The infusion's levels are known from rich sampling in people.",),
        assumed=("That every person relaxes at the same rate is assumed.",),
        cannot_tell=(
            "Where patients know what they got, drug and hope cannot be told apart.",
            "The range between people is wider than the range of the average.",
        ),
        defaults=(("age", "44 y"), ("starting pressure", "128/80 mmHg")),
        sources=(
            ("sample2018", "Sample A and others. An invented trial. Sample Journal 2018.", "10.1000/sample.2018"),
            ("sample2022", "Sample B. Invented kinetics. Sample Journal 2022.", "10.1000/sample.2022"),
        ),
        until_days=42.0, people=6000, draws=60, per_draw=100, seed=1, date_given="2026-11-24",
        version="0.1.0", evidence_version="2026.11", evidence_sha="3f9c" + "0" * 56 + "a71e",
        command='resynapse simulate "0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks"\n  --against "once" --seed 1',
    )  # fmt: skip


def one_plan() -> Summary:
    return replace(two_plans(), plans=(plan_a(),), contrasts=())


def outside() -> Summary:
    """An oral plan: outside the data."""
    domain = Domain(False, "oral racemic ketamine", "Also: sublingual, rectal, IM, SC; above 1.5 mg/kg.")
    plan = replace(plan_a(), text="100 mg, oral, once", words="100 mg by mouth, once", domain=domain)
    return replace(two_plans(), plans=(plan,), contrasts=())


def one_outside() -> Summary:
    """Plan B outside the data, plan A inside."""
    b = replace(outside().plans[0], tag="B")
    return replace(two_plans(), plans=(plan_a(), b), contrasts=())


def never_back() -> Summary:
    """One plan whose median loss of response lies beyond the last rating."""
    plan = replace(plan_a(), back=back(r(math.inf, 25.0, math.inf), 11.0, last=28.0))
    return replace(two_plans(), plans=(plan,), contrasts=())


def nasal() -> Summary:
    """A nasal plan with the label's floor."""
    plan = replace(
        plan_a(), text="56 mg nasal, twice a week, 4 weeks", words="56 mg esketamine as a nasal spray",
        count="8 × 56 mg", session=session(56, readiness(120.0, "the label’s floor"), nasal=True),
        strips=strips("56 mg nasal"), dose_days=(0.0, 3.0, 7.0, 10.0, 14.0, 17.0, 21.0, 24.0),
    )  # fmt: skip
    return replace(two_plans(), plans=(plan,), contrasts=())


def no_floor() -> Summary:
    plan = replace(plan_a(), session=session(ready=readiness(None)))
    return replace(two_plans(), plans=(plan,), contrasts=())


def hostile() -> Summary:
    """Text that would break a page or a terminal, wherever a person can write it."""
    base = two_plans()
    fact = Fact(HOSTILE, HOSTILE, "moved it", HOSTILE)
    leaning = Leaning(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "read", HOSTILE)
    plan = replace(base.plans[0], text=HOSTILE, words=HOSTILE, count=HOSTILE, warnings=(HOSTILE,))
    ses = replace(plan.session, labels=dict.fromkeys(plan.session.labels, HOSTILE), dose_text=HOSTILE)
    return replace(
        base, person=HOSTILE, facts=(fact, *base.facts), leanings=(leaning,), known=(HOSTILE,), setting=HOSTILE,
        compared_with=HOSTILE, plans=(replace(plan, session=ses), base.plans[1]), defaults=((HOSTILE, HOSTILE),),
        sources=((HOSTILE, HOSTILE, "javascript:alert(1)"),), command=HOSTILE, evidence_version=HOSTILE,
        version=HOSTILE, date_given=HOSTILE, cannot_tell=(HOSTILE,), assumed=(HOSTILE,),
    )  # fmt: skip


def alone() -> Summary:
    """One person without draws: no intervals anywhere."""

    def flat(x: Range) -> Range:
        return none(x.value)

    days = tuple(
        OnDay(d.day, flat(d.response), flat(d.compared), flat(d.remission), flat(d.remission_wide), flat(d.worse),
              flat(d.madrs), Shares(*(flat(x) for x in (d.shares.total, d.shares.drug, d.shares.hope, d.shares.time))))
        for d in days_a()
    )  # fmt: skip
    plan = plan_a()
    nothing = Range(math.nan, math.nan, math.nan)
    gone = replace(plan.back, median=nothing, since_start=nothing, well_day_28=nothing, responders=nothing)
    ses = replace(
        plan.session,
        peaks=tuple(replace(p, value=flat(p.value)) for p in plan.session.peaks),
        pass_140=nothing, pass_180=nothing,
    )  # fmt: skip
    nan = np.full_like(plan.lines.time_d, np.nan)
    two = replace(plan.lines, responder_lo=nan, responder_hi=nan, non_responder_lo=nan, non_responder_hi=nan,
                  share=none(47.0), band="")  # fmt: skip
    plan = replace(plan, days=days, back=gone, session=ses, lines=two)
    return replace(two_plans(), plans=(plan,), contrasts=(), people=1, draws=0, per_draw=1)


def empty_bands() -> Bands:
    """One person has no people to band."""
    return Bands(*(np.zeros(0) for _ in range(6)))
