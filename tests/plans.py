"""Random courses and broken texts, for the property tests."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from resynapse.errors import Refused
from resynapse.therapy import ARKETAMINE, ESKETAMINE, RACEMIC, Course, Dose, Part, Schedule

WEIGHT_FREE = st.floats(min_value=0.0012, max_value=10.0)
TENTHS = st.integers(1, 100).map(lambda k: k / 10)
MINUTES = st.integers(1, 1440).map(lambda m: float(m) / 60)
HOURS = st.integers(1, 120).map(float)
ODD_HOURS = st.floats(min_value=0.02, max_value=24.0)


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    unit = draw(st.sampled_from(["mg", "mg/kg"]))
    form = draw(st.sampled_from(["base", "hcl"]))
    drug = draw(st.sampled_from([RACEMIC, ESKETAMINE, ARKETAMINE]))
    amount = draw(st.one_of(WEIGHT_FREE, TENTHS)) * (1.0 if unit == "mg/kg" else 30.0)
    kind = draw(st.sampled_from(["infusion", "bolus", "devices", "spray", "other"]))
    if kind == "infusion":
        hours = draw(st.one_of(MINUTES, HOURS, ODD_HOURS))
        return Dose(amount, unit, form, drug, "iv", hours)
    if kind == "bolus":
        return Dose(amount, unit, form, drug, "iv")
    if kind == "other":
        return Dose(amount, unit, form, drug, draw(st.sampled_from(["im", "sc", "sublingual", "oral", "rectal"])))
    gap = draw(st.integers(1, 60)) / 60
    if kind == "devices":
        n = draw(st.integers(1, 5))
        return Dose(28.0 * n, "mg", "base", ESKETAMINE, "nasal", 0.0, n, gap)
    return Dose(amount, unit, form, RACEMIC, "nasal", 0.0, 2, 5 / 60)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    kind = draw(st.sampled_from(["once", "days", "every"]))
    if kind == "days":
        days = draw(st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True))
        return Schedule("days", draw(st.integers(1, 9)), tuple(days))
    if kind == "every":
        hours = draw(st.one_of(st.integers(3, 900).map(float), st.floats(min_value=3.0, max_value=900.0)))
        return Schedule("every", draw(st.integers(1, 9)), (), hours)
    return Schedule()


@st.composite
def courses(draw: st.DrawFn) -> Course:
    return Course(tuple(Part(draw(doses()), draw(schedules())) for _ in range(draw(st.integers(1, 4)))))


GOOD = (
    "0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks",
    "35 mg hcl esketamine over 100 min, every 3.5 d for 4 weeks",
    "2 x 28 mg esketamine gap 10 min, mon thu, 4 weeks, then 3 x 28 mg, every 7 d, 4 times",
    "0.75 mg/kg/h for 40 min, q 3.5 d x 4",
    "500 \u00b5g/kg, iv, once, then 0.1 mg/kg/h for 96 h long",
)
PIECES = (
    "", " ", ",", ", ", "0", ".", "9", "-", "+", "e3", "mg", "mg/kg", "/", "kg", "min", "h", "long", "then",
    "iv", "im", "oral", "nasal", "once", "mon", "x", "28", "gap", "for", "over", "every", "q", "hcl",
    "\u00b5", "\u2212", "\u00d7", "\u00a0", "\t", "\n", "\x00", "\u0661", "\uff15", "\ud7ff", "\U0001f48a", "9**9",
    "nan",
)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn, lines: tuple[str, ...] = GOOD) -> str:
    """A good line with up to four cuts and insertions."""
    text = draw(st.sampled_from(lines))
    for _ in range(draw(st.integers(1, 4))):
        i = draw(st.integers(0, len(text)))
        j = draw(st.integers(i, min(len(text), i + 8)))
        text = text[:i] + draw(st.sampled_from(PIECES)) + text[j:]
    return text


def refusal(read: Callable[[str], object], text: str) -> Refused | None:
    """What reading refuses, or None. Any other exception is the test's failure."""
    try:
        read(text)
    except Refused as no:
        return no
    return None


def reads(read: Callable[[str], object], text: str) -> bool:
    return refusal(read, text) is None


def mended(no: Refused, text: str, value: str) -> str:
    """The text with the faulty part replaced by the passing value."""
    return text[: no.place.start] + value + text[no.place.end :]


def truly_passes(read: Callable[[str], object], text: str, no: Refused, value: str) -> bool:
    """Reads as a whole, in place of the fault, or past it to another fault."""
    if reads(read, value) or reads(read, mended(no, text, value)):
        return True
    later = refusal(read, mended(no, text, value))
    return later is not None and later.place.start >= no.place.start + max(1, len(value))
