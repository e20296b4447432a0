"""The one error people see: cause, place, rule, and a value that would pass."""

from __future__ import annotations

from dataclasses import dataclass, field

_WIDEST = 160  # characters of a text that a message shows


@dataclass(frozen=True)
class Place:
    """Where a fault stands: a span of a text, or a field on a line of a file."""

    text: str = ""
    start: int = 0
    end: int = 0
    file: str = ""
    line: int = 0
    field: str = ""

    def shown(self) -> tuple[str, int, int]:
        """Text, start and end for one line of print: a long text cut around the fault, no controls."""
        text = "".join(c if c.isprintable() else "?" for c in self.text)
        if len(text) <= _WIDEST:
            return text, self.start, self.end
        left = max(0, min(self.start - _WIDEST // 4, len(text) - _WIDEST))
        return text[left : left + _WIDEST], self.start - left, min(self.end - left, _WIDEST)


@dataclass
class Refused(Exception):
    """Input that is impossible, contradictory or not built yet: nothing is computed.

    cause: one clause, lower case, without a full stop ("40 h is above 24 h").
    rule: what holds, in a sentence. passes: values that would be read, as typed.
    """

    cause: str
    rule: str = ""
    passes: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The message as plain lines: cause, place, caret, rule, values that would pass."""
        out = [f"refused: {self.cause}"]
        at = self.place
        where = ", ".join(
            part
            for part in (
                at.file,
                f"line {at.line}" if at.line else "",
                f"field {at.field}" if at.field else "",
            )
            if part
        )
        if where:
            out.append("  " + "".join(c if c.isprintable() else "?" for c in where))
        if at.text:
            text, start, end = at.shown()
            out.append(f"  {text}")
            if end > start:
                out.append("  " + " " * start + "^" * (end - start))
        if self.rule:
            out.append(f"  {self.rule}")
        if self.passes:
            word = "A value" if len(self.passes) == 1 else "Values"
            out.append(f"  {word} that would pass: {', '.join(self.passes)}")
        return out
