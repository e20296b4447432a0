"""The answer as plain values: what every face (terminal, report, page, JSON) prints, and nothing else.

Faces format these numbers; they compute none. Shares are in people of 100, scores in points of MADRS,
levels in ng/mL, pressures in mmHg, minutes from the start of the session, days from the first dose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Range:
    """A value with its 90 % interval. `of` says what the interval holds: draws or people."""

    value: float
    lo: float
    hi: float
    of: str = "draws"


@dataclass(frozen=True)
class Bands:
    """Quantiles over people at each time: 5, 25, 50, 75, 95 %. All arrays have the shape of `time`."""

    time: Array
    q05: Array
    q25: Array
    q50: Array
    q75: Array
    q95: Array


@dataclass(frozen=True)
class Shares:
    """Points gained, split in the order time, hope, drug; the means add up to the total."""

    total: Range
    drug: Range
    hope: Range
    time: Range


@dataclass(frozen=True)
class OnDay:
    """What holds on one day of a plan. Shares in people of 100."""

    day: float
    response: Range
    compared: Range
    remission: Range
    remission_wide: Range
    worse: Range
    madrs: Range
    shares: Shares


@dataclass(frozen=True)
class Back:
    """Loss of response. Days after the last dose; `since_start` counts from the first dose.

    A `median` or a limit beyond the last rating is infinite: print "beyond day N".
    """

    median: Range
    since_start: Range
    well_day_28: Range
    last_rating: float
    responders: Range
    schedule: str
    rule: str


@dataclass(frozen=True)
class Readiness:
    """Leaving. `floor_min` is None where no floor is loaded: then no time is printed, only shares.

    `within` maps minutes after the start to the people of 100 who are past the limits by then.
    `earliest_min` is the floor when there is one. `by_floor` people of 100 are ready by the floor.
    `never_passed`: people of 100 who never pass the limits ("limits not reached").
    """

    floor_min: float | None
    floor_source: str
    within: dict[int, Range]
    by_floor: Range | None
    never_passed: Range
    limits: str


@dataclass(frozen=True)
class Peak:
    """Largest value of one read-out in a session, over people; `at_min` of the median person's curve."""

    name: str
    label: str
    unit: str
    value: Range
    at_min: float
    over_by_min: float | None = None


@dataclass(frozen=True)
class SessionView:
    """Minutes of one session: bands over the people with their own kinetics, and what is read off them.

    `bands` maps a read-out's name (ketamine_arterial, ketamine_venous, norketamine, CADSS, SBP, DBP, HR,
    and whatever side effect the chain holds) to its bands; `labels` and `units` go with them.
    """

    number: int
    start_day: float
    dose_text: str
    blocks: tuple[tuple[float, float, float], ...]  # start min, length min (0: bolus), mg
    bands: dict[str, Bands]
    labels: dict[str, str]
    units: dict[str, str]
    peaks: tuple[Peak, ...]
    pass_140: Range
    pass_180: Range
    sbp_start: float
    ready: Readiness
    people: int


@dataclass(frozen=True)
class Strip:
    """One strip of the causal picture; `y` is scaled to 1 at its peak where `timing_only`."""

    name: str
    sub: str
    grade: str  # established, contested, inferred
    species: str
    y: Array
    timing_only: bool
    note: str
    starts: str
    peaks: str
    over_by: str
    size: float = 1.0  # the peak that `y` was scaled by; it compares plans of one chain and means nothing else


@dataclass(frozen=True)
class Strips:
    """One infusion on one log-time axis, 10 minutes to 4 weeks.

    Mood is stacked: drug, hope and setting, time, in points gained (all of shape `time_h`).
    Body holds two curves: CADSS and the rise of systolic pressure.
    """

    time_h: Array
    infusion_h: float
    dose_text: str
    blood: Strip
    receptor: Strip
    glutamate: Strip
    connections: Strip
    body_cadss: Strip
    body_sbp: Strip
    mood: Strip
    mood_drug: Array
    mood_hope: Array
    mood_time: Array
    surge: float = float("nan")  # area of glutamate over the first two hours, without a unit: for its order alone


@dataclass(frozen=True)
class Lines:
    """One person alone: the median responder and the median non-responder, each with its share."""

    time_d: Array
    responder: Array
    responder_lo: Array
    responder_hi: Array
    non_responder: Array
    non_responder_lo: Array
    non_responder_hi: Array
    share: Range
    band: str


@dataclass(frozen=True)
class Domain:
    """Whether a plan is inside the fitted data. Outside: no headline, dashed line, no filled band.

    extrapolated: by exposure to a route or drug the fit never saw; its bands hold the wider spread between trials.
    """

    inside: bool
    reason: str
    text: str
    extrapolated: bool = False


@dataclass(frozen=True)
class Plan:
    """Everything said about one plan."""

    tag: str  # A or B
    text: str
    cut: tuple[str, ...]  # steps of the chain held at rest
    words: str
    count: str  # "6 × 41 mg"
    total_mg: float
    dose_days: tuple[float, ...]
    calendar: tuple[tuple[str, ...], ...]  # rows: label, then seven cells
    domain: Domain
    warnings: tuple[str, ...]
    weight_of_hope: float
    days: tuple[OnDay, ...]
    back: Back
    bands: Bands  # observed MADRS over people, days
    compared_median: Array  # median of the counterfactual, same times
    lines: Lines
    session: SessionView
    strips: Strips
    within_sd: float  # change at day 1: SD of people within a draw
    between_sd: float  # and of the means between draws


@dataclass(frozen=True)
class Contrast:
    """A minus B on one day, common random numbers."""

    day: float
    response: Range
    remission: Range
    worse: Range
    madrs: Range
    drug: Range
    hope: Range
    time: Range
    better: float  # people of 100 in whom A's score is lower


@dataclass(frozen=True)
class Fact:
    """One fact of the person: did it move the answer, leave it alone, or can the evidence not use it?"""

    name: str
    value: str
    verdict: str  # "moved it", "no change", "not usable"
    why: str


@dataclass(frozen=True)
class Leaning:
    """A number the answer leans on: the shift of the drug's part at day 1 when it moves over its 90 %."""

    name: str
    meaning: str
    value: str
    source: str
    grade: str
    moves: str


@dataclass(frozen=True)
class Summary:
    """The whole answer: one or two plans for one kind of person."""

    person: str
    facts: tuple[Fact, ...]
    setting: str
    compared_with: str
    plans: tuple[Plan, ...]
    contrasts: tuple[Contrast, ...]
    leanings: tuple[Leaning, ...]
    known: tuple[str, ...]
    assumed: tuple[str, ...]
    cannot_tell: tuple[str, ...]
    defaults: tuple[tuple[str, str], ...]  # field, value: printed with the figures that depend on it
    sources: tuple[tuple[str, str, str], ...]  # key, citation, DOI or address
    until_days: float
    people: int
    draws: int
    per_draw: int
    seed: int
    date_given: str
    version: str
    evidence_version: str
    evidence_sha: str
    command: str
