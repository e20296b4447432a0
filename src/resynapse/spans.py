"""Places in a line of text: spans, carets, plain characters, and values that have been tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from resynapse.errors import Place, Refused

Span = tuple[int, int]

MOST_CHARACTERS = 10_000  # a plan or a person is one line; longer is a file pasted by mistake
MICRO = "\u00b5\u03bc"  # the micro sign and the Greek letter, both read
_ODD = re.compile(f"[^ -~{MICRO}]")
_LETTERS = dict(
    zip(
        "\u0430\u0435\u043a\u043c\u043e\u0440\u0441\u0442\u0443\u0445\u03bf\u03c5\u03ba",
        "aekmopctyxovk",
        strict=True,
    )
)
_LOOK_ALIKES = _LETTERS | {
    "\u00d7": "x",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
}


def place(text: str, span: Span) -> Place:
    """Place of a fault in a text."""
    return Place(text=text, start=span[0], end=span[1])


@contextmanager
def at(text: str, span: Span) -> Iterator[None]:
    """Give every refusal raised inside the place `span` of `text`, unless it has one."""
    try:
        yield
    except Refused as no:
        if not no.place.text:
            no.place = place(text, span)
        raise


def check_characters(text: str, example: str) -> None:
    """Refuse an empty or overlong text, control characters, and look-alikes of plain letters and signs."""
    if not text.strip(" "):
        raise Refused("there is nothing written", "One line of text is needed.", (example,))
    if len(text) > MOST_CHARACTERS:
        rule = f"A line has at most {MOST_CHARACTERS} characters."
        raise Refused(f"{len(text)} characters are above {MOST_CHARACTERS}", rule, (example,), place(text, (0, 1)))
    if odd := _ODD.search(text):
        raise _odd_character(text, odd.start())


def _odd_character(text: str, i: int) -> Refused:
    """Names the character; the passing value is the word around it in plain characters."""
    import unicodedata

    c = text[i]
    name = unicodedata.name(c, "a control character").lower()
    if c.isspace() or not c.isprintable():
        fixed = " ".join("".join(_plain(k) for k in text).split(" "))
        return Refused(f"U+{ord(c):04X} is {name}", _PLAIN_RULE, (fixed.strip(),), place(text, (i, i + 1)))
    start = max(text.rfind(k, 0, i) for k in " ,") + 1
    ends = [k for k in (text.find(" ", i), text.find(",", i)) if k > 0]
    word = text[start : min(ends, default=len(text))]
    fixed = "".join(_plain(k) for k in word)
    if fixed.startswith("-"):
        fixed = fixed[1:]
    return Refused(f"U+{ord(c):04X} is {name}", _PLAIN_RULE, (fixed,), place(text, (start, start + len(word))))


_PLAIN_RULE = "It is written in plain letters, digits and spaces."


def _plain(c: str) -> str:
    """A character in plain letters; nothing if there is none."""
    import unicodedata

    if " " <= c <= "~" or c in MICRO:
        return c
    if c.isspace():
        return " "
    digit = unicodedata.decimal(c, None)
    if digit is not None:
        return str(digit)
    wide = _LOOK_ALIKES.get(c) or unicodedata.normalize("NFKD", c)
    return "".join(k for k in wide if " " <= k <= "~")


def proved(text: str, read: Callable[[str], object], no: Refused, example: str) -> Refused:
    """The refusal, with only those values named as passing that do pass.

    A value passes if it reads as the whole text, or in place of the faulty part: to the end, or up to
    another fault further on. If none does, `example` stands in.
    """
    good = tuple(v for v in no.passes if len(v) <= 240 and _passes(text, read, no.place, v))
    no.passes = good[:3] or (example,)
    return no


def _passes(text: str, read: Callable[[str], object], where: Place, value: str) -> bool:
    mended = text[: where.start] + value + text[where.end :]
    for attempt in (value, mended):
        try:
            read(attempt)
        except Refused as later:
            if attempt is mended and later.place.start >= where.start + max(1, len(value)):
                return True
        else:
            return True
    return False
