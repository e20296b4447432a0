"""JSON read strictly: what readers differ in, or what breaks them, is refused before anything looks at it."""

from __future__ import annotations

import json
import math
from typing import Any

MOST_DEEP = 32
MOST_DIGITS = 300


class NotJson(ValueError):
    """Why a body is refused, in words."""


def check(raw: bytes) -> None:
    """Refuse what is not JSON in UTF-8, or holds a name twice, NaN, a lone surrogate, or is nested too deeply."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as no:
        raise NotJson(f"byte 0x{raw[no.start]:02x} at {no.start} is not UTF-8") from None
    if not text.strip():
        raise NotJson("the body is empty")
    try:
        value = json.loads(
            text, parse_constant=_constant, parse_float=_float, parse_int=_int, object_pairs_hook=_object
        )
    except RecursionError:
        raise _deep() from None
    except json.JSONDecodeError as no:
        cause = f"{no.msg[:1].lower()}{no.msg[1:]}, line {no.lineno}, column {no.colno}"
        raise NotJson(f"this is not JSON: {cause}") from None
    _walk(value)


def _deep() -> NotJson:
    return NotJson(f"nested more than {MOST_DEEP} deep")


def _constant(word: str) -> float:
    raise NotJson(f"{word} is not a finite number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotJson(f"{text[:40]} is not a finite number")
    return value


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise NotJson(f"a number of {len(text)} digits")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise NotJson(f"{shown(twice)} is written twice")
    return out


def _walk(value: Any) -> None:
    """Depth and texts, without recursion."""
    level = [value]
    for _ in range(MOST_DEEP):
        below: list[Any] = []
        for v in level:
            if isinstance(v, str):
                _text(v)
            elif isinstance(v, list):
                below += v
            elif isinstance(v, dict):
                below += [*v, *v.values()]
        if not below:
            return
        level = below
    raise _deep()


def _text(text: str) -> None:
    bad = next((c for c in text if "\ud800" <= c <= "\udfff"), None)
    if bad is not None:
        raise NotJson(f"\\u{ord(bad):04x} is half a character")


def shown(text: str) -> str:
    """A text from outside for a message: short, quoted, and nothing in it that is not printed."""
    return repr("".join(c if c.isprintable() else "?" for c in text[:40]))
