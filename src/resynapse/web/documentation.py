"""The API's own description: what every address may refuse, and the answer's schema among the components."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .answers import WORDS

ALWAYS = (400, 403, 414, 421)
WITH_BODY = (408, 413, 415, 422)
REFUSAL = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}


def describe(app: FastAPI) -> None:
    """Give the app its description, made once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            app.openapi_schema = _completed(made)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(made: dict[str, Any]) -> dict[str, Any]:
    shared = made["components"]["schemas"]
    for operations in made["paths"].values():
        for operation in operations.values():
            for code in (*ALWAYS, *(WITH_BODY if "requestBody" in operation else ())):
                operation["responses"].setdefault(str(code), {"description": WORDS[code], "content": REFUSAL})
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    _share(content.get("schema", {}), shared)
    return made


def _share(schema: dict[str, Any], shared: dict[str, Any]) -> None:
    """Definitions inside a schema become components, where its references find them."""
    found = schema.pop("$defs", None)
    schema.pop("$schema", None)
    if found is None:
        return
    text = json.dumps(_plain({"here": schema, "defs": found})).replace('"#/$defs/', '"#/components/schemas/Answer.')
    moved = json.loads(text)
    shared |= {f"Answer.{name}": value for name, value in moved["defs"].items()}
    schema |= moved["here"]


def _plain(value: Any) -> Any:
    """Tuples as lists of a length: readers of descriptions know no others."""
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if not isinstance(value, dict):
        return value
    out = {k: _plain(v) for k, v in value.items()}
    if isinstance(out.get("prefixItems"), list):
        each = out.pop("prefixItems")
        kinds = [k for i, k in enumerate(each) if k not in each[:i]]
        out |= {"minItems": len(each), "maxItems": len(each)}
        out["items"] = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    return out
