"""Outside oracles of the chain: its equations typed again from the notes, with plain numbers, solved otherwise.

Nothing here calls a function of the mechanism or the engine. Levels: one matrix by hand, its exponential in
ball arithmetic, stretch by stretch. All else: LSODA at rtol 1e-10, begun anew at each event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx
from numpy.typing import NDArray
from scipy.integrate import odeint
from scipy.stats import norm, truncnorm

Array = NDArray[np.float64]

BITS = 200
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


# -- levels, in ball arithmetic


def _balls(a: Array) -> arb_mat:
    return arb_mat([[arb(float(v)) for v in row] for row in a])


def ball_states(case: Case, e: str, times: Sequence[float]) -> Array:
    """States of one enantiomer at ascending times (right limits), (times, states), certain to the last digit."""
    ctx.prec = BITS
    m, feeds = rates(case, e), (C, GUT_NOSE, MOUTH, GUT_MOUTH, GUT_ORAL, RECTUM, GUT_RECTUM)
    size = len(m)
    wide = np.zeros((size + len(feeds),) * 2)
    wide[:size, :size] = m
    for column, state in enumerate(feeds):
        wide[state, size + column] = 1.0
    a, due = _balls(wide), entries(case, e)
    state = arb_mat(size + len(feeds), 1)
    now, out = 0.0, []
    for stop in _apart([*times, *(entry[0] for entry in due)]):
        state = (a * (arb(stop) - arb(now))).exp() * state
        now = stop
        for _, into, amount, rate in [entry for entry in due if abs(entry[0] - stop) < TOUCH]:
            state[size + feeds.index(into) if rate else into, 0] += arb(amount)
        if min(abs(stop - t) for t in times) < TOUCH:
            out.append([state[i, 0] for i in range(size)])
    assert max(float(v.rad()) for row in out for v in row) < 1e-25
    return np.array([[float(v.mid()) for v in row] for row in out])


def levels(case: Case, times: Sequence[float]) -> dict[str, Array]:
    """What blood and effect sites hold, mg/L, by the names of the chain."""
    return read_levels(case, *(ball_states(case, e, times) for e in ("S", "R")))


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


# -- the whole chain, by LSODA


def odds(case: Case, s: Sequence[float], r: Sequence[float]) -> float:
    """chain.md 1: x, from ng/mL at the effect sites; norketamine weighs 223.70."""
    p, ng = case.chain, 1000.0
    nk = ng * 223.70 / 237.73
    own = case.person.get("xi", 1.0)
    parent = ng * s[EK] / 237.73 / p["KiS"] + ng * r[EK] / 237.73 / p["KiR"]
    return own * p["fu"] * (parent + nk * s[EN] / 223.70 / p["KiSN"] + nk * r[EN] / 223.70 / p["KiRN"])


def surge(p: Mapping[str, float], x: float) -> float:
    """chain.md 1: the inverted U."""
    if x <= 0:
        return 0.0
    up, down = x ** p["gd"], x ** p["gp"]
    return max(0.0, up / (up + p["xd"] ** p["gd"]) - p["rho"] * down / (down + p["xp"] ** p["gp"]))


def whole(case: Case, times: Sequence[float], rtol: float = 1e-10) -> dict[str, Array]:
    """Everything at ascending times (right limits) that are no earlier than the first event."""
    ms, mr, p = rates(case, "S"), rates(case, "R"), case.chain
    ns, nr = len(ms), len(mr)
    own = np.zeros((ns + nr, ns + nr))
    own[:ns, :ns], own[ns:, ns:] = ms, mr
    feed = np.zeros(ns + nr)
    due = [(t, i, a, q) for t, i, a, q in entries(case, "S")]
    due += [(t, i + ns, a, q) for t, i, a, q in entries(case, "R")]

    def rhs(y: Array, _: float) -> Array:
        out = np.empty(len(y))
        linear = y[: ns + nr]
        out[: ns + nr] = own @ linear + feed
        pulse, fast, delay, labile, kept = y[ns + nr :].tolist()
        s, r = linear[:ns].tolist(), linear[ns:].tolist()
        d = max(pulse, 0.0) ** p["nP"]
        d /= d + p["P50"] ** p["nP"]
        out[ns + nr] = (surge(p, odds(case, s, r)) - pulse) / p["tauP"]
        out[ns + nr + 1] = p["kF"] * d * (1 - fast) - fast / p["tauF"]
        out[ns + nr + 2] = (d - delay) / p["tauZ"]
        out[ns + nr + 3] = p["kL"] * delay - labile * (1 / p["tauL"] + p["kc"])
        out[ns + nr + 4] = p["kc"] * labile - kept / p["tauC"]
        return out

    y, rows = np.zeros(ns + nr + 5), []
    stops = _apart([0.0, *(d[0] for d in due), *times])
    for begin, end in zip(stops, [*stops[1:], None], strict=True):
        for _, i, amount, rate in [d for d in due if abs(d[0] - begin) < TOUCH]:
            if rate:
                feed[i] += amount
            else:
                y[i] += amount
        feed[np.abs(feed) < 1e-12] = 0.0
        if min(abs(begin - t) for t in times) < TOUCH:
            rows.append(y.copy())
        if end is not None:
            y = odeint(
                rhs, y, [begin, end], rtol=rtol, atol=1e-14, tcrit=[end], mxstep=200_000, hmax=12.0
            )[1]  # fmt: skip
    return read_all(case, np.array(times), np.array(rows), ns)


def _apart(times: Iterable[float]) -> list[float]:
    """Ascending times; those that differ by rounding are one."""
    out: list[float] = []
    for t in sorted(times):
        if not out or t - out[-1] >= TOUCH:
            out.append(t)
    return out


def hope(case: Case, t: Array) -> tuple[Array, Array]:
    """chain.md 1: Ef and Es in closed form."""
    p, z = case.chain, case.person
    last = max(case.starts)
    held = np.exp(-np.maximum(t - last - p["grace"], 0) / p["tau_dec"])
    since = [np.maximum(t - d, 0.0) for d in case.starts]
    kicks = [np.exp(-u / p["tau_ac"]) * (1 - np.exp(-u / p["tau_on"])) for u in since]
    acute = np.minimum(1.0, sum(kicks))
    n = 1 / (1 + np.exp(-(p["n_mid"] + p["omega_c"] * z.get("u_c", 0) + p["sd_pf"] * z.get("z_fast", 0))))
    fast = np.minimum(n * ((1 - np.exp(-t / p["tau1"])) * held + p["kac"] * acute), 0.97)
    logit = (
        p["s_nat"] + p["omega_c"] * z.get("u_c", 0) + p["omega_s"] * z.get("u_s", 0) + p["sd_ps"] * z.get("z_slow", 0)
    )
    return fast, 1 / (1 + np.exp(-logit)) * (1 - np.exp(-t / p["tau_s"]))


def read_all(case: Case, t: Array, y: Array, ns: int) -> dict[str, Array]:
    """Names of the chain from the states."""
    p, z = case.chain, case.person
    s, r, rest = y[:, :ns], y[:, ns : ns + STATES], y[:, ns + STATES :]
    out = read_levels(case, s, r)
    out["x"] = np.array([odds(case, a, b) for a, b in zip(s.tolist(), r.tolist(), strict=True)])
    out["G"] = np.array([surge(p, v) for v in out["x"]])
    out |= dict(zip(("P", "F", "Z", "L", "K"), rest.T, strict=True))
    out["X"] = out["F"] + p["wL"] * (out["L"] + out["K"])
    gain = np.maximum(out["X"], 0.0) ** p["hX"]
    half = (p["X50"] * exp(p["sd_X50"] * z.get("z_X50", 0))) ** p["hX"]
    out["Ed"] = z.get("responder", 1.0) * p["Emax"] * gain / (gain + half)
    out["Ef"], out["Es"] = hope(case, t)
    out["MADRS"] = z.get("base", 33.0) * (1 - out["Ed"]) * (1 - out["Ef"]) * (1 - out["Es"])
    number = np.searchsorted(case.starts, t, side="right")
    faded = 0.30 + 0.70 * np.exp(-(np.maximum(number, 1) - 1) / 1.5)
    drive = 1000 * out["drive"]
    # site factor: a log-normal of SD 0.35 and median 1, each half cut on its own, at 0.7 and at 2.2
    half, at = (
        (log(0.7) / 0.35, 0.0) if z.get("z_site", 0) < 0 else (0.0, log(2.2) / 0.35),
        norm.cdf(z.get("z_site", 0)),
    )
    rank = truncnorm.ppf(2 * at if half[0] < 0 else 2 * at - 1, *half)
    ratio = faded * exp(z.get("z_CADSS", 0)) * exp(0.35 * rank) * (drive / p["D50"]) ** p["gamma"]
    out["CADSS"] = 92 * ratio / (1 + ratio)
    rise = exp(0.44 * z.get("z_BP", 0) + 0.33 * z.get("z_BP_session", 0) - 0.15)
    out["dSBP"] = p["SBP_Emax"] * drive / (drive + p["SBP_ED50"]) * rise * max(0.0, 1 + 0.4 * z.get("z_site_BP", 0))
    return out


def worst_of(got: Mapping[str, Array], want: Mapping[str, Array], names: Iterable[str]) -> dict[str, float]:
    """Largest error of each name, against the value or a thousandth of this person's peak, whichever is larger."""
    out = {}
    for name in names:
        scale = np.maximum(np.abs(want[name]), 1e-3 * np.abs(want[name]).max())
        error = np.abs(np.asarray(got[name]) - want[name])
        out[name] = float(np.max(error / np.where(scale > 0, scale, 1.0)))
    return out


# -- random people and regimens, and the same run by the engine


ABSORPTION = {
    "kmu": "IN_kmu", "kg": "IN_kg", "Fn1": "IN_Fn1", "Fn2": "IN_Fn2", "Fa": "IN_Fa", "swallowed_over": "IN_d2",
    "F_im": "IM_F", "k_im": "IM_kmu", "F_sc": "SC_F", "k_sc": "SC_kmu", "F_sl": "SL_Fmu", "d1_sl": "SL_d1",
    "k_sl": "SL_kmu", "d2_sl": "SL_d2", "kg_sl": "SL_kg", "delay_sl": "SL_mttg", "d2_po": "PO_d2", "kg_po": "PO_kg",
    "F_pr": "PR_Fmu", "d1_pr": "PR_d1", "k_pr": "PR_kmu", "d2_pr": "PR_d2", "kg_pr": "PR_kg",
}  # fmt: skip
VARIATES = ("u_c", "u_s", "z_fast", "z_slow", "z_X50", "z_CADSS", "z_site", "z_BP", "z_BP_session", "z_site_BP")


def _minutes(rng: np.random.Generator, low: float, high: float) -> float:
    """A duration in h, log-uniform, with minutes to one digit: 33.7 min."""
    return round(float(np.exp(rng.uniform(log(low), log(high)))), 1) / 60


def _iv(rng: np.random.Generator, t: float, weight: float) -> Given:
    share = [(0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][rng.choice(3, p=[0.6, 0.3, 0.1])]
    mg = round(float(weight * np.exp(rng.uniform(log(0.1), log(1.0)))), 2)
    hours = 0.0 if rng.random() < 0.3 else _minutes(rng, 2, 400)
    return Given(t, mg, *share, "iv", hours, False)


def _nasal(rng: np.random.Generator, t: float) -> list[Given]:
    share = (1.0, 0.0) if rng.random() < 0.6 else (0.5, 0.5)
    gap = _minutes(rng, 2, 25)
    return [Given(t + k * gap, 28.0, *share, "nasal", 0.0, k > 0) for k in range(rng.integers(1, 4))]


def _other(rng: np.random.Generator, t: float, weight: float) -> Given:
    """A dose by muscle, skin, mouth or rectum."""
    route = ("im", "sc", "sublingual", "oral", "rectal")[rng.integers(5)]
    share = [(0.5, 0.5), (1.0, 0.0), (0.0, 1.0)][rng.choice(3, p=[0.6, 0.2, 0.2])]
    most = 1.0 if route in ("im", "sc") else 3.0
    return Given(t, round(float(weight * np.exp(rng.uniform(log(0.1), log(most)))), 2), *share, route, 0.0, False)


def regimen(rng: np.random.Generator, weight: float, sessions: int) -> tuple[tuple[Given, ...], tuple[float, ...]]:
    """Doses and starts of sessions: several doses in a session 0.37 h apart, some running into the next one."""
    doses: list[Given] = []
    starts, t = [], 0.0
    for _ in range(sessions):
        starts.append(t)
        for k in range(rng.integers(1, 4)):
            at = t + k * 0.37
            kind = rng.random()
            if kind < 0.25:
                doses.append(_other(rng, at, weight))
            else:
                doses += [_iv(rng, at, weight)] if k or kind < 0.75 else _nasal(rng, at)
        t += float(rng.choice([7.03, 23.9, 48.0, 71.77, 168.0]))
    return tuple(sorted(doses, key=lambda d: d.time)), tuple(starts)


@dataclass(frozen=True)
class _Start:
    start_h: float


@dataclass(frozen=True)
class Regimen:
    """What a compiled plan asks of a course, for doses that the language would not write."""

    case: Case

    @property
    def sessions(self) -> tuple[_Start, ...]:
        return tuple(_Start(t) for t in self.case.starts)

    def doses(self, weight: float) -> tuple[Any, ...]:
        from resynapse.therapy.dose import GivenDose
        from resynapse.therapy.drug import Drug

        assert weight == self.case.common["WT"]
        return tuple(
            GivenDose(d.time, d.mg, Drug("", d.s, d.r), d.route, d.hours, int(d.later),
                      int(np.searchsorted(self.case.starts, d.time + 1e-9)))
            for d in self.case.doses
        )  # fmt: skip


def cases(count: int, seed: int = 1, most_sessions: int = 4) -> list[tuple[Case, dict[str, float]]]:
    """Random people with their own kinetics, fitted numbers and variates, on random regimens.

    With each, the same numbers by the names of the evidence. Kinetics as `simulation.people` draws them,
    fitted numbers as `inference.draws` does: drawing is not what these tests doubt.
    """
    from resynapse.evidence import load
    from resynapse.inference.draws import parameters
    from resynapse.mechanism import CHAIN as CHAIN_LINKS
    from resynapse.simulation.people import gather, own_numbers, session_numbers
    from resynapse.therapy.patient import Patient

    ledger = load()
    typical = {**ledger.values(), "WT": 70.0, "AGE": 40.0}
    fitted = parameters(ledger, seed, count)
    crowd = gather(CHAIN_LINKS, Patient(), typical, seed, count, 1)
    kinetics = {}
    for part in range(0, count, 200):  # kinetics of their own are for the first 200 of a crowd
        some = gather(CHAIN_LINKS, Patient(), typical, seed + part, min(200, count - part), 1)
        drawn = own_numbers(ledger, typical, some) | session_numbers(ledger, typical, some, 1)
        for name, value in drawn.items():
            kinetics.setdefault(name, []).extend(value.tolist())
    out = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        own = {name: value[i] for name, value in kinetics.items()} | {n: float(v[i, 0]) for n, v in fitted.items()}
        own |= {"WT": [35.0, 180.0, 70.0][i] if i < 3 else round(float(rng.uniform(35, 180)), 1)}
        own |= {"AGE": float(rng.integers(18, 60) if i % 2 else rng.integers(61, 91))}
        numbers = {**typical, **own}
        z = {name: float(crowd.variates[name][i, 0]) for name in VARIATES}
        person = z | {"xi": exp(0.3 * float(crowd.z_xi[i, 0])), "base": float(crowd.base[i, 0]), "responder": 1.0}
        doses, starts = regimen(rng, numbers["WT"], int(rng.integers(1, most_sessions + 1)))
        out.append((_case(numbers, doses, starts, person), numbers))
    return out


def _case(numbers: Mapping[str, Any], doses: Any, starts: Any, person: Mapping[str, float]) -> Case:
    kinetics = {e: {name: float(numbers[f"{name}_{e}"]) for name in KINETICS["S"]} for e in ("S", "R")}
    common = {name: float(numbers[name]) for name in ("phi", "kv1", "kv2", "ke0", "WT", "AGE")}
    common |= {own: float(numbers[name]) for own, name in ABSORPTION.items()}
    chain = CHAIN | {name: float(numbers[name]) for name in FITTED}
    return Case(doses, starts, kinetics, common, chain, person)


def engine(case: Case, numbers: Mapping[str, Any], times: Sequence[float], names: Iterable[str], refine: int = 0):
    """The run of a case by the engine, on the grid of a compiled plan."""
    from resynapse.mechanism import CHAIN as CHAIN_LINKS
    from resynapse.mechanism.read_numpy import run
    from resynapse.simulation.plan import CompiledPlan

    plan = CompiledPlan(Regimen(case), case.common["WT"], numbers, refine=refine)
    grid = plan.grid(times)
    given = {**plan.signals(grid, 0), **case.person, "n_class": numbers["n_mid"], "s_class": numbers["s_nat"]}
    return run(CHAIN_LINKS, list(names), grid, numbers, given, [*plan.inputs(), *plan.visits()])


def level_times(case: Case) -> list[float]:
    """Where levels are compared: at, before and after events, and away from them."""
    ends = [t for e in ("S", "R") for t, *_ in entries(case, e)]
    near = [t + d for t in case.starts for d in (0.05, 2 / 3, 1.0, 2.5)]
    last = max(ends)
    return _apart([*ends, *near, *(last + d for d in (0.123, 1.7, 6.0, 24.0))])


def effect_times(case: Case) -> list[float]:
    """Where effects are compared: through each session, then to two weeks after the last."""
    near = [t + d for t in case.starts for d in (0.0, 0.2, 2 / 3, 1.0, 1.5, 2.0, 4.0, 6.9)]
    last = case.starts[-1]
    return _apart([*near, *(last + d for d in (12.0, 24.0, 48.0, 72.0, 168.0, 240.0, 336.0))])
