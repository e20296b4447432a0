"""A person: the facts that the chain or screening can use, each checked, none guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from math import isfinite
from operator import index
from typing import Any, ClassVar

from resynapse.errors import Refused
from resynapse.spans import Span, at, check_characters, place, proved
from resynapse.therapy import limits
from resynapse.units import plain, quantity, rational

ADULT_Y, OLDEST_Y = 18, 120
RANGES: dict[str, tuple[int, int]] = {
    "madrs": (0, 60),
    "sbp": (60, 260),
    "dbp": (30, 160),
    "heart_rate": (30, 220),
    "failed_trials": (0, 50),  # technical: no ceiling is published
}
EXAMPLES = {"madrs": "33", "sbp": "128", "dbp": "80", "heart_rate": "72", "failed_trials": "3"}
_NAMES = {
    "madrs": "MADRS",
    "sbp": "systolic pressure",
    "dbp": "diastolic pressure",
    "heart_rate": "heart rate",
    "failed_trials": "number of failed trials",
}


@dataclass(frozen=True, kw_only=True, init=False)
class Patient:
    """One person. weight: kg, or text with its unit ("82 kg"); age: years.

    madrs: points, 0 to 60; sbp, dbp: mmHg, seated, before the dose; heart_rate: bpm. failed_trials:
    antidepressants tried without success. new_antidepressant: an oral antidepressant starts within
    14 days. None means unknown. Refused if a value is impossible; the model is for adults.
    """

    weight: float
    age: float | None
    sex: str | None
    madrs: int | None
    sbp: float | None
    dbp: float | None
    heart_rate: float | None
    failed_trials: int | None
    new_antidepressant: bool

    EXAMPLE: ClassVar[str] = "82 kg, 44 y, female, madrs 33, sbp 128, failed 3"

    def __init__(
        self,
        *,
        weight: float | str = limits.DEFAULT_WEIGHT_KG,
        age: float | None = None,
        sex: str | None = None,
        madrs: int | None = None,
        sbp: float | None = None,
        dbp: float | None = None,
        heart_rate: float | None = None,
        failed_trials: int | None = None,
        new_antidepressant: bool = False,
    ) -> None:
        kg = quantity(weight, "weight") if isinstance(weight, str) else _real("weight", weight, "70.0")
        values = {
            "weight": limits.weight(kg),
            "age": None if age is None else _age(age),
            "sex": _sex(sex),
            "madrs": _in_range("madrs", madrs, True),
            "sbp": _in_range("sbp", sbp, False),
            "dbp": _in_range("dbp", dbp, False),
            "heart_rate": _in_range("heart_rate", heart_rate, False),
            "failed_trials": _in_range("failed_trials", failed_trials, True),
            "new_antidepressant": _yes_or_no(new_antidepressant),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self._check_pressures()

    def _check_pressures(self) -> None:
        if self.sbp is not None and self.dbp is not None and not self.dbp < self.sbp:
            raise Refused(
                f"diastolic {plain(self.dbp)} is not below systolic {plain(self.sbp)} mmHg",
                "The diastolic pressure is the lower of the two.",
                (plain(max(30.0, self.sbp - 40)),),
            )

    def replace(self, **changes: Any) -> Patient:
        """A new person with these facts changed, checked again."""
        return replace(self, **changes)

    @staticmethod
    def parse(text: str) -> Patient:
        """A person from one line: "82 kg, 44 y, female, madrs 33, sbp 128, failed 3"; any order.

        Also read: dbp 80, hr 72, new antidepressant. Each fact once. Refused with the place.
        """
        try:
            return Patient._parse(text)
        except Refused as no:
            raise proved(text, Patient._parse, no, Patient.EXAMPLE) from None

    @staticmethod
    def _parse(text: str) -> Patient:
        check_characters(text, Patient.EXAMPLE)
        if m := re.search(r"(?<![0-9,.])[0-9]+(?:,[0-9]+)+(?:[.][0-9]+)?", text):
            with at(text, m.span()):
                _plain_number(m[0])
        found: dict[str, Any] = {}
        for m in re.finditer(r"[^,]+|,(?=,)|^,|,$", text):
            raw = m[0].strip()
            start = m.start() + (len(m[0]) - len(m[0].lstrip()))
            span = (start, start + max(1, len(raw)))
            _read_fact(text, raw, span, found)
        with at(text, (0, len(text))):
            return Patient(**found)

    @property
    def line(self) -> str:
        """Shortest text that reads back to the same person; the weight is always said."""
        out = [f"{plain(self.weight)} kg"]
        if self.age is not None:
            out.append(f"{plain(self.age)} y")
        if self.sex is not None:
            out.append(self.sex)
        for name, word in _WORDS.items():
            value = getattr(self, name)
            if value is not None:
                out.append(f"{word} {plain(value)}")
        if self.new_antidepressant:
            out.append(_NEW)
        return ", ".join(out)

    def __str__(self) -> str:
        return self.line

    def __repr__(self) -> str:
        return f"Patient.parse({self.line!r})"


_WORDS = {"madrs": "madrs", "sbp": "sbp", "dbp": "dbp", "heart_rate": "hr", "failed_trials": "failed"}
_NEW = "new antidepressant"
_FACTS_RULE = "Facts: 82 kg, 44 y, female or male, madrs 33, sbp 128, dbp 80, hr 72, failed 3, new antidepressant."


def _read_fact(text: str, raw: str, span: Span, found: dict[str, Any]) -> None:
    """Reads one fact into `found`, already checked on its own, so that the caret is under it."""
    name, read = _fact(" ".join(raw.lower().split()))
    if name is None:
        raise Refused(f"{_cut(raw)} is not a fact here", _FACTS_RULE, _nearest(raw), place(text, span))
    if name in found:
        rest = [p.strip() for p in text.split(",")]
        second = len(text[: span[0]].split(",")) - 1
        whole = ", ".join(p for i, p in enumerate(rest) if i != second)
        raise Refused(f"{name.replace('_', ' ')} is written twice", "Each fact once.", (whole,), place(text, span))
    with _fact_at(text, span, name):
        found[name] = read()
        Patient(**{name: found[name]})


class _fact_at:  # noqa: N801  (reads as a word in a with statement)
    """Gives a refusal the fact's place, and makes its value a whole fact ("madrs 33")."""

    def __init__(self, text: str, span: Span, name: str) -> None:
        self.text, self.span, self.word = text, span, _WORDS.get(name, "")

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, no: BaseException | None, trace: object) -> None:
        if isinstance(no, Refused):
            if self.word:
                no.passes = tuple(f"{self.word} {v}" for v in no.passes)
            no.place = place(self.text, self.span)


def _fact(raw: str) -> tuple[str | None, Callable[[], Any]]:
    """Which fact a piece of the line is, and how it is read."""
    words = {w: name for name, w in _WORDS.items()}
    head, _, tail = raw.partition(" ")
    if raw in {"female", "male"}:
        return "sex", lambda: raw
    if raw == _NEW:
        return "new_antidepressant", lambda: True
    if head in words:
        name = words[head]
        return name, lambda: _typed(tail, name)
    if re.fullmatch(r"[^ ]*[0-9][^ ]* *(kg|g|lb|lbs|pounds)?", raw):
        return "weight", lambda: quantity(raw, "weight")
    if re.fullmatch(r"[^ ]*[0-9][^ ]* *(y|years|year)", raw):
        return "age", lambda: quantity(raw, "age")
    return None, lambda: None


def _plain_number(text: str) -> float:
    """A number alone; a refusal leaves its place to the caller."""
    try:
        return float(rational(text))
    except Refused as no:
        raise Refused(no.cause, no.rule, no.passes) from None


def _typed(text: str, name: str) -> float:
    value = rational(text, EXAMPLES[name])
    return int(value) if value.denominator == 1 else float(value)


def _nearest(raw: str) -> tuple[str, ...]:
    from difflib import get_close_matches

    head, _, tail = raw.lower().partition(" ")
    meant = {"pulse": "hr", "f": "female", "m": "male", "woman": "female", "man": "male"}.get(head)
    near = [meant] if meant else get_close_matches(head[:20], [*_WORDS.values(), "female", "male"], n=1)
    if not near:
        return ("madrs 33",)
    by_word = {w: name for name, w in _WORDS.items()}
    if near[0] not in by_word:
        return (near[0],)
    example = EXAMPLES[by_word[near[0]]]
    return (f"{near[0]} {tail if re.fullmatch('[1-9][0-9]', tail) else example}",)


def _cut(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")


# -- checks, one a kind of fact


def _real(name: str, value: object, example: str) -> float:
    """A finite real number; True and text are none."""
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__"):
        raise Refused(f"{name} is not a number", f"{name} is a number.", (example,))
    number = float(value)
    if not isfinite(number):
        raise Refused(f"{name} is not a finite number", f"{name} is a number.", (example,))
    return number


def _age(value: object) -> float:
    years = _real("age", value, "44")
    if years < ADULT_Y:
        rule = "The model is for adults: 18 to 120 years."
        raise Refused(f"{plain(years)} years is below 18", rule, ("44 y",))
    if years > OLDEST_Y:
        raise Refused(f"{plain(years)} years is above 120", "An age is 18 to 120 years.", ("44 y",))
    return years


def _sex(value: object) -> str | None:
    if value is None or value in ("female", "male"):
        return value
    raise Refused(f"{str(value)[:40]!r} is not read as a sex", "female, male, or left out.", ("female", "male"))


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise Refused("new_antidepressant is neither True nor False", "True or False.", ("True", "False"))


def _in_range(name: str, value: object, whole: bool) -> Any:
    """A number inside its published range; whole where it counts something."""
    if value is None:
        return None
    number = _real(_NAMES[name], value, EXAMPLES[name])
    low, high = RANGES[name]
    rule = f"The {_NAMES[name]} is {'a whole number, ' if whole else ''}{low} to {high}."
    if whole and not number.is_integer():
        raise Refused(f"{_NAMES[name]} {plain(number)} is not whole", rule, (EXAMPLES[name],))
    if not low <= number <= high:
        side = f"below {low}" if number < low else f"above {high}"
        raise Refused(f"{_NAMES[name]} {plain(number)} is {side}", rule, (EXAMPLES[name],))
    return index(int(number)) if whole else number


FACTS: tuple[str, ...] = tuple(f.name for f in fields(Patient))
"""Names of the facts of a person, in the order of `line`."""
