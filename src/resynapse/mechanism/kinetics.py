"""Kinetics: ketamine, norketamine and hydroxynorketamine, arterial, with two venous delays.

One copy per enantiomer, amounts in mg of ketamine (equivalents). Central C with P1, P2; liver chain M1, M2
to norketamine N, NP; H1, H2 to hydroxynorketamine H, HP; v1, v2 are what a vein shows; EK, EN the effect site
behind the blood-brain barrier. Each route has depots of its own, since their rates differ: mu_ is taken up into
blood at once (nose, muscle, skin, mouth, rectum), g_ by way of gut and liver, gd_ with a delay between the two.
"""

from .declare import Link, compartment, derived, readout


@derived("L/h")
def liver(*, QHEP, aged, flow):
    """Apparent hepatic flow of this person."""
    return (QHEP - aged) * flow


@derived("L/h")
def CL(*, liver, CLint, flow):
    """Well-stirred hepatic clearance."""
    return liver * CLint * flow / (liver + CLint * flow)


@derived("1")
def F_po(*, FG, CL, liver):
    """Swallowed drug that passes gut and liver."""
    return FG * (1 - CL / liver)


@derived("L")
def Vc(*, V1, size):
    """Central volume."""
    return V1 * size


@derived("L")
def VN(*, VN1, size):
    """Norketamine's central volume."""
    return VN1 * size


@derived("L")
def VH(*, VH1, size):
    """Hydroxynorketamine's central volume."""
    return VH1 * size


@compartment("mg")
def mu_in(mu_in, *, IN_kmu):
    """Drug in the nose."""
    return -IN_kmu * mu_in


@compartment("mg")
def mu_im(mu_im, *, IM_kmu):
    """Drug in the muscle."""
    return -IM_kmu * mu_im


@compartment("mg")
def mu_sc(mu_sc, *, SC_kmu):
    """Drug under the skin."""
    return -SC_kmu * mu_sc


@compartment("mg")
def mu_sl(mu_sl, *, SL_kmu):
    """Drug at the mucosa of the mouth."""
    return -SL_kmu * mu_sl


@compartment("mg")
def mu_pr(mu_pr, *, PR_kmu):
    """Drug in the lower rectum, past the liver."""
    return -PR_kmu * mu_pr


@compartment("mg")
def g_in(g_in, *, IN_kg):
    """In the gut, swallowed from the nose."""
    return -IN_kg * g_in


@compartment("mg")
def g_sl(g_sl, *, SL_kg):
    """In the gut, swallowed from the mouth."""
    return -SL_kg * g_sl


@compartment("mg")
def gd_sl(g_sl, gd_sl, *, SL_kg, SL_mttg):
    """On its way from there to the liver."""
    return SL_kg * g_sl - gd_sl / SL_mttg


@compartment("mg")
def g_po(g_po, *, PO_kg):
    """In the gut, swallowed as such."""
    return -PO_kg * g_po


@compartment("mg")
def g_pr(g_pr, *, PR_kg):
    """In the upper rectum, on its way through the liver."""
    return -PR_kg * g_pr


@compartment("mg")
def C(
    C, P1, P2, mu_in, mu_im, mu_sc, mu_sl, mu_pr, g_in, gd_sl, g_po, g_pr, *, CL, Q2, Q3, flow, Vc, V2, V3, size, F_po,
    IN_kmu, IM_kmu, SC_kmu, SL_kmu, PR_kmu, IN_kg, SL_mttg, PO_kg, PR_kg,
):  # fmt: skip
    """Ketamine in arterial plasma."""
    direct = IN_kmu * mu_in + IM_kmu * mu_im + SC_kmu * mu_sc + SL_kmu * mu_sl + PR_kmu * mu_pr
    through_liver = IN_kg * g_in + gd_sl / SL_mttg + PO_kg * g_po + PR_kg * g_pr
    back = flow / size * (Q2 / V2 * P1 + Q3 / V3 * P2)
    return direct + F_po * through_liver + back - (CL + (Q2 + Q3) * flow) / Vc * C


@compartment("mg")
def P1(C, P1, *, Q2, V2, Vc, flow, size):
    """Shallow peripheral ketamine."""
    return Q2 * flow * (C / Vc - P1 / (V2 * size))


@compartment("mg")
def P2(C, P2, *, Q3, V3, Vc, flow, size):
    """Deep peripheral ketamine."""
    return Q3 * flow * (C / Vc - P2 / (V3 * size))


@compartment("mg")
def M1(C, g_in, gd_sl, g_po, g_pr, M1, *, fm, CL, Vc, F_po, IN_kg, SL_mttg, PO_kg, PR_kg, MTT):
    """On the way to norketamine, from blood and from first pass."""
    through_liver = IN_kg * g_in + gd_sl / SL_mttg + PO_kg * g_po + PR_kg * g_pr
    return fm * (CL / Vc * C + (1 - F_po) * through_liver) - 2 / MTT * M1


@compartment("mg")
def M2(M1, M2, *, MTT):
    """Second step of that way."""
    return 2 / MTT * (M1 - M2)


@compartment("mg")
def N(M2, N, NP, *, MTT, CLN, QN, VN, VN2, flow, size):
    """Norketamine in plasma."""
    return 2 / MTT * M2 - (CLN + QN) * flow / VN * N + QN * flow / (VN2 * size) * NP


@compartment("mg")
def NP(N, NP, *, QN, VN, VN2, flow, size):
    """Peripheral norketamine."""
    return QN * flow * (N / VN - NP / (VN2 * size))


@compartment("mg")
def H1(N, H1, *, fh, CLN, VN, flow, MTTH):
    """On the way to hydroxynorketamine."""
    return fh * CLN * flow / VN * N - 2 / MTTH * H1


@compartment("mg")
def H2(H1, H2, *, MTTH):
    """Second step of that way."""
    return 2 / MTTH * (H1 - H2)


@compartment("mg")
def H(H2, H, HP, *, MTTH, CLH, QH, VH, VH2, flow, size):
    """Hydroxynorketamine in plasma."""
    return 2 / MTTH * H2 - (CLH + QH) * flow / VH * H + QH * flow / (VH2 * size) * HP


@compartment("mg")
def HP(H, HP, *, QH, VH, VH2, flow, size):
    """Peripheral hydroxynorketamine."""
    return QH * flow * (H / VH - HP / (VH2 * size))


@compartment("mg/L")
def v1(C, v1, *, kv1, Vc):
    """Fast part of venous blood."""
    return kv1 * (C / Vc - v1)


@compartment("mg/L")
def v2(C, v2, *, kv2, Vc):
    """Slow part of venous blood."""
    return kv2 * (C / Vc - v2)


@compartment("mg/L")
def EK(C, EK, *, ke0, Vc):
    """Ketamine at the effect site, driven by arterial blood."""
    return ke0 * (C / Vc - EK)


@compartment("mg/L")
def EN(N, EN, *, ke0, VN):
    """Norketamine at the effect site, as ketamine."""
    return ke0 * (N / VN - EN)


enantiomer = Link(
    "kinetics",
    (
        liver, CL, F_po, Vc, VN, VH, mu_in, mu_im, mu_sc, mu_sl, mu_pr, g_in, g_sl, gd_sl, g_po, g_pr,
        C, P1, P2, M1, M2, N, NP, H1, H2, H, HP, v1, v2, EK, EN,
    ),
    doc="from the dose to arterial and venous blood, metabolites and the effect site",
)  # fmt: skip
# one value serves both enantiomers
SHARED = (
    "size", "flow", "aged", "kv1", "kv2", "ke0", "IN_kmu", "IM_kmu", "SC_kmu", "SL_kmu", "PR_kmu", "IN_kg", "SL_kg",
    "SL_mttg", "PO_kg", "PR_kg",
)  # fmt: skip


@readout("mg/L", label="Ketamine, arterial")
def ketamine_arterial(C_S, C_R, *, Vc_S, Vc_R):
    """What the brain sees: both enantiomers."""
    return C_S / Vc_S + C_R / Vc_R


@readout("mg/L", label="Ketamine, venous")
def ketamine_venous(v1_S, v2_S, v1_R, v2_R, *, phi):
    """What a clinic sample shows."""
    return phi * (v1_S + v1_R) + (1 - phi) * (v2_S + v2_R)


@readout("mg/L", label="Norketamine")
def norketamine(N_S, N_R, *, VN_S, VN_R, MW_K, MW_NK):
    """Both enantiomers, as norketamine."""
    return (N_S / VN_S + N_R / VN_R) * (MW_NK / MW_K)


@readout("mg/L", label="Hydroxynorketamine")
def hydroxynorketamine(H_S, H_R, *, VH_S, VH_R, MW_K, MW_HNK, s_HNK):
    """Both enantiomers, as hydroxynorketamine; known to a factor of two or three."""
    return s_HNK * (H_S / VH_S + H_R / VH_R) * (MW_HNK / MW_K)


levels = Link(
    "levels",
    (ketamine_arterial, ketamine_venous, norketamine, hydroxynorketamine),
    doc="what a blood sample shows",
)
kinetics_S = enantiomer.copy("_S", SHARED)
kinetics_R = enantiomer.copy("_R", SHARED)
