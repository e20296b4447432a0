"""Numbers to words: one form for each kind, in every face. Rounding happens here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

from resynapse.mechanism.cuts import CUTS
from resynapse.outcome.summary import Range

MINUS, TIMES, AT_MOST, THIN, DASH = "−", "×", "≤", "\u202f", "–"
UNKNOWN = "not known"
ON_ACTIVE = "active placebo"

_COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]

Form = Callable[[float], str]


def number(x: float, digits: int = 0, *, sign: bool = False) -> str:
    """`x` with fixed decimals and a true minus; never "−0". `sign` adds a plus to what is above zero."""
    if not math.isfinite(x):
        return UNKNOWN if math.isnan(x) else ("∞" if x > 0 else MINUS + "∞")
    text = f"{abs(x):.{digits}f}"
    if float(text) == 0:
        return text
    return (MINUS if x < 0 else "+" if sign else "") + text


def significant(x: float, digits: int = 3) -> str:
    """`x` with so many significant digits and no exponent: 272, 84.1, 5.21."""
    if x == 0 or not math.isfinite(x):
        return number(x)
    rounded = float(f"{x:.{digits - 1}e}")
    places = digits - 1 - math.floor(math.log10(abs(rounded)))
    return number(rounded, max(places, 0))


def count(n: float) -> str:
    """A whole number with commas: 6,000."""
    return f"{round(n):,}".replace("-", MINUS)


def counted(n: int) -> str:
    """A small count in letters: six; above twelve in digits."""
    return _COUNTS[n] if 0 <= n < len(_COUNTS) else count(n)


def whole(x: float) -> str:
    """A whole number."""
    return number(x)


def tenth(x: float) -> str:
    """One decimal."""
    return number(x, 1)


def clean(text: str, keep: str = "") -> str:
    """Text without characters that steer a terminal or that a page cannot hold; thin spaces stay."""
    return "".join(c if c.isprintable() or c == THIN or c in keep else " " for c in text)


def unit(value: str, name: str) -> str:
    """Value and unit, kept together by a narrow no-break space: 41 mg, 18 %. Points of a scale have no unit."""
    return f"{value}{THIN}{name}" if name not in ("", "point") else value


def people(x: float) -> str:
    """People of 100, whole: "46 of 100", "fewer than 1 of 100", "over 99 of 100"."""
    return f"{bare_people(x)} of 100"


def bare_people(x: float) -> str:
    """As `people`, without "of 100": for the later numbers of a sentence and for narrow cells."""
    if not math.isfinite(x):
        return UNKNOWN
    if x < 1:
        return "fewer than 1"
    return "over 99" if x > 99 else whole(x)


def level(x: float) -> str:
    """A concentration: three significant digits."""
    return significant(x, 3)


def dose_mg(x: float) -> str:
    """A dose in mg: whole from 10, two significant digits below."""
    return unit(whole(x) if x >= 9.95 else significant(x, 2), "mg")


def minutes(x: float) -> str:
    """A time after the start: minutes to 120, hours to 48, then days."""
    if not math.isfinite(x):
        return UNKNOWN
    if round(x) <= 120:
        return unit(whole(x), "min")
    hours = x / 60
    return unit(_short(hours), "h") if hours <= 48 else f"day {whole(hours / 24)}"


def _short(x: float) -> str:
    """One decimal, or none where it would be zero."""
    text = number(x, 1)
    return text.removesuffix(".0")


def day(x: float, last: float = math.inf) -> str:
    """A day: "day 30"; what lies beyond the last rating reads "beyond day 42"."""
    if math.isnan(x):
        return UNKNOWN
    return f"beyond day {whole(last)}" if x > last or math.isinf(x) else f"day {whole(x)}"


def days(x: float, last: float = math.inf) -> str:
    """A number of days: "18 days", "more than 28 days"."""
    beyond = x > last or math.isinf(x)
    text = whole(last if beyond else x)
    return ("more than " if beyond else "") + text + (" day" if text == "1" else " days")


def has_interval(r: Range) -> bool:
    """Whether the range says more than its value: one person without draws has none."""
    return not (math.isnan(r.lo) or math.isnan(r.hi) or r.lo == r.hi)


def interval(r: Range, form: Form = whole, *, terse: bool = False) -> str:
    """ "(a to b)", or "" where there is none; terse gives "(a–b)" if both ends are positive."""
    if not has_interval(r):
        return ""
    if math.isinf(r.hi):  # the last rating came first
        return "" if math.isinf(r.lo) else f"({form(r.lo)} or more)"
    joint = DASH if terse and r.lo >= 0 and r.hi >= 0 else " to "
    return f"({form(r.lo)}{joint}{form(r.hi)})"


def ranged(r: Range, form: Form = whole, name: str = "", *, terse: bool = False) -> str:
    """Value, unit, interval: "272 ng/mL (232 to 309)"."""
    return f"{unit(form(r.value), name)} {interval(r, form, terse=terse)}".rstrip()


def people_ranged(r: Range, *, terse: bool = False) -> str:
    """ "46 of 100 (35 to 57)"."""
    return f"{people(r.value)} {interval(r, whole, terse=terse)}".rstrip()


def share_out(parts: Sequence[float], digits: int = 1) -> tuple[tuple[float, ...], float]:
    """Parts and total as they print, so that the parts add up.

    The total is rounded; each part is rounded down, and what is left goes, a last digit at a time, to
    the largest remainders.
    """
    scale = 10**digits
    total = round(float(f"{math.fsum(parts):.{digits}f}") * scale)
    floors = [math.floor(p * scale) for p in parts]
    left = total - sum(floors)
    order = sorted(range(len(parts)), key=lambda i: floors[i] - parts[i] * scale)
    for i in range(abs(left)):
        floors[order[i % len(order)] if left > 0 else order[-1 - i % len(order)]] += 1 if left > 0 else -1
    return tuple(f / scale for f in floors), total / scale


def sum_written_out(parts: Sequence[float], digits: int = 1) -> str:
    """ "9.6 + 7.7 + 1.5 = 18.8", with " − " where a part is negative."""
    printed, total = share_out(parts, digits)
    text = number(printed[0], digits)
    for part in printed[1:]:
        text += f" {MINUS if part < 0 else '+'} {number(abs(part), digits)}"
    return f"{text} = {number(total, digits)}"


def cut_text(keys: Sequence[str]) -> str:
    """What follows a plan whose chain is cut: ", glutamate link cut"; nothing for the whole chain."""
    return f", {cut_links(keys)} cut" if keys else ""


def cut_links(keys: Sequence[str]) -> str:
    """ "glutamate link", or "glutamate and hope links"."""
    return f"{listed([CUTS[key].name for key in keys])} {'link' if len(keys) == 1 else 'links'}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def first_upper(text: str) -> str:
    """The first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def date_words(iso: str) -> str:
    """ "24 November 2026" from "2026-11-24"; any other text as it is."""
    try:
        d = date.fromisoformat(iso)
    except ValueError:
        return iso
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return f"{d.day} {months[d.month - 1]} {d.year}"


def compared_words(compared_with: str) -> tuple[str, str]:
    """How the counterfactual reads: long ("on an active placebo") and short ("on placebo")."""
    text = compared_with.lower()
    if text.startswith(ON_ACTIVE):
        return "on an active placebo", "on placebo"
    if text.startswith("saline"):
        return "on saline", "on saline"
    if text.startswith("no treatment"):
        return "without treatment", "untreated"
    return f"on {compared_with}", f"on {compared_with}"


def once(n: int) -> str:
    """How often: "once", "twice", "six times"."""
    return {1: "once", 2: "twice"}.get(n, f"{counted(n)} times")
