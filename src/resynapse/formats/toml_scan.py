"""Where keys stand in a TOML text: path of a key to line and column.

`tomllib` reads values but not places. This scanner finds places and reads no value; it is given text
that `tomllib` has accepted. Paths are tuples of names, with the index of a table in an array of tables:
`("arm", 1, "plan")`. Keys of inline tables are found too.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Spot:
    """Line and column, both from 1; of a key, or of the name in a table head."""

    line: int
    column: int


_KEY = r"(?:[A-Za-z0-9_-]+|\"(?:\\.|[^\"\\])*\"|'[^']*')"
_DOTTED = re.compile(rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*")
_ONE = re.compile(_KEY)
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""{1,1}"{0,2}|\'\'\'.*?\'\'\'\'{0,2}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")


def scan(text: str) -> dict[Path, Spot]:
    """Every key and table head of a valid TOML text; the first place of each path."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.spots: dict[Path, Spot] = {}
        self.counts: dict[Path, int] = {}
        self.breaks = [m.start() for m in re.finditer("\n", text)]

    def run(self) -> dict[Path, Spot]:
        table: Path = ()
        while self.skip():
            if self.text.startswith("[", self.at):
                table = self.head()
            else:
                self.pair(table)
        return self.spots

    def skip(self) -> bool:
        """Past blanks and comments; False at the end."""
        if m := _BLANK.match(self.text, self.at):
            self.at = m.end()
        return self.at < len(self.text)

    def names(self) -> list[tuple[str, int]]:
        """A dotted key, as (name, offset), at the present place."""
        m = _DOTTED.match(self.text, self.at)
        if m is None:  # not TOML: tomllib has said so before
            self.at = len(self.text)
            return []
        self.at = m.end()
        return [(_bare(k[0]), k.start()) for k in _ONE.finditer(self.text, m.start(), m.end())]

    def note(self, path: Path, offset: int) -> None:
        from bisect import bisect_left

        line = bisect_left(self.breaks, offset)
        start = self.breaks[line - 1] + 1 if line else 0
        self.spots.setdefault(path, Spot(line + 1, offset - start + 1))

    def head(self) -> Path:
        """`[a.b]` or `[[arm]]`; the index of an array of tables is counted up."""
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        self.skip()
        path: Path = ()
        names = self.names()
        for i, (name, offset) in enumerate(names):
            path = (*path, name)
            if array and i == len(names) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = (*path, self.counts[path])
            self.note(path, offset)
        self.at = self.text.find("]", self.at) % (len(self.text) + 1) + (2 if array else 1)
        return path

    def pair(self, table: Path) -> None:
        """`key = value`, the value passed over; keys of inline tables are noted."""
        path = table
        for name, offset in self.names():
            path = (*path, name)
            self.note(path, offset)
        self.at = self.text.find("=", self.at) % (len(self.text) + 1) + 1
        self.value(path)

    def value(self, path: Path) -> None:
        self.skip()
        c = self.text[self.at : self.at + 1]
        if c == "{":
            self.inline(path)
        elif c == "[":
            self.array(path)
        elif m := _STRING.match(self.text, self.at):
            self.at = m.end()
        else:
            m = re.compile(r"[^,\]}#\n]*").match(self.text, self.at)
            self.at = m.end() if m else len(self.text)

    def inline(self, path: Path) -> None:
        self.at += 1
        while self.skip() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.pair(path)
        self.at += 1

    def array(self, path: Path) -> None:
        self.at += 1
        k = 0
        while self.skip() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.note((*path, k), self.at)
                self.value((*path, k))
                k += 1
        self.at += 1


def _bare(key: str) -> str:
    """A key without its quotes and escapes."""
    if key[0] not in "\"'":
        return key
    return str(tomllib.loads(f"k = {key}")["k"])
