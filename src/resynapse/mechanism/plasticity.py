"""Plasticity: a pulse strengthens synapses within hours and grows new ones within a day."""

from .declare import Link, effect, readout


@effect("1")
def P(G, P, *, tauP):
    """Pulse of BDNF, TrkB, mTORC1."""
    return (G - P) / tauP


@readout("1")
def D(xp, P, *, P50, nP):
    """Saturation of the pulse."""
    return xp.hill(P, P50, nP)


@effect("1")
def F(D, F, *, kF, tauF):
    """Functional potentiation, bounded by 1."""
    return kF * D * (1 - F) - F / tauF


@effect("1")
def Z(D, Z, *, tauZ):
    """The delay from the pulse to new synapses."""
    return (D - Z) / tauZ


@effect("1")
def L(Z, L, *, kL, tauL, kc):
    """Labile new synapses; 1 at the peak after one typical 0.5 mg/kg."""
    return kL * Z - L * (1 / tauL + kc)


@effect("1")
def K(L, K, *, kc, tauC):
    """Consolidated synapses."""
    return kc * L - K / tauC


@readout("1", label="New connections (timing only)")
def synapses(L, K):
    """Labile and consolidated together."""
    return L + K


@readout("1")
def X(F, synapses, *, wL):
    """What the circuit gains: strength and new connections."""
    return F + wL * synapses


plasticity = Link(
    "plasticity",
    (P, D, F, Z, L, K, synapses, X),
    "inferred",
    "mice",
    "weeks",
    "synapses strengthen, then grow",
)
