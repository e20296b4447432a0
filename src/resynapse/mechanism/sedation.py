"""Sedation: in some sessions a person is below MOAA/S 5 while the drive is above part of its peak."""

from .declare import Link, readout, vary

z_sed = vary("z_sed", "this person's liability to sedation")


@readout("1")
def p_sedated(xp, z_sed, *, b_sed, sd_sed):
    """Chance that a session sedates this person."""
    return xp.expit(b_sed + sd_sed * z_sed)


sedation = Link("sedation", (z_sed, p_sedated), doc="a side branch: sleepiness while the drive is high")
