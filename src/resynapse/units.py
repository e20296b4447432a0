"""Text to numbers with units, and back. Canonical inside: mg, L, h, kg, umol, point, mmHg, bpm.

A closed table with exact factors. Body weight (`kg`) is a dimension of its own: `mg/kg` is not a
number without a unit, and `g` is always a mass of drug. A compound unit is read by splitting on "/":
`ug/kg/min` is micrograms per kilogram of body weight and minute. Nothing outside the table is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from resynapse.errors import Place, Refused

BASES = ("mg", "umol", "L", "h", "kg", "point", "mmHg", "bpm")
"""The symbols `dimension` speaks in. Order: as they are printed in `canonical`."""

_MILLION, _THOUSAND, _HUNDRED = Fraction(10**6), Fraction(1000), Fraction(100)

# name: (factor to canonical, exponents of the bases). The year is the Julian year of 365.25 days.
_TABLE: dict[str, tuple[Fraction, dict[str, int]]] = {
    "mg": (Fraction(1), {"mg": 1}),
    "g": (_THOUSAND, {"mg": 1}),
    "ug": (1 / _THOUSAND, {"mg": 1}),
    "ng": (1 / _MILLION, {"mg": 1}),
    "kg": (Fraction(1), {"kg": 1}),
    "umol": (Fraction(1), {"umol": 1}),
    "nmol": (1 / _THOUSAND, {"umol": 1}),
    "mmol": (_THOUSAND, {"umol": 1}),
    "mol": (_MILLION, {"umol": 1}),
    "uM": (Fraction(1), {"umol": 1, "L": -1}),
    "nM": (1 / _THOUSAND, {"umol": 1, "L": -1}),
    "mM": (_THOUSAND, {"umol": 1, "L": -1}),
    "L": (Fraction(1), {"L": 1}),
    "mL": (1 / _THOUSAND, {"L": 1}),
    "s": (Fraction(1, 3600), {"h": 1}),
    "min": (Fraction(1, 60), {"h": 1}),
    "h": (Fraction(1), {"h": 1}),
    "d": (Fraction(24), {"h": 1}),
    "weeks": (Fraction(168), {"h": 1}),
    "year": (Fraction(8766), {"h": 1}),
    "point": (Fraction(1), {"point": 1}),
    "mmHg": (Fraction(1), {"mmHg": 1}),
    "bpm": (Fraction(1), {"bpm": 1}),
    "1": (Fraction(1), {}),
    "%": (1 / _HUNDRED, {}),
    "logit": (Fraction(1), {}),
}

# Read, never printed. The micro sign is U+00B5, the Greek letter U+03BC: both mean micro.
_READ = {
    "mcg": "ug",
    "\u00b5g": "ug",
    "\u03bcg": "ug",
    "\u00b5mol": "umol",
    "\u03bcmol": "umol",
    "\u00b5M": "uM",
    "\u03bcM": "uM",
    "minutes": "min",
    "hours": "h",
    "day": "d",
    "days": "d",
    "week": "weeks",
    "years": "year",
    "points": "point",
    "beats/min": "bpm",
    "fraction": "1",
    "-": "1",
    "x": "1",
    "SD": "1",
    "prop SD": "1",
    "session": "1",
    "sessions": "1",
    "percent": "%",
}

_VALID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_EXPONENT = re.compile(r"([0-9]*\.?[0-9]*)[eE]([+-]?[0-9]{1,2})")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DIGITS_MOST = 24  # a double needs 17 significant digits; anything longer is no dose anyone writes
NUMBER_RULE = "A number is plain digits with a decimal point: no sign, comma, space or exponent."


@lru_cache(maxsize=512)
def _read(unit: str) -> tuple[Fraction, Mapping[str, int]]:
    """Exact factor and exponents of a unit, compound or not."""
    name = _READ.get(unit, unit)
    if name in _TABLE:
        return _TABLE[name][0], _TABLE[name][1]
    pieces = name.replace(" per ", "/").split("/")
    if len(pieces) < 2:
        raise _unknown(unit)
    factor, total = Fraction(1), dict.fromkeys(BASES, 0)
    for i, piece in enumerate(pieces):
        known = _READ.get(piece, piece)
        if known not in _TABLE:
            raise _unknown(unit, piece)
        sign = 1 if i == 0 else -1
        factor *= _TABLE[known][0] ** sign
        for base, power in _TABLE[known][1].items():
            total[base] += sign * power
    return factor, {base: power for base, power in total.items() if power}


def _unknown(unit: str, piece: str = "") -> Refused:
    at = unit.find(piece) if piece else 0
    place = Place(text=unit, start=at, end=at + len(piece or unit))
    known = tuple(_TABLE)
    return Refused(
        f"{(piece or unit)[:40]!r} is not a unit here",
        f"Units are {', '.join(known)}, and these joined by a slash.",
        _near(piece or unit, known) or ("mg",),
        place,
    )


def _near(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    from difflib import get_close_matches

    return tuple(get_close_matches(word[:20], known, n=2, cutoff=0.5))


def exact(unit: str) -> Fraction:
    """Exact factor from `unit` to its canonical unit. Refused if the unit is not in the table."""
    return _read(unit)[0]


def factor(unit: str) -> float:
    """Factor from `unit` to its canonical unit: `factor("ng/mL")` is 0.001 (mg/L)."""
    return float(exact(unit))


def dimension(unit: str) -> Mapping[str, int]:
    """Exponents over `BASES`; empty for 1, fraction, %, logit: `{"mg": 1, "kg": -1}` for mg/kg."""
    return MappingProxyType(dict(_read(unit)[1]))


@lru_cache(maxsize=512)
def canonical(unit: str) -> str:
    """Name of the canonical unit: `canonical("ug/kg/min")` is "mg/kg/h", of a share "1"."""
    powers = _read(unit)[1]
    above = [b for b in BASES for _ in range(powers.get(b, 0))]
    # kg before h: mg/kg/h, as doses are written
    order = ("kg", "umol", "L", "mg", "h", "point", "mmHg", "bpm")
    below = [b for b in order for _ in range(-powers.get(b, 0))]
    head = above[:1] or ["1"]
    if len(above) > 1:
        raise Refused(f"{unit!r} multiplies two units", "A unit is one unit, divided by others.", ("mg/L",))
    return "/".join(head + below)


def number(text: str, example: str = "0.5") -> float:
    """A number as people type it, strictly. Refused (cause, caret, rule, values that pass) otherwise."""
    return float(rational(text, example))


def rational(text: str, example: str = "0.5") -> Fraction:
    """As `number`, exact. `example` is the value named where no nearer one can be guessed."""
    if len(text) <= _DIGITS_MOST and _VALID.fullmatch(text):
        return Fraction(text)
    cause, guesses = _fault(text)
    good = tuple(g for g in guesses if len(g) <= _DIGITS_MOST and _VALID.fullmatch(g))
    place = Place(text=text, start=0, end=len(text))
    raise Refused(cause, NUMBER_RULE, tuple(dict.fromkeys(good)) or (example,), place)


def _fault(text: str) -> tuple[str, list[str]]:  # noqa: PLR0911, PLR0912  (one line a kind of fault)
    """What is wrong with a number, and what was likely meant."""
    shown = text if len(text) <= 40 else text[:37] + "..."
    if not text:
        return "there is no number", []
    if not text.isascii():
        return _foreign(text)
    if len(text) > _DIGITS_MOST:
        return f"{shown} has too many characters for a number", []
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        return f"{shown} is not a finite number", []
    if text[0] in "+-":
        return f"{shown} has a sign", [text[1:]]
    if " " in text:
        return f"{shown} has a space inside", [text.replace(" ", "")]
    if "," in text:
        whole = [text.replace(",", "")] if _THOUSANDS.fullmatch(text) else []
        return f"{shown} has a comma", [text.replace(",", "."), *whole]
    if match := _EXPONENT.fullmatch(text):
        return f"{shown} has an exponent", [_expanded(match[1], int(match[2]))]
    if text.startswith("."):
        return f"{shown} starts with the point", ["0" + text]
    if text.endswith("."):
        return f"{shown} ends with the point", [text[:-1]]
    if re.fullmatch(r"0[0-9]+(\.[0-9]+)?", text):
        return f"{shown} starts with a zero, as if a point were lost", [
            text.lstrip("0"),
            "0." + text.lstrip("0").replace(".", ""),
        ]
    if re.fullmatch(r"[0-9]+(_[0-9]+)+", text):
        return f"{shown} has an underscore", [text.replace("_", "")]
    if text.count(".") > 1:
        return f"{shown} has two points", []
    return f"{shown} is not a number", []


def _expanded(mantissa: str, power: int) -> str:
    """1e-3 written out; empty when it is too long or no number at all."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", mantissa):
        return ""
    return plain(float(mantissa) * 10.0**power) if abs(power) < 12 else ""


def _foreign(text: str) -> tuple[str, list[str]]:
    """A character outside ASCII: say which, and the plain spelling if there is one."""
    import unicodedata

    odd = next(c for c in text if not c.isascii())
    name = unicodedata.name(odd, "a character without a name").lower()
    plainer = "".join(_plain_character(c, unicodedata.decimal(c, None)) for c in text)
    return f"it holds U+{ord(odd):04X}, {name}", [plainer.replace(" ", "").lstrip("-")]


def _plain_character(c: str, digit: int | None) -> str:
    if digit is not None:
        return str(digit)
    return {"\u2212": "-", "\u2013": "-", "\uff0e": ".", "\u066b": ".", "\u00b7": "."}.get(c, c if c.isascii() else "")


def plain(value: float) -> str:
    """Shortest text that reads back to the same float, never with an exponent: 0.5, 40, 0.00001."""
    text = repr(float(value))
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


# kind: (canonical unit, units that are read, an example); lower case, so that "82 KG" is read
KINDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "weight": ("kg", ("kg", "g"), "82 kg"),
    "time": (
        "h",
        ("min", "h", "d", "weeks", "s", "minutes", "hours", "day", "days", "week"),
        "40 min",
    ),
    "dose": ("mg", ("mg", "ug", "g", "mcg", "\u00b5g", "\u03bcg"), "35 mg"),
    "dose per weight": (
        "mg/kg",
        ("mg/kg", "ug/kg", "mcg/kg", "\u00b5g/kg", "\u03bcg/kg"),
        "0.5 mg/kg",
    ),
    "age": ("y", ("y", "years"), "44 y"),
    "pressure": ("mmHg", ("mmHg",), "128 mmHg"),
    "heart rate": ("bpm", ("bpm",), "72 bpm"),
    "concentration": ("mg/L", ("ng/mL", "mg/L", "ug/mL", "ug/L"), "200 ng/mL"),
    "share": ("1", ("%", "fraction"), "90 %"),
}
# Weights in grams and ages in years are read at the door only: inside, g is drug and time is hours.
_AT_THE_DOOR = {("weight", "g"): Fraction(1, 1000), ("age", "y"): Fraction(1), ("age", "years"): Fraction(1)}


def quantity(text: str, kind: str) -> float:
    """A number with its unit, as typed for a flag: `quantity("40 min", "time")` is 2/3 (hours).

    kind: a key of `KINDS`; the answer is in its canonical unit. Refused with place and a value that
    passes; a number without its unit is refused.
    """
    if kind not in KINDS:
        raise Refused(f"{kind!r} is not a kind of quantity", f"Kinds: {', '.join(KINDS)}.", ("weight",))
    _, names, example = KINDS[kind]
    spot = re.fullmatch(r" *([^ ]+)(?: +([^ ]+))? *", text) if len(text) < 200 else None
    if spot is None:
        raise Refused(
            f"this is not one {kind}",
            "A number, a space, its unit.",
            (example,),
            Place(text=text[:200], end=min(len(text), 200)),
        )
    value = _number_in(text, spot, example)
    unit = {n.lower(): n for n in names}.get((spot[2] or "").lower())
    if unit is None:
        raise _wrong_unit(text, spot, kind)
    scale = _AT_THE_DOOR.get((kind, unit))
    return float(value * (exact(unit) if scale is None else scale))


def _number_in(text: str, spot: re.Match[str], example: str) -> Fraction:
    try:
        return rational(spot[1], example.split(" ")[0])
    except Refused as no:
        glued = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z\u00b5\u03bc%/]+)", spot[1])
        if glued and not spot[2]:
            no.cause, no.rule = "no space between number and unit", "A number, a space, its unit."
            no.passes = (f"{glued[1]} {glued[2]}",)
        no.place = Place(text=text, start=spot.start(1), end=spot.end(1))
        raise


def _wrong_unit(text: str, spot: re.Match[str], kind: str) -> Refused:
    _, names, example = KINDS[kind]
    named = f"{spot[2][:40]!r} is not a unit of {kind}" if spot[2] else "a number needs its unit"
    near = _near(spot[2], names) if spot[2] else ()
    unit = near[0] if near else example.split(" ")[1]
    start, end = (spot.start(2), spot.end(2)) if spot[2] else (spot.start(1), spot.end(1))
    rule = f"Units of {kind}: {', '.join(n for n in names if n.isascii())}."
    return Refused(named, rule, (f"{spot[1]} {unit}",), Place(text=text, start=start, end=end))
