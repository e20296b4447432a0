"""Glutamate: disinhibition at low block, suppression at high block; an inverted U."""

from .declare import Link, readout


@readout("1", label="Glutamate surge (timing only)")
def G(xp, x, *, xd, gd, rho, xs, gp):
    """Surge above baseline."""
    return xp.positive(xp.hill(x, xd, gd) - rho * xp.hill(x, xs, gp))


glutamate = Link(
    "glutamate",
    (G,),
    "contested",
    "rats and people",
    doc="glutamate surges, then falls back; too much dose stops it",
)
