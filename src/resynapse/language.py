"""The grammar of plans: one line of text to parts as written, each with its place.

Closed: what the grammar does not name is refused with the place, the rule and a text that would pass.
This file knows words and numbers only; what a dose may be is decided in `resynapse.therapy`.
The grammar and its examples: `docs/language.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from resynapse.errors import Refused
from resynapse.spans import Span, check_characters, place
from resynapse.units import rational

EXAMPLE = "0.5 mg/kg over 40 min"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DRUGS = ("racemic", "esketamine", "arketamine")
ROUTES = ("iv", "im", "sc", "nasal", "sublingual", "oral", "rectal")
FORMS = ("base", "hcl")
DEVICE_MG = 28

# unit as read (lower case): (canonical dose unit, factor)
_MICRO = Fraction(1, 1000)
_DOSE_UNITS = {
    "mg": ("mg", Fraction(1)),
    "mg/kg": ("mg/kg", Fraction(1)),
    "g": ("mg", Fraction(1000)),
    **{f"{u}g": ("mg", _MICRO) for u in ("u", "mc", "\u00b5", "\u03bc")},
    **{f"{u}g/kg": ("mg/kg", _MICRO) for u in ("u", "mc", "\u00b5", "\u03bc")},
}
_RATE_UNITS = {
    "mg/h": ("mg", Fraction(1)),
    "mg/kg/h": ("mg/kg", Fraction(1)),
    **{f"{u}g/kg/min": ("mg/kg", 60 * _MICRO) for u in ("u", "mc", "\u00b5", "\u03bc")},
}
_TIME_UNITS = {
    **dict.fromkeys(("min", "minutes"), Fraction(1, 60)),
    **dict.fromkeys(("h", "hours"), Fraction(1)),
    **dict.fromkeys(("d", "day", "days"), Fraction(24)),
    **dict.fromkeys(("weeks", "week"), Fraction(168)),
}
# What people write instead; named in the refusal, never read.
_MEANT = {
    "ketamine": "racemic", "s-ketamine": "esketamine", "spravato": "esketamine", "r-ketamine": "arketamine",
    "intravenous": "iv", "intramuscular": "im", "subcutaneous": "sc", "intranasal": "nasal", "in": "nasal",
    "po": "oral", "sl": "sublingual", "daily": "every 1 d, 7 times", "weekly": "every 7 d, 4 times",
    "hr": "h", "hour": "h", "hrs": "h", "mins": "min", "minute": "min", "wk": "weeks", "mg.": "mg",
    "monday": "mon", "tuesday": "tue", "wednesday": "wed", "thursday": "thu", "friday": "fri",
    "saturday": "sat", "sunday": "sun", "infusion": "iv", "single": "once", "hydrochloride": "hcl",
}  # fmt: skip
_UNIT_RULE = "Dose units are mg, mg/kg, ug, ug/kg, g; rates are mg/h, mg/kg/h, ug/kg/min."
_TIME_RULE = "Time units are min, h, d, weeks."
_FIELDS_RULE = "After the dose come over, a route and a schedule, each once, after a comma."


@dataclass(frozen=True)
class WrittenTime:
    """A time as written, in hours, exact; `long` is the word that allows more than 24 h."""

    hours: Fraction
    long: bool
    span: Span


@dataclass(frozen=True)
class WrittenDose:
    """A dose as written. amount: in `unit` (mg or mg/kg), or that per hour if `rate`.

    devices: number of 28 mg nasal devices, 0 if none are named. form, drug: empty if unsaid.
    """

    amount: Fraction
    unit: str
    span: Span
    rate: bool = False
    form: str = ""
    drug: str = ""
    drug_span: Span = (0, 0)
    devices: int = 0
    gap: WrittenTime | None = None


@dataclass(frozen=True)
class WrittenRoute:
    name: str
    span: Span


@dataclass(frozen=True)
class WrittenSchedule:
    """`kind` is once, days or every. count: weeks (days) or times (every); None: `total` is given."""

    kind: str
    span: Span
    days: tuple[int, ...] = ()
    count: int | None = None
    interval: WrittenTime | None = None
    total: WrittenTime | None = None


@dataclass(frozen=True)
class WrittenPart:
    """One part of a plan; a field that was not written is None."""

    span: Span
    dose: WrittenDose | None = None
    over: WrittenTime | None = None
    route: WrittenRoute | None = None
    schedule: WrittenSchedule | None = None


def parse(text: str, partial: bool = False) -> tuple[WrittenPart, ...]:
    """Parts of a plan, in order. `partial`: fields may be left out, the dose too (for `--against`)."""
    check_characters(text, EXAMPLE)
    return tuple(_Reader(text, partial).course())


class _Token(NamedTuple):
    text: str
    low: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return self.start, self.end


_TOKEN = re.compile(r",|[^ ,]+")
_DECIMAL_COMMA = re.compile(r"(?<![0-9,.])[0-9]+(?:,[0-9]+)+(?:\.[0-9]+)?")
_SPACED_NUMBER = re.compile(r"(?<![^ ,])[0-9][0-9.]* +[0-9][0-9.]*(?![^ ,])")
_SPACED_SLASH = re.compile(r"(?<![A-Za-z])[A-Za-z]+(?: +/ *|/ +)[A-Za-z]+")
_GLUED = re.compile(r"([0-9]+(?:\.[0-9]+)?)([a-z\u00b5\u03bc%][a-z\u00b5\u03bc%/]*)")
_COUNT = re.compile(r"([0-9]{1,3})x[0-9]+(mg)?")
_NUMERIC = re.compile(r"[0-9+.]|-[0-9.]")


class _Reader:
    """Reads tokens left to right; every step either moves on or refuses with its place."""

    def __init__(self, text: str, partial: bool) -> None:
        self.text, self.partial, self.i = text, partial, 0
        for m in (_DECIMAL_COMMA.search(text), _SPACED_NUMBER.search(text)):
            if m:
                self.number_at(m.group(), m.span(), "0.5")
        if m := _SPACED_SLASH.search(text):
            fixed = m[0].replace(" ", "")
            raise self.refuse("a unit has no space", _UNIT_RULE, (fixed,), m.span())
        self.tokens = [_Token(m[0], m[0].lower(), *m.span()) for m in _TOKEN.finditer(text)]

    # -- tokens

    def low(self, ahead: int = 0) -> str:
        """The word `ahead` steps on, lower case; empty at the end."""
        j = self.i + ahead
        return self.tokens[j].low if j < len(self.tokens) else ""

    def take(self) -> _Token:
        self.i += 1
        return self.tokens[self.i - 1]

    @property
    def here(self) -> Span:
        """Span of the next token; at the end, of the last one."""
        return self.tokens[min(self.i, len(self.tokens) - 1)].span

    def since(self, start: int) -> Span:
        return start, self.tokens[self.i - 1].end

    def refuse(self, cause: str, rule: str, passes: tuple[str, ...], span: Span | None = None) -> Refused:
        return Refused(cause, rule, passes, place(self.text, span or self.here))

    def number_at(self, text: str, span: Span, example: str) -> Fraction:
        try:
            return rational(text, example)
        except Refused as no:
            no.place = place(self.text, span)
            raise

    # -- the course and its parts

    def course(self) -> list[WrittenPart]:
        parts = [self.part()]
        while self.i < len(self.tokens):
            self.comma()
            self.take()  # then: part() stops nowhere else
            if self.i == len(self.tokens):
                whole = self.text[: self.tokens[self.i - 2].start].rstrip()
                raise self.refuse("nothing follows then", "A part follows then.", (whole,))
            parts.append(self.part())
        return parts

    def part(self) -> WrittenPart:
        start = self.here[0]
        found: dict[str, object] = {}
        if not self.partial or _NUMERIC.match(self.low()):
            self.dose(found)
        while self.i < len(self.tokens) and not (self.low() == "," and self.low(1) == "then"):
            self.field(found)
        if not found:
            raise self.refuse("an empty part", "A part has a field or more.", (EXAMPLE,))
        return WrittenPart(self.since(start), **found)  # type: ignore[arg-type]

    def field(self, found: dict[str, object]) -> None:
        """One field after the dose: over, a route or a schedule; each at most once."""
        comma = self.low() == ","
        if comma and not found:
            rest = self.text[: self.here[0]] + self.text[self.here[1] :].lstrip(" ")
            raise self.refuse("the line starts with a comma", _FIELDS_RULE, (rest.strip(),))
        if comma:
            self.comma()
        word = self.low()
        bare = not comma and word != "over" and bool(found)
        name, read = self.reader(word)
        if name is None or bare:
            raise self.unexpected(comma)
        if name in found:
            raise self.twice(name, comma)
        found[name] = read()

    def reader(self, word: str) -> tuple[str | None, Callable[[], object]]:
        if word == "over":
            return "over", self.over
        if word in ROUTES:
            return "route", self.route
        if word in {"once", "every", "q"} or word in DAYS:
            return "schedule", self.schedule
        return None, self.over

    def comma(self) -> None:
        """A comma, then a space and a word."""
        token = self.take()
        if self.i == len(self.tokens):
            whole = self.text[: token.start].rstrip()
            raise self.refuse("the line ends with a comma", _FIELDS_RULE, (whole,), token.span)
        if self.tokens[self.i].start == token.end:
            raise self.refuse("no space after the comma", "A comma, then a space.", (", ",), token.span)

    def twice(self, name: str, comma: bool) -> Refused:
        start, end = self.here
        before = self.tokens[self.i - 1].start if comma else start
        rest = [t for t in self.tokens[self.i :] if t.low == ","]
        stop = rest[0].start if rest else len(self.text)
        if name == "schedule" and len(rest) > 0 and self.low() not in {"once"}:
            stop = rest[1].start if len(rest) > 1 else len(self.text)
        whole = (self.text[:before].rstrip() + self.text[stop:]).strip()
        word = "duration" if name == "over" else name
        return self.refuse(f"{word} is written twice", _FIELDS_RULE, (whole,), (start, end))

    def unexpected(self, comma: bool) -> Refused:
        token = self.tokens[self.i]
        meant = self.likely(token.low, (*ROUTES, *DAYS, "once", "every", "over", "then"))
        if not comma and self.reader(token.low)[0]:
            fixed = self.text[: token.start].rstrip() + ", " + self.text[token.start :]
            return self.refuse(f"no comma before {token.text}", _FIELDS_RULE, (fixed,), token.span)
        if token.low == "then":
            fixed = self.text[: token.start].rstrip() + ", " + self.text[token.start :]
            return self.refuse("no comma before then", "Parts are joined by a comma and then.", (fixed,))
        if token.low == "for":
            rule = "for goes with a rate (mg/h, mg/kg/h, ug/kg/min); a dose takes over."
            return self.refuse("for after a dose", rule, ("over",), token.span)
        cause = f"{_short(token.text)} is not read here"
        if meant and comma:
            return self.refuse(cause, _FIELDS_RULE, meant)
        before = self.tokens[self.i - 1].start if comma else token.start
        whole = self.text[:before].rstrip() or ("once" if self.partial else "0.5 mg/kg over 40 min")
        return self.refuse(cause, _FIELDS_RULE, (whole,))

    def likely(self, word: str, known: tuple[str, ...]) -> tuple[str, ...]:
        from difflib import get_close_matches

        meant = _MEANT.get(word, "")
        if meant.split(" ")[0] in known:
            return (meant,)
        return tuple(get_close_matches(word[:20], known, n=1, cutoff=0.6))

    # -- the dose

    def dose(self, found: dict[str, object]) -> None:
        """Reads a dose into `found`; a rate brings its duration along as `over`."""
        start = self.here[0]
        if not _NUMERIC.match(self.low()) and not self.low().startswith(("nan", "inf")):
            raise self.no_dose()
        number_token = self.quantity_start("mg/kg")
        if self.low() == "x":
            found["dose"] = self.devices(start, number_token)
            return
        value = self.number_at(number_token.text, number_token.span, "0.5")
        if self.low() == f"x{DEVICE_MG}":
            raise self.refuse("no space after x", "As in 2 x 28 mg.", (f"x {DEVICE_MG}",))
        unit_token = self.unit_token(number_token, (*_DOSE_UNITS, *_RATE_UNITS), _UNIT_RULE, "mg/kg", "mg", "mg, iv")
        if unit_token.low in _RATE_UNITS:
            unit, scale = _RATE_UNITS[unit_token.low]
            found["dose"] = WrittenDose(value * scale, unit, self.since(start), rate=True)
            found["over"] = self.rate_time(unit_token)
            return
        unit, scale = _DOSE_UNITS[unit_token.low]
        form = self.take().low if self.low() in FORMS else ""
        drug_span = self.here
        drug = self.take().low if self.low() in DRUGS else ""
        self.misplaced_form(form)
        self.misspelt_drug(bool(drug))
        found["dose"] = WrittenDose(value * scale, unit, self.since(start), False, form, drug, drug_span)

    def no_dose(self) -> Refused:
        token = self.tokens[self.i]
        return self.refuse(
            f"{_short(token.text)} is not a dose",
            "A part starts with a number and its unit, or with a count of devices (2 x 28 mg).",
            ("0.5 mg/kg over 40 min",),
        )

    def quantity_start(self, unit: str) -> _Token:
        """A number's token; one glued to its unit is refused with the space put in."""
        token = self.take()
        if count := _COUNT.fullmatch(token.low):
            fixed = f"{count[1]} x {DEVICE_MG}{' mg' if count[2] else ''}"
            raise self.refuse(f"no space in {_short(token.text)}", "As in 2 x 28 mg.", (fixed,), token.span)
        if glued := _GLUED.fullmatch(token.low):
            known = {**_DOSE_UNITS, **_RATE_UNITS, **_TIME_UNITS}
            if glued[2].startswith("x"):
                fixed = f"{glued[1]} x"
            else:
                fixed = f"{glued[1]} {glued[2] if glued[2] in known else unit}"
            cause = f"no space in {_short(token.text)}"
            raise self.refuse(cause, "A number, a space, its unit.", (fixed,), token.span)
        return token

    def unit_token(self, number: _Token, known: tuple[str, ...], rule: str, *examples: str) -> _Token:
        word = self.low()
        if word in known:
            return self.take()
        at_end = not word or word == "," or word in {"over", "for", "then", *FORMS, *DRUGS, *ROUTES, "times"}
        if at_end or _NUMERIC.match(word):
            passes = tuple(f"{number.text} {u}" for u in examples)
            raise self.refuse("a number needs its unit", rule, passes, number.span)
        near = self.likely(word, known) or examples[:1]
        raise self.refuse(f"{_short(self.tokens[self.i].text)} is not a unit here", rule, near)

    def misplaced_form(self, form: str) -> None:
        if self.low() in FORMS and not form:
            drug = self.tokens[self.i - 1]
            fixed = f"{self.low()} {drug.low}"
            span = (drug.start, self.here[1])
            if drug.low in DRUGS:
                raise self.refuse("the form stands after the drug", "First hcl or base, then the drug.", (fixed,), span)
        if self.low() in FORMS:
            fixed = f"{self.tokens[self.i - 1].low}"
            span = (self.tokens[self.i - 1].start, self.here[1])
            raise self.refuse("the form is written twice", "One of hcl and base.", (fixed,), span)

    def misspelt_drug(self, known: bool) -> None:
        if not known and (meant := self.likely(self.low(), (*DRUGS, *FORMS))) and self.low() not in ROUTES:
            cause = f"{_short(self.tokens[self.i].text)} is not a drug here"
            raise self.refuse(cause, f"Drugs are {', '.join(DRUGS)}.", meant)

    def rate_time(self, unit: _Token) -> WrittenTime:
        if self.low() != "for":
            word = self.low()
            if word == "over":
                raise self.refuse("over after a rate", "A rate takes for, a dose takes over.", ("for",))
            fixed = f"{unit.text} for 40 min"
            raise self.refuse("a rate needs for and a time", "A rate is given for a time.", (fixed,), unit.span)
        self.take()
        return self.time("for")

    def devices(self, start: int, count: _Token) -> WrittenDose:
        n = self.whole(count, "2")
        self.take()
        token = self.quantity_start("mg") if self.low() else None
        if token is None or token.low != str(DEVICE_MG) or self.low() != "mg":
            span = (start, self.here[1])
            rule = f"A nasal device holds {DEVICE_MG} mg: 2 x 28 mg, 3 x 28 mg."
            raise self.refuse(
                f"{_short(self.text[slice(*span)])} is not a count of devices", rule, (f"{n} x 28 mg",), span
            )
        self.take()
        drug_span = self.here
        drug = self.take().low if self.low() in DRUGS else ""
        self.misspelt_drug(bool(drug))
        gap = None
        if self.low() == "gap":
            self.take()
            gap = self.time("gap")
        amount = Fraction(n * DEVICE_MG)
        return WrittenDose(amount, "mg", self.since(start), False, "", drug, drug_span, n, gap)

    def whole(self, token: _Token, example: str) -> int:
        value = self.number_at(token.text, token.span, example)
        if value.denominator != 1 or "." in token.text:
            passes = (str(max(1, int(value))),)
            raise self.refuse(f"{token.text} is not a whole number", "Counts are whole.", passes, token.span)
        if value < 1:
            raise self.refuse("a count of 0", "Counts start at 1.", (example,), token.span)
        return int(value)

    # -- times, routes, schedules

    def time(self, after: str) -> WrittenTime:
        """Number, unit and, after over and for, the word long."""
        if not self.low() or self.low() == ",":
            word = self.tokens[self.i - 1]
            example = f"{word.text} {'1 d' if after == 'every' else '40 min'}"
            raise self.refuse(f"no time after {after}", _TIME_RULE, (example,), word.span)
        start = self.here[0]
        number = self.quantity_start("d" if after == "every" else "min")
        value = self.number_at(number.text, number.span, "3" if after == "every" else "40")
        first = "d" if after == "every" else "min"
        unit = self.unit_token(number, tuple(_TIME_UNITS), _TIME_RULE, first, "h")
        span = self.since(start)
        long = self.low() == "long"
        if long and after not in {"over", "for"}:
            fixed = self.text[slice(*span)]
            raise self.refuse("long after " + after, "long goes with over and for.", (fixed,), (start, self.here[1]))
        if long:
            self.take()
        return WrittenTime(value * _TIME_UNITS[unit.low], long, self.since(start))

    def over(self) -> WrittenTime:
        self.take()
        return self.time("over")

    def route(self) -> WrittenRoute:
        token = self.take()
        return WrittenRoute(token.low, token.span)

    def schedule(self) -> WrittenSchedule:
        word = self.low()
        if word == "once":
            return WrittenSchedule("once", self.take().span)
        return self.weekdays() if word in DAYS else self.every(word)

    def weekdays(self) -> WrittenSchedule:
        start = self.here[0]
        days: list[int] = []
        while self.low() in DAYS:
            day = DAYS.index(self.take().low)
            if day in days:
                whole = " ".join(DAYS[d] for d in days)
                raise self.refuse(f"{DAYS[day]} is written twice", "Each day once.", (whole,), self.since(start))
            days.append(day)
        count = self.count(start, ("weeks", "week"), "2 weeks", "Weekdays take a number of weeks.")
        return WrittenSchedule("days", self.since(start), tuple(days), count)

    def every(self, word: str) -> WrittenSchedule:
        start = self.here[0]
        self.take()
        interval = self.time("every")
        if word == "every" and self.low() == "for":
            self.take()
            total = self.time("every")
            return WrittenSchedule("every", self.since(start), (), None, interval, total)
        rule = "every takes a number of times, or for and a time."
        count = self.q_times(start) if word == "q" else self.count(start, ("times",), "4 times", rule)
        return WrittenSchedule("every", self.since(start), (), count, interval)

    def q_times(self, start: int) -> int:
        if self.low() != "x" or not self.low(1):
            span = self.since(start)
            fixed = self.text[slice(*span)] + " x 4"
            raise self.refuse("q needs x and a count", "As in q 3.5 d x 4.", (fixed,), span)
        self.take()
        return self.whole(self.take(), "4")

    def count(self, start: int, units: tuple[str, ...], example: str, rule: str) -> int:
        """`, 2 weeks` or `, 4 times`."""
        span = self.since(start)
        fixed = f"{self.text[slice(*span)]}, {example}"
        if self.low() != "," or not _NUMERIC.match(self.low(1)):
            raise self.refuse(f"no number of {units[0]}", rule, (fixed,), span)
        self.comma()
        token = self.quantity_start(units[0])
        value = self.whole(token, example.split(" ")[0])
        if self.low() not in units:
            wrong = bool(self.low()) and self.low() not in {",", "then"}
            passes = (units[0],) if wrong else (f"{token.text} {units[0]}",)
            raise self.refuse(f"no number of {units[0]}", rule, passes, self.here if wrong else token.span)
        self.take()
        return value


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
