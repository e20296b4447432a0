"""What `verify` saw, as text and as values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from resynapse.services.verify import Checked
from resynapse.services.verify_seen import Seen, Size
from resynapse.views.ansi import Cell, Paint, columns, wrapped

SCHEMA, KIND = 1, "resynapse.verify"
HEAD = ("check", "what", "looked at", "worst", "bound", "")


def render(found: Sequence[Checked], width: int, colour: bool) -> str:
    """A row for each quantity; then what was not checked and how it would be; then the verdict."""
    paint = Paint(colour)
    rows = [[Cell(h, "ink3") for h in HEAD]]
    for checked in found:
        name = checked.check.name
        if not checked.made:
            rows.append([Cell(name), Cell("NOT CHECKED"), Cell("-"), Cell("-"), Cell("-"), Cell("not checked")])
        for seen in checked.seen:
            cells = (name, seen.what, f"{seen.count:,}", error(seen.worst), error(seen.bound), verdict(seen))
            rows.append([Cell(c) for c in cells])
            name = ""
    lines = [*columns(rows, paint, width, 12), ""]
    for text in notes(found):
        lines += wrapped(text, width)
    return "\n".join(lines) + "\n"


def error(value: float) -> str:
    """An error: 0 as such, others with two digits."""
    return "0" if value == 0 else f"{value:.1e}"


def verdict(seen: Seen) -> str:
    """One word: holds or FAILS."""
    return "holds" if seen.holds else "FAILS"


def notes(found: Sequence[Checked]) -> list[str]:
    """What each check is held against, what was left out, and the verdict."""
    out = ["Held against: " + "; ".join(f"{c.check.name}: {c.check.against}" for c in found) + "."]
    out += [
        f"NOT CHECKED: {c.check.name} against {c.check.against}. To check it: {c.check.cure}"
        for c in found
        if not c.made
    ]
    failed = [c.check.name for c in found if not c.holds]
    out.append(f"FAILED: {', '.join(failed)}." if failed else "Everything that was checked holds.")
    return out


def as_values(found: Sequence[Checked], size: Size) -> dict[str, Any]:
    """The same for JSON: errors as numbers, None where something was not finite."""

    def number(value: float) -> float | None:
        return value if math.isfinite(value) else None

    checks = [
        {
            "name": c.check.name, "against": c.check.against, "checked": c.made, "holds": c.made and c.holds,
            "cure": "" if c.made else c.check.cure,
            "seen": [
                {**asdict(s), "worst": number(s.worst), "verdict": verdict(s)} for s in c.seen
            ],
        }
        for c in found
    ]  # fmt: skip
    return {"schema": SCHEMA, "kind": KIND, **asdict(size), "holds": all(c.holds for c in found), "checks": checks}
