"""Receptor: four ligands compete for the channel of the NMDA receptor."""

from .declare import Link, given, readout

xi = given("xi", "1", 1.0, "exposure of this person against the typical one: kinetics and potency")


@readout("1")
def x(EK_S, EK_R, EN_S, EN_R, xi, *, fu, Kpuu, KiS, KiR, KiSN, KiRN, MW_K):
    """Odds of block: unbound concentrations over their affinities."""
    return xi * fu * Kpuu / MW_K * (EK_S / KiS + EK_R / KiR + EN_S / KiSN + EN_R / KiRN)


@readout("1", label="NMDA block (timing only)")
def occupancy(x):
    """Share of channels blocked: a scaled variable, timing and sign only."""
    return x / (1 + x)


receptor = Link("receptor", (xi, x, occupancy), "established", "rats", doc="odds and share of NMDA receptors blocked")
