"""One picture of a summary as a matplotlib figure, for notebooks and papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Refused
from ..outcome.summary import Summary
from . import pictures
from .paper import to_matplotlib

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = ("course", "session", "strips", "person", "people", "shares")


def plot(summary: Summary, picture: str = "course") -> Figure:
    """The named picture; Refused, with the names, if there is none."""
    if picture not in NAMES:
        raise Refused(f"{picture[:40]!r} is no picture", f"Pictures: {', '.join(NAMES)}.", NAMES)
    if picture == "course" and not summary.draws:
        picture = "person"  # one person has two lines and no bands
    return to_matplotlib(getattr(pictures, picture)(summary))
