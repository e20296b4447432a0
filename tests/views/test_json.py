"""The JSON: complete, finite, and as its schema says."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sample

from resynapse.views.json_out import KIND, SCHEMA, json_schema, to_json

CASES = (
    sample.one_plan,
    sample.two_plans,
    sample.never_back,
    sample.alone,
    sample.hostile,
    sample.no_floor,
    sample.outside,
)
KINDS = {"string": str, "boolean": bool, "integer": int, "object": dict, "array": list, "null": type(None)}


def faults(value: Any, schema: dict[str, Any], defs: dict[str, Any], at: str = "$") -> list[str]:
    """What of the schema's few words a value breaks: enough of a checker for this schema."""
    if "$ref" in schema:
        return faults(value, defs[schema["$ref"].rsplit("/", 1)[1]], defs, at)
    if "const" in schema:
        return [] if value == schema["const"] else [f"{at}: {value!r} is not {schema['const']!r}"]
    if "anyOf" in schema:
        tried = [faults(value, one, defs, at) for one in schema["anyOf"]]
        return [] if [] in tried else tried[0]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(is_kind(value, kind) for kind in kinds):
        return [f"{at}: {type(value).__name__} is none of {kinds}"]
    if isinstance(value, dict):
        return in_object(value, schema, defs, at)
    return in_array(value, schema, defs, at) if isinstance(value, list) else []


def is_kind(value: Any, kind: str) -> bool:
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, KINDS[kind]) and not (kind == "integer" and isinstance(value, bool))


def in_object(value: dict[str, Any], schema: dict[str, Any], defs: dict[str, Any], at: str) -> list[str]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties")
    out = [f"{at}.{name} is missing" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        if name in known:
            out += faults(inner, known[name], defs, f"{at}.{name}")
        elif more is False:
            out.append(f"{at}.{name} is not in the schema")
        elif isinstance(more, dict):
            out += faults(inner, more, defs, f"{at}.{name}")
    return out


def in_array(value: list[Any], schema: dict[str, Any], defs: dict[str, Any], at: str) -> list[str]:
    first = schema.get("prefixItems", [])
    if schema.get("items") is False and len(value) != len(first):
        return [f"{at}: {len(value)} items, not {len(first)}"]
    rest = schema.get("items") or {}
    each = [*first, *[rest] * (len(value) - len(first))]
    return [f for k, (v, s) in enumerate(zip(value, each, strict=True)) for f in faults(v, s, defs, f"{at}[{k}]")]


@pytest.mark.parametrize("make", CASES)
def test_it_is_as_its_schema_says(make: Any) -> None:
    schema = json_schema()
    assert faults(to_json(make()), schema, schema["$defs"]) == []


def test_the_schema_finds_what_is_wrong() -> None:
    schema = json_schema()
    bad = to_json(sample.one_plan())
    bad["people"] = "many"
    bad["plans"][0]["bands"].pop("q50")
    bad["plans"][0]["more"] = 1
    found = " ".join(faults(bad, schema, schema["$defs"]))
    assert all(part in found for part in ("$.people", "bands.q50 is missing", "more is not in the schema"))


@pytest.mark.parametrize("make", CASES)
def test_no_number_that_json_cannot_hold(make: Any) -> None:
    text = json.dumps(to_json(make()), allow_nan=False)
    assert json.loads(text)["schema"] == SCHEMA == 1
    assert json.loads(text)["kind"] == KIND


def test_the_infinite_median_is_null() -> None:
    assert to_json(sample.never_back())["plans"][0]["back"]["median"]["value"] is None


def test_arrays_are_lists_and_keys_are_text() -> None:
    out = to_json(sample.one_plan())
    assert isinstance(out["plans"][0]["bands"]["q50"][0], float)
    assert set(out["plans"][0]["session"]["ready"]["within"]) == {"60", "90", "120"}


def test_the_schema_is_plain_json() -> None:
    assert json.loads(json.dumps(json_schema()))["title"] == "Resynapse summary"
