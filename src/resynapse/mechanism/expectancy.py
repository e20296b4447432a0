"""Expectancy and time: what hope and setting do at once, and what time does slowly.

A visit with treatment or sham sets `kick` by 1; V holds until the last visit and a grace are over.
"""

from .declare import Link, compartment, derived, effect, given, readout, vary

n_class = given("n_class", "logit", 0.0, "fast expectancy of the design, on the logit")
s_class = given("s_class", "logit", 0.0, "slow recovery of the setting, on the logit")
treated = given("treated", "1", 1.0, "1 from the first visit on, 0 for people left untreated")
over = given("over", "1", 0.0, "1 once the last visit and its grace have passed, else 0")
perceived = given("perceived", "1", 1.0, "weight of hope: how perceptible the dose is")
u_c = vary("u_c", "trial effect on both logits of the non-specific part", by="draw")
u_s = vary("u_s", "trial effect on slow recovery", by="draw")
z_fast = vary("z_fast", "this person's expectancy")
z_slow = vary("z_slow", "this person's own recovery")


@derived("h")
def tau_rise(*, tau_ac, tau_on):
    """Life of the part that makes the overshoot start at 0."""
    return tau_ac * tau_on / (tau_ac + tau_on)


@compartment("1")
def kick(kick, *, tau_ac):
    """Overshoot of a treatment day, falling."""
    return -kick / tau_ac


@compartment("1")
def kick_rise(kick_rise, *, tau_rise):
    """What it still lacks while rising."""
    return -kick_rise / tau_rise


@effect("1")
def onset(treated, onset, *, tau1):
    """Rise of fast expectancy."""
    return (treated - onset) / tau1


@effect("1", start=1.0)
def V(over, V, *, tau_dec):
    """Hold of the visits, lost after the last."""
    return -over * V / tau_dec


@effect("1")
def slow(slow, *, tau_s):
    """Rise of slow recovery."""
    return (1 - slow) / tau_s


@readout("1")
def overshoot(xp, kick, kick_rise, *, cap_a):
    """Acute overshoot, capped."""
    return xp.minimum(kick - kick_rise, cap_a)


@readout("1")
def Ef(xp, onset, V, overshoot, n_class, u_c, z_fast, perceived, treated, *, omega_c, sd_pf, kac, cap_Ef):
    """Fraction of the score that hope and setting remove."""
    n = xp.expit(n_class + omega_c * u_c + sd_pf * z_fast)
    return treated * perceived * xp.minimum(n * (onset * V + kac * overshoot), cap_Ef)


@readout("1")
def Es(xp, slow, s_class, u_c, u_s, z_slow, *, omega_c, omega_s, sd_ps):
    """Fraction of the score that time removes."""
    return xp.expit(s_class + omega_c * u_c + omega_s * u_s + sd_ps * z_slow) * slow


expectancy = Link(
    "hope and time",
    (n_class, s_class, treated, over, perceived, u_c, u_s, z_fast, z_slow, tau_rise, kick, kick_rise,
     onset, V, slow, overshoot, Ef, Es),
    "established", "people", "weeks", "hope and setting act at once, time slowly; not the drug",
)  # fmt: skip
