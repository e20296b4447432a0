"""The scanners find every key of TOML and JSON texts, at its line and column."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resynapse.formats import json_scan
from resynapse.formats.toml_scan import Path, Spot, scan

TEXT = '''# a comment with = and [brackets]
schema = 1
"quoted key" = 'x # no comment'
'single.dot' = """
[not.a.table]
fake = 1
"""
a.b."c d" = [1, 2, # in a list
  "x]", {deep = 1, more = "y"}]

[[arm]]
name = "A"   # comment
  [arm.plan]
  dose = "0.5 mg/kg"
[[arm]]
name = "B"
[table."with.dot"]
when = 2026-11-23T10:00:00Z
inline = { x = 1, y.z = 2 }
'''


def test_every_key_has_its_line() -> None:
    spots = scan(TEXT)
    assert spots["schema",] == Spot(2, 1)
    assert spots["quoted key",] == Spot(3, 1)
    assert spots["single.dot",] == Spot(4, 1)
    assert spots["a", "b", "c d"] == Spot(8, 5)
    assert spots["a", "b", "c d", 3, "more"] == Spot(9, 20)
    assert spots["arm", 0] == Spot(11, 3)
    assert spots["arm", 0, "name"] == Spot(12, 1)
    assert spots["arm", 0, "plan", "dose"] == Spot(14, 3)
    assert spots["arm", 1, "name"] == Spot(16, 1)
    assert spots["table", "with.dot", "when"] == Spot(18, 1)
    assert spots["table", "with.dot", "inline", "y", "z"] == Spot(19, 21)
    assert not any("fake" in path for path in spots)


def paths(value: Any, path: Path = ()) -> set[Path]:
    """All paths of a value that was read."""
    if isinstance(value, dict):
        return {path}.union(*(paths(v, (*path, k)) for k, v in value.items()))
    if isinstance(value, list):
        return {path}.union(*(paths(v, (*path, i)) for i, v in enumerate(value)))
    return {path}


def test_the_paths_are_those_of_the_values() -> None:
    assert paths(tomllib.loads(TEXT)) - {(), ("arm",)} == set(scan(TEXT))


values = st.recursive(
    st.one_of(st.booleans(), st.integers(-9, 9), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), values, max_size=4), st.sampled_from([None, 1]))
def test_json_paths(data: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(data, indent=indent)
    spots, twice = json_scan.scan(text)
    assert twice is None
    assert set(spots) == paths(data) - {()}
    lines = text.split("\n")
    for path, spot in spots.items():
        if isinstance(path[-1], str):
            assert lines[spot.line - 1][spot.column - 1 :].startswith(json.dumps(path[-1]))


@given(st.dictionaries(st.text(max_size=4), values, max_size=4))
def test_toml_inline_paths(data: dict[str, Any]) -> None:
    text = "".join(f"{json_key(k)} = {toml(v)} # {json.dumps(k)}\n" for k, v in data.items())
    assert tomllib.loads(text) == data
    assert set(scan(text)) == paths(data) - {()}


def json_key(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_key(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(toml, value)) + "]"
    return json_key(value) if isinstance(value, str) else json.dumps(value)


def test_the_first_key_written_twice() -> None:
    assert json_scan.scan('{"a": {"b": 1}, "c": [{"b": 1, "b": 2}]}')[1] == ("c", 0, "b")
