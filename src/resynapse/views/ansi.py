"""Colour in a terminal: the page's hues by 24 bits, or none."""

from __future__ import annotations

from dataclasses import dataclass

from .tokens import DARK


@dataclass(frozen=True)
class Paint:
    """Paints text in a token's colour where `on`; else leaves it alone."""

    on: bool

    def __call__(self, token: str, text: str) -> str:
        """Text in the colour of a token."""
        if not self.on or not text:
            return text
        r, g, b = (int(DARK[token][i : i + 2], 16) for i in (1, 3, 5))
        return f"\033[38;2;{r};{g};{b}m{text}\033[0m"

    def bold(self, text: str) -> str:
        """Text in bold."""
        return f"\033[1m{text}\033[0m" if self.on and text else text
