"""A summary as JSON: versioned, complete, and without the numbers JSON cannot hold."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from typing import Any

import numpy as np

from resynapse.outcome.summary import Summary
from resynapse.views import sentence

SCHEMA = 1
KIND = "resynapse.summary"


def jsonable(value: Any) -> Any:
    """Dataclasses to objects, arrays and tuples to lists, NaN and infinity to null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [jsonable(v) for v in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_json(summary: Summary) -> dict[str, Any]:
    """The whole summary under `schema` and `kind`; every number that is not finite is null.

    Units: shares are people of 100, scores points of MADRS, levels ng/mL, pressures mmHg; times of a
    session are minutes, times of a course days, times of the strips hours. Intervals hold 9 in 10.
    `json_schema()` describes the object.
    """
    return {"schema": SCHEMA, "kind": KIND, "headline": sentence.headline(summary), **jsonable(summary)}


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `to_json` gives, read off the dataclasses."""
    defs: dict[str, Any] = {}
    root = _object(Summary, defs)
    root["properties"] = {
        "schema": {"const": SCHEMA}, "kind": {"const": KIND}, "headline": {"type": "string"}, **root["properties"],
    }  # fmt: skip
    root["required"] = ["schema", "kind", "headline", *root["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Resynapse summary",
        **root,
        "$defs": defs,
    }


def _object(cls: type, defs: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    names = [f.name for f in dataclasses.fields(cls)]
    doc = (cls.__doc__ or "").strip().split("\n\n")[0]
    return {
        "type": "object",
        "description": " ".join(doc.split()),
        "properties": {name: _schema(hints[name], defs) for name in names},
        "required": names,
        "additionalProperties": False,
    }


_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": ["number", "null"]},
}


def _schema(hint: Any, defs: dict[str, Any]) -> dict[str, Any]:
    """The schema of one type: scalars, dataclasses by reference, arrays, tuples, dicts, unions."""
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in defs:
            defs[hint.__name__] = {}
            defs[hint.__name__] = _object(hint, defs)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return _container(hint, defs)


def _container(hint: Any, defs: dict[str, Any]) -> dict[str, Any]:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is np.ndarray:
        return {"type": "array", "items": {"type": ["number", "null"]}}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(args[1], defs)}
    if origin in (types.UnionType, typing.Union):
        return {
            "anyOf": [{"type": "null"} if a is type(None) else _schema(a, defs) for a in args],
        }
    if origin is tuple and args[-1] is not Ellipsis:
        return {"type": "array", "prefixItems": [_schema(a, defs) for a in args], "items": False}
    return {"type": "array", "items": _schema(args[0], defs)}
