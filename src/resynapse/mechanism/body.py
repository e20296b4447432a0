"""The person's size and age, as they scale kinetics (allometry; hepatic flow falls with age)."""

from .declare import Link, derived


@derived("1")
def size(xp, *, WT, wt_ref, b_volume):
    """Factor on volumes."""
    return xp.power(WT / wt_ref, b_volume)


@derived("1")
def flow(xp, *, WT, wt_ref, b_flow):
    """Factor on clearances and flows."""
    return xp.power(WT / wt_ref, b_flow)


@derived("L/h")
def aged(xp, *, AGE, age_ref, QHEP_age):
    """Hepatic flow lost to age."""
    return QHEP_age * xp.positive(AGE - age_ref)


body = Link("body", (size, flow, aged), doc="weight and age scale kinetics")
