"""The model typed again from the notes, with plain numbers: what levels and effects are held against.

Nothing here, in `balls` or in `lsoda` calls a function of the mechanism or the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TOUCH = 1e-9  # h: times closer than this are one time
C, P1, P2, M1, M2, N, NP, H1, H2, H, HP, V1S, V2S, EK, EN = range(15)
# depots by route (pk.md 2.3): into blood, into the gut, and the delay that only the mouth has
NOSE, MUSCLE, SKIN, MOUTH, RECTUM, GUT_NOSE, GUT_MOUTH, DELAY_MOUTH, GUT_ORAL, GUT_RECTUM = range(15, 25)
STATES = 25
CD, MD = 25, 26  # S only


def _table(text: str) -> tuple[dict[str, float], ...]:
    """Names and numbers, a column of numbers a table."""
    rows = [line.split() for line in text.strip().splitlines()]
    return tuple({row[0]: float(row[k]) for row in rows} for k in range(1, len(rows[0])))


# The published numbers as printed: L, L/h, h; S and R (pk.md 2.2, 70 kg).
_S, _R = _table("""
V1    25    22.5
V2    56    50.4
V3    157   141.3
Q2    161   144.9
Q3    79    71.1
CLint 189.3 151.4
QHEP  151   151
FG    0.40  0.40
fm    0.80  0.80
VN1   11.6  9.63
VN2   100.6 83.5
QN    102.4 85.0
CLN   48.5  40.3
fh    0.70  0.70
VH1   4.4   4.4
VH2   87.5  87.5
QH    102   102
CLH   40    28
""")
MINUTES = {"MTT": 20.1 / 60, "MTTH": 1.12 / 60}
KINETICS = {"S": _S | MINUTES, "R": _R | MINUTES}
# pk.md 2.2 and 2.3: rates printed per minute
COMMON = {
    "phi": 0.289, "kv1": 0.787 * 60, "kv2": 0.0305 * 60, "ke0": 0.116 * 60, "kmu": 0.0488 * 60, "kg": 0.0242 * 60,
    "Fn1": 0.382, "Fn2": 0.249, "Fa": 0.55, "swallowed_over": 31.8 / 60, "WT": 70.0, "AGE": 40.0,
    "F_im": 0.93, "k_im": 0.12 * 60, "F_sc": 0.93, "k_sc": 0.06 * 60,
    "F_sl": 0.12, "d1_sl": 13.1 / 60, "k_sl": 0.1 * 60, "d2_sl": 29.9 / 60, "kg_sl": 0.049 * 60, "delay_sl": 10.7 / 60,
    "d2_po": 15 / 60, "kg_po": 0.035 * 60,
    "F_pr": 0.12, "d1_pr": 1 / 60, "k_pr": 0.03 * 60, "d2_pr": 30 / 60, "kg_pr": 0.035 * 60,
}  # fmt: skip
# chain.md 1 and 2, safety.md 8
(CHAIN,) = _table("""
fu 0.55
KiS 0.3
KiR 1.4
KiSN 1.7
KiRN 13
xd 0.45
gd 1.3
rho 1.6
xp 4
gp 2
tauP 1.25
P50 0.293028
nP 2
kF 0.7
tauF 66.8013
tauZ 12
kL 0.369759
tauL 132.001
kc 0.00149845
tauC 1320
wL 0.749756
X50 0.34908
sd_X50 0.767747
Emax 0.808522
hX 1
n_mid -1.46764
s_nat -2.40481
kac 1.79607
tau1 4
tau_ac 8
tau_on 0.5
tau_dec 244.212
grace 24
sd_pf 0.610845
sd_ps 3.20259
tau_s 408
omega_c 0.3
omega_s 1.6
D50 735
gamma 1.25
theta 0.70
SBP_Emax 30
SBP_ED50 115
""")
CHAIN |= {"t_half_Cd": 8.3 / 60, "t_half_Md": 40 / 60}
FITTED = (
    "P50", "tauF", "tauL", "kc", "kL", "wL", "X50", "sd_X50", "Emax", "n_mid", "s_nat", "kac", "tau_dec",
    "sd_pf", "sd_ps",
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """One entry of drug: h, mg base, shares of S and R, route, h of infusion, first device or later."""

    time: float
    mg: float
    s: float
    r: float
    route: str
    hours: float
    later: bool


@dataclass(frozen=True)
class Case:
    """A person and what they are given. starts: h of the sessions. The three tables hold what differs."""

    doses: tuple[Given, ...]
    starts: tuple[float, ...]
    kinetics: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: KINETICS)
    common: Mapping[str, float] = field(default_factory=lambda: COMMON)
    chain: Mapping[str, float] = field(default_factory=lambda: CHAIN)
    person: Mapping[str, float] = field(default_factory=dict)


def entries(case: Case, e: str) -> list[tuple[float, int, float, bool]]:
    """(time, state, amount, is a rate) for one enantiomer, as pk.md 2.3 says them."""
    out = []
    c = case.common
    for d in case.doses:
        mg = d.mg * (d.s if e == "S" else d.r)
        if not mg:
            continue
        if d.route == "iv" and d.hours:
            rate = mg / d.hours
            out += [(d.time, C, rate, True), (d.time + d.hours, C, -rate, True)]
        elif d.route == "iv":
            out.append((d.time, C, mg, False))
        elif d.route == "nasal":
            through = c["Fn2"] if d.later else c["Fn1"]
            out.append((d.time, NOSE, through * mg, False))
            out += _slowly(d.time, c["swallowed_over"], GUT_NOSE, (1 - through) * c["Fa"] * mg)
        elif d.route in ("im", "sc"):
            out.append((d.time, MUSCLE if d.route == "im" else SKIN, c[f"F_{d.route}"] * mg, False))
        elif d.route == "oral":
            out += _slowly(d.time, c["d2_po"], GUT_ORAL, mg)
        else:
            r, first, second = {"sublingual": ("sl", MOUTH, GUT_MOUTH), "rectal": ("pr", RECTUM, GUT_RECTUM)}[d.route]
            out += _slowly(d.time, c[f"d1_{r}"], first, c[f"F_{r}"] * mg)
            out += _slowly(d.time, c[f"d2_{r}"], second, (1 - c[f"F_{r}"]) * mg)
    return sorted(out, key=lambda entry: entry[0])


def _slowly(time: float, hours: float, into: int, mg: float) -> list[tuple[float, int, float, bool]]:
    return [(time, into, mg / hours, True), (time + hours, into, -mg / hours, True)]


def scaled(case: Case, e: str) -> dict[str, float]:
    """This person's own numbers: allometry, flow lost to age, clearance by the well-stirred liver."""
    k, c = dict(case.kinetics[e]), case.common
    size = c["WT"] / 70.0
    k["QHEP"] = k["QHEP"] - 2.19 * max(0.0, c["AGE"] - 60.0)
    for name in ("V1", "V2", "V3", "VN1", "VN2", "VH1", "VH2"):
        k[name] *= size
    for name in ("Q2", "Q3", "CLint", "QHEP", "QN", "CLN", "QH", "CLH"):
        k[name] *= size**0.75
    k["CL"] = k["QHEP"] * k["CLint"] / (k["QHEP"] + k["CLint"])
    k["Fpo"] = k["FG"] * (1 - k["CL"] / k["QHEP"])
    return k


def rates(case: Case, e: str) -> Array:
    """The matrix of pk.md 2.1, typed row by row; with the effect site and tolerance of safety.md 8 for S."""
    k, c, t = scaled(case, e), case.common, case.chain
    m = np.zeros((STATES + 2 if e == "S" else STATES,) * 2)
    direct = ((NOSE, "kmu"), (MUSCLE, "k_im"), (SKIN, "k_sc"), (MOUTH, "k_sl"), (RECTUM, "k_pr"))
    for depot, rate in direct:
        m[depot, depot], m[C, depot] = -c[rate], c[rate]
    gut = ((GUT_NOSE, c["kg"]), (DELAY_MOUTH, 1 / c["delay_sl"]), (GUT_ORAL, c["kg_po"]), (GUT_RECTUM, c["kg_pr"]))
    for depot, leaves in gut:
        m[depot, depot], m[C, depot], m[M1, depot] = -leaves, k["Fpo"] * leaves, (1 - k["Fpo"]) * k["fm"] * leaves
    m[GUT_MOUTH, GUT_MOUTH], m[DELAY_MOUTH, GUT_MOUTH] = -c["kg_sl"], c["kg_sl"]
    m[C, C] = -(k["CL"] + k["Q2"] + k["Q3"]) / k["V1"]
    m[C, P1], m[C, P2] = k["Q2"] / k["V2"], k["Q3"] / k["V3"]
    m[P1, C], m[P1, P1] = k["Q2"] / k["V1"], -k["Q2"] / k["V2"]
    m[P2, C], m[P2, P2] = k["Q3"] / k["V1"], -k["Q3"] / k["V3"]
    m[M1, C], m[M1, M1] = k["fm"] * k["CL"] / k["V1"], -2 / k["MTT"]
    m[M2, M1], m[M2, M2] = 2 / k["MTT"], -2 / k["MTT"]
    m[N, M2], m[N, N], m[N, NP] = 2 / k["MTT"], -(k["CLN"] + k["QN"]) / k["VN1"], k["QN"] / k["VN2"]
    m[NP, N], m[NP, NP] = k["QN"] / k["VN1"], -k["QN"] / k["VN2"]
    m[H1, N], m[H1, H1] = k["fh"] * k["CLN"] / k["VN1"], -2 / k["MTTH"]
    m[H2, H1], m[H2, H2] = 2 / k["MTTH"], -2 / k["MTTH"]
    m[H, H2], m[H, H], m[H, HP] = 2 / k["MTTH"], -(k["CLH"] + k["QH"]) / k["VH1"], k["QH"] / k["VH2"]
    m[HP, H], m[HP, HP] = k["QH"] / k["VH1"], -k["QH"] / k["VH2"]
    filters = ((V1S, "kv1", C, "V1"), (V2S, "kv2", C, "V1"), (EK, "ke0", C, "V1"), (EN, "ke0", N, "VN1"))
    for state, name, source, volume in filters:
        m[state, source], m[state, state] = c[name] / k[volume], -c[name]
    if e == "S":
        kd, km = log(2) / t["t_half_Cd"], log(2) / t["t_half_Md"]
        m[CD, C], m[CD, CD] = kd / k["V1"], -kd
        m[MD, CD], m[MD, MD] = km, -km
    return m


def read_levels(case: Case, s: Array, r: Array) -> dict[str, Array]:
    """The outputs of pk.md 2.1 from the states of S and R, mg/L of the named analyte."""
    ks, kr, phi = scaled(case, "S"), scaled(case, "R"), case.common["phi"]
    return {
        "ketamine_arterial": s[:, C] / ks["V1"] + r[:, C] / kr["V1"],
        "ketamine_venous": phi * (s[:, V1S] + r[:, V1S]) + (1 - phi) * (s[:, V2S] + r[:, V2S]),
        "norketamine": (s[:, N] / ks["VN1"] + r[:, N] / kr["VN1"]) * 223.70 / 237.73,
        "hydroxynorketamine": (s[:, H] / ks["VH1"] + r[:, H] / kr["VH1"]) * 239.70 / 237.73,
        "EK_S": s[:, EK], "EK_R": r[:, EK], "EN_S": s[:, EN], "EN_R": r[:, EN],
        "Cd": s[:, CD], "Md": s[:, MD],
        "drive": np.maximum(0.0, s[:, CD] - case.chain["theta"] * s[:, MD]),
    }  # fmt: skip


def apart(times: Iterable[float]) -> list[float]:
    """Ascending times; those that differ by rounding are one."""
    out: list[float] = []
    for t in sorted(times):
        if not out or t - out[-1] >= TOUCH:
            out.append(t)
    return out
