"""Where keys stand in a JSON text, and the first key written twice (`json` keeps the last, silently)."""

from __future__ import annotations

import json
import re

from resynapse.formats.toml_scan import Path, Spot

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def scan(text: str) -> tuple[dict[Path, Spot], Path | None]:
    """Places of all keys and items of a valid JSON text, and the path of the first key written twice."""
    spots: dict[Path, Spot] = {}
    twice: Path | None = None
    stack: list[str | int] = []  # a name or an index for each open object or list
    kinds: list[str] = []
    tokens = list(_TOKEN.finditer(text))
    line, start = 1, 0
    for i, m in enumerate(tokens):
        line += text.count("\n", start, m.start())
        start = m.start()
        spot = Spot(line, m.start() - text.rfind("\n", 0, m.start()))
        word = m[0]
        key = i + 1 < len(tokens) and tokens[i + 1][0] == ":"
        if word in "{[":
            _item(spots, stack, kinds, spot)
            kinds.append(word)
            stack.append("" if word == "{" else -1)
        elif word in "}]":
            kinds.pop()
            stack.pop()
        elif word[0] == '"' and key:
            stack[-1] = str(json.loads(word))
            if tuple(stack) in spots and twice is None:
                twice = tuple(stack)
            spots[tuple(stack)] = spot
        elif word not in ",:":
            _item(spots, stack, kinds, spot)
    return spots, twice


def _item(spots: dict[Path, Spot], stack: list[str | int], kinds: list[str], spot: Spot) -> None:
    """Counts up inside a list, and notes the item's place."""
    if kinds and kinds[-1] == "[":
        stack[-1] = int(stack[-1]) + 1
        spots[tuple(stack)] = spot
