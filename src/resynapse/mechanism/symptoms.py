"""Symptoms: what the circuit gains becomes relief, in those who respond."""

from .declare import Link, given, readout, vary

base = given("base", "point", "base_mean", "MADRS at the start, as recorded")
responder = given("responder", "1", 1.0, "1 responder, 0 non-responder: two classes of people")
nasal = given("nasal", "1", 0.0, "1 in nasal esketamine programmes, else 0")
z_X50 = vary("z_X50", "how much gain this person needs for half the effect")
u_d = vary("u_d", "trial effect on the share of responders", by="draw")


@readout("1")
def share(xp, u_d, nasal, *, lpi, omega_d, d_in):
    """Share of people who can respond to the drug."""
    return xp.expit(lpi + omega_d * u_d + d_in * nasal)


@readout("1")
def Ed(xp, X, responder, z_X50, *, X50, sd_X50, Emax, hX):
    """Fraction of the score the drug removes."""
    return responder * Emax * xp.hill(X, X50 * xp.exp(sd_X50 * z_X50), hX)


@readout("point", label="MADRS")
def MADRS(base, Ed, Ef, Es):
    """True score: drug, hope and time each take a fraction of what is left."""
    return base * (1 - Ed) * (1 - Ef) * (1 - Es)


drug = Link(
    "drug effect", (base, responder, nasal, z_X50, u_d, share, Ed), "established", "people", "weeks",
    "relief in those who respond",
)  # fmt: skip
mood = Link("mood", (MADRS,), "established", "people", "weeks", "the score: drug, hope and setting, time")
