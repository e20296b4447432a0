"""The whole chain by LSODA at rtol 1e-10, begun anew at each event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log

import numpy as np
from scipy.integrate import odeint
from scipy.stats import norm, truncnorm

from .notes import EK, EN, STATES, TOUCH, Array, Case, apart, entries, rates, read_levels


def odds(case: Case, s: Sequence[float], r: Sequence[float]) -> float:
    """chain.md 1: x, from ng/mL at the effect sites; norketamine weighs 223.70."""
    p, ng = case.chain, 1000.0
    nk = ng * 223.70 / 237.73
    own = float(case.person.get("xi", 1.0))
    parent = ng * s[EK] / 237.73 / p["KiS"] + ng * r[EK] / 237.73 / p["KiR"]
    total = parent + nk * s[EN] / 223.70 / p["KiSN"] + nk * r[EN] / 223.70 / p["KiRN"]
    return float(own * p["fu"] * total)


def surge(p: Mapping[str, float], x: float) -> float:
    """chain.md 1: the inverted U."""
    if x <= 0:
        return 0.0
    up, down = x ** p["gd"], x ** p["gp"]
    return max(0.0, float(up / (up + p["xd"] ** p["gd"]) - p["rho"] * down / (down + p["xp"] ** p["gp"])))


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
    stops = apart([0.0, *(d[0] for d in due), *times])
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
