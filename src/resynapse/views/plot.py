"""One picture of a summary as a matplotlib figure, for notebooks and papers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import Refused
from ..outcome.summary import Summary
from . import pictures, tokens
from .paper import to_matplotlib
from .plotspec import SCREEN, PlotSpec

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADING_PX, SPARE_PX = 44.0, 24.0  # room above, and at the right for a wider face
NAMES = ("course", "session", "strips", "person", "people", "shares")


def plot(summary: Summary, picture: str = "course") -> Figure:
    """The named picture; Refused, with the names, if there is none."""
    if picture not in NAMES:
        raise Refused(f"{picture[:40]!r} is no picture", f"Pictures: {', '.join(NAMES)}.", NAMES)
    if picture == "course" and not summary.draws:
        picture = "person"  # one person has two lines and no bands
    return drawn_alone(getattr(pictures, picture)(summary, size=SCREEN))


def drawn_alone(spec: PlotSpec) -> Figure:
    """A picture with its heading and note in it."""
    fig = to_matplotlib(replace(spec, top=spec.top + HEADING_PX, right=spec.right + SPARE_PX))
    fig.patch.set(facecolor=tokens.LIGHT["panel"], alpha=1.0)
    width, height = fig.get_size_inches() * tokens.PX_PER_INCH
    # a page sets heading and note in HTML; alone, the picture carries them itself
    fig.text(4 / width, 1 - 4 / height, spec.title, va="top", weight="bold", size=10, color=tokens.LIGHT["ink"])
    fig.text(4 / width, 1 - 22 / height, spec.sub, va="top", size=8, color=tokens.LIGHT["ink3"])
    return fig
