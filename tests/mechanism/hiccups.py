"""Hiccups: a made-up side effect, driven as pressure is; its numbers stand in hiccups.csv."""

from __future__ import annotations

from resynapse.mechanism.declare import Link, readout, vary

z_hiccups = vary("z_hiccups", "this person's proneness")


@readout("1/h", label="Hiccups")
def hiccups(xp, drive, z_hiccups, *, hiccups_max, hiccups_ED50, sd_hiccups):
    """Hiccups per hour."""
    return hiccups_max * xp.hill(drive, hiccups_ED50, 1) * xp.exp(sd_hiccups * z_hiccups)


link = Link("hiccups", (z_hiccups, hiccups), "inferred", "nobody", doc="a side branch made up for a test")
