"""A refusal as JSON. Loads nothing heavy."""

from __future__ import annotations

from typing import Any

from ..errors import Refused


def told(no: Refused) -> dict[str, Any]:
    """A refusal as JSON: cause, rule, values that pass, and the place in the text."""
    at = no.place
    place = {"text": at.text, "start": at.start, "end": at.end, "field": at.field} if at.text or at.field else None
    return {"refused": no.cause, "rule": no.rule, "passes": list(no.passes), "place": place}
