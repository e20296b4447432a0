"""Dissociation: S-ketamine at its own effect site, less an acute tolerance, read by the CADSS."""

from .declare import Link, compartment, derived, given, readout, vary

session = given("session", "1", 1.0, "number of the session; dissociation fades over sessions")
z_CADSS = vary("z_CADSS", "this person's odds of dissociation")
z_site = vary("z_site", "site and sample factor on the odds", by="draw")


@derived("1/h")
def kd(xp, *, t_half_Cd):
    """Rate into that effect site."""
    return xp.log(2) / t_half_Cd


@derived("1/h")
def km(xp, *, t_half_Md):
    """Rate of acute tolerance."""
    return xp.log(2) / t_half_Md


@compartment("mg/L")
def Cd(C_S, Cd, *, kd, Vc_S):
    """S-ketamine at the effect site of perception and pressure."""
    return kd * (C_S / Vc_S - Cd)


@compartment("mg/L")
def Md(Cd, Md, *, km):
    """Tolerance trace."""
    return km * (Cd - Md)


@readout("mg/L")
def drive(xp, Cd, Md, *, theta):
    """Shared drive of dissociation, pressure and heart rate."""
    return xp.positive(Cd - theta * Md)


@readout("1")
def fading(xp, session, *, tol_floor, tol_n):
    """Tolerance over sessions."""
    return tol_floor + (1 - tol_floor) * xp.exp(-(session - 1) / tol_n)


@readout("1")
def site(xp, z_site, *, sd_site, site_lo, site_hi):
    """Site and sample factor, a log-normal of median 1 cut at both ends."""
    return xp.exp(xp.truncated(z_site, xp.log(site_lo) / sd_site, xp.log(site_hi) / sd_site) * sd_site)


@readout("1")
def odds(xp, drive, fading, site, z_CADSS, *, f_patient, D50, gamma, sd_CADSS):
    """Odds of the scale."""
    return f_patient * fading * site * xp.exp(sd_CADSS * z_CADSS) * xp.power(drive / D50, gamma)


@readout("point", label="Dissociation, CADSS")
def CADSS(odds, *, CADSS_max):
    """Score of the scale."""
    return CADSS_max * odds / (1 + odds)


@readout("1")
def p_perceived(xp, drive, fading, *, f_patient, D50, gamma, sd_CADSS, CADSS_max, cadss_perceived):
    """Chance that a person passes a CADSS that is noticed, at this drive."""
    odds_seen = cadss_perceived / (CADSS_max - cadss_perceived)
    ratio = f_patient * fading * xp.power(drive / D50, gamma) / odds_seen
    return xp.phi(xp.log(xp.maximum(ratio, xp.tiny)) / sd_CADSS)


dissociation = Link(
    "dissociation",
    (session, z_CADSS, z_site, kd, km, Cd, Md, drive, fading, site, odds, CADSS, p_perceived),
    doc="a side branch: dissociation rises with the level and ends with it",
)
