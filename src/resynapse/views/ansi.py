"""Text for a terminal: colour by 24-bit codes or none, wrapping, columns. No dependency, quick to import."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from resynapse.views import tokens
from resynapse.views.words import THIN

RESET = "\x1b[0m"
INDENTED = 88  # columns from which a table is set in by two


@dataclass(frozen=True)
class Paint:
    """Puts colour on text, or leaves it alone. Hues are the dark column: most terminals are dark."""

    colour: bool

    def __call__(self, token: str, text: str) -> str:
        """Text in a token's colour; no token, no colour."""
        if not self.colour or not token or not text:
            return text
        value = tokens.DARK[token]
        r, g, b = (int(value[i : i + 2], 16) for i in (1, 3, 5))
        return f"\x1b[38;2;{r};{g};{b}m{text}{RESET}"

    def bold(self, text: str) -> str:
        """Bold text."""
        return f"\x1b[1m{text}{RESET}" if self.colour and text else text


@dataclass(frozen=True)
class Cell:
    """A cell of a table and its colour."""

    text: str
    token: str = ""


def plain(text: str) -> str:
    """Text that cannot steer a terminal: control characters go, thin spaces become spaces."""
    return "".join(c if c.isprintable() else "" for c in text.replace(THIN, " "))


def clipped(text: str, width: int) -> str:
    """Text cut to a width; the cut shows."""
    text = plain(text)
    return text if len(text) <= width else text[: width - 1] + "…"


def wrapped(text: str, width: int) -> list[str]:
    """Lines no wider than `width`; at least one, even of nothing."""
    return textwrap.wrap(plain(text), max(width, 10), break_long_words=True) or [""]


def columns(rows: Sequence[Sequence[Cell]], paint: Paint, width: int, first: int) -> list[str]:
    """Rows as columns: the first `first` wide, the rest as wide as their widest cell, two or four apart. A row of one
    cell is a heading, as wide as it needs."""
    texts = [
        [clipped(c.text, first if k == 0 and len(row) > 1 else width - 2) for k, c in enumerate(row)] for row in rows
    ]
    n = max(len(row) for row in texts)
    wide = [max((len(row[k]) for row in texts if k < len(row)), default=0) for k in range(n)]
    wide[0] = first
    indent = "  " if width >= INDENTED else ""
    gap = 4 if width - 2 - sum(wide) >= 4 * (n - 1) else 2
    out = []
    for row, text in zip(rows, texts, strict=True):
        cells = [paint(c.token, t.ljust(wide[k])) for k, (c, t) in enumerate(zip(row, text, strict=True))]
        out.append(indent + (" " * gap).join(cells).rstrip())
    return [_trimmed(line) for line in out]


def _trimmed(line: str) -> str:
    """No blanks at the end, not even before a reset."""
    if line.endswith(RESET):
        return line.removesuffix(RESET).rstrip() + RESET
    return line.rstrip()
