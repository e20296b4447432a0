"""Read-outs beside the main line, and the caps and floors that ordinary people never meet."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from resynapse.evidence import load
from resynapse.mechanism import CHAIN
from resynapse.mechanism.read_numpy import evaluate

N = {**load().values(), "WT": 70.0, "AGE": 40.0}


def read(name: str, known: dict | None = None, **given) -> float:
    return float(evaluate(CHAIN, [name], {k: np.asarray(v) for k, v in (known or {}).items()}, N, given)[name])


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def test_the_chance_of_sedation_moves_its_logit_by_the_liability():
    for z in (-1.5, 0.0, 2.0):
        assert logit(read("p_sedated", z_sed=z)) == pytest.approx(N["b_sed"] + N["sd_sed"] * z, rel=1e-10)


def test_the_share_of_responders_moves_its_logit_by_trial_and_nasal_programmes():
    at_rest = logit(read("share"))
    assert at_rest == pytest.approx(N["lpi"], rel=1e-10)
    assert logit(read("share", u_d=1.5)) - at_rest == pytest.approx(1.5 * N["omega_d"], rel=1e-9)
    assert logit(read("share", nasal=1.0)) - at_rest == pytest.approx(N["d_in"], rel=1e-9)


def test_no_site_turns_the_rise_of_pressure_into_a_fall():
    known = {"drive": N["SBP_ED50"]}
    usual = read("dSBP", known)
    assert usual == pytest.approx(N["SBP_Emax"] / 2 * math.exp(-N["centre_BP"]))
    assert read("dSBP", known, z_site_BP=1.0) / usual == pytest.approx(1 + N["sd_site_BP"])
    assert read("dSBP", known, z_site_BP=-2 / N["sd_site_BP"]) == 0
    assert read("dSBP", known, z_BP=1.0) / usual == pytest.approx(math.exp(N["sd_BP_person"]))
    assert read("dSBP", known, z_BP_session=-1.0) / usual == pytest.approx(math.exp(-N["sd_BP_session"]))


def test_pressure_and_heart_rate_add_to_what_they_were():
    known = {"drive": N["HR_ED50"]}
    rise = read("dSBP", known)
    assert read("SBP", known, SBP_0=130.0) == pytest.approx(130 + rise)
    assert read("DBP", known, DBP_0=80.0) == pytest.approx(80 + N["DBP_ratio"] * rise)
    assert read("HR", known, HR_0=70.0) == pytest.approx(70 + N["HR_Emax"] / 2)
    assert (read("SBP", {"drive": 0.0}), read("HR", {"drive": 0.0})) == (N["sbp_0"], N["hr_0"])


def test_the_odds_of_dissociation_fade_over_sessions_to_a_floor():
    at = {"drive": N["D50"]}
    first = read("odds", at)
    assert first == pytest.approx(N["f_patient"])
    assert read("odds", at, session=1 + N["tol_n"]) / first == pytest.approx(
        N["tol_floor"] + (1 - N["tol_floor"]) / math.e
    )
    assert read("odds", at, session=1e6) / first == pytest.approx(N["tol_floor"])
    assert read("odds", at, z_CADSS=1.0) / first == pytest.approx(math.exp(N["sd_CADSS"]))
    assert read("odds", {"drive": 2 * N["D50"]}) / first == pytest.approx(2 ** N["gamma"])


def test_a_dose_is_noticed_by_half_where_the_median_score_is_the_one_that_is():
    noticed = N["cadss_perceived"] / (N["CADSS_max"] - N["cadss_perceived"])  # as odds
    half = N["D50"] * (noticed / N["f_patient"]) ** (1 / N["gamma"])
    assert read("p_perceived", {"drive": half}) == pytest.approx(0.5, abs=1e-9)
    # one SD of people further down notice it at e**sd less odds
    more = half * math.exp(N["sd_CADSS"] / N["gamma"])
    assert read("p_perceived", {"drive": more}) == pytest.approx(NormalDist().cdf(1), abs=1e-9)
    assert read("p_perceived", {"drive": 0.0}) < 1e-12


def test_hope_and_its_overshoot_are_capped():
    known = {"onset": 1.0, "V": 1.0, "kick": 9.0, "kick_rise": 1.0}
    assert read("overshoot", known) == N["cap_a"]
    assert read("overshoot", {**known, "kick": 1.25}) == 0.25
    assert read("Ef", known, n_class=50.0) == pytest.approx(N["cap_Ef"])
    assert read("Ef", known, n_class=50.0, perceived=0.5) == pytest.approx(N["cap_Ef"] / 2)
    assert read("Ef", known, treated=0.0) == 0
    assert read("Ef", {**known, "V": 0.5, "kick": 1.0}) == pytest.approx(0.25)  # logit 0, half held, no overshoot


def test_each_part_takes_its_fraction_of_what_is_left():
    known = {"Ed": 0.5, "Ef": 0.2, "Es": 0.25}
    assert read("MADRS", known, base=40.0) == pytest.approx(12)
    assert read("MADRS", {"Ed": 0.0, "Ef": 0.0, "Es": 0.0}) == N["base_mean"]


def test_a_person_needs_more_gain_and_a_non_responder_has_no_effect():
    half = {"X": N["X50"]}
    assert read("Ed", half) == pytest.approx(N["Emax"] / 2)
    assert read("Ed", {"X": N["X50"] * math.exp(N["sd_X50"])}, z_X50=1.0) == pytest.approx(N["Emax"] / 2)
    assert read("Ed", half, responder=0.0) == 0


def test_occupancy_is_odds_as_a_share():
    assert read("occupancy", {"x": 3.0}) == 0.75
    assert read("occupancy", {"x": 0.0}) == 0


def test_glutamate_is_never_below_rest():
    surge = [read("G", {"x": x}) for x in (0.0, 0.5, 1.0, 6.0, 50.0)]
    assert surge[0] == 0
    assert surge[2] > 0.1
    assert surge[-1] == 0
    assert min(surge) == 0
