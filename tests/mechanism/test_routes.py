"""Routes: what of a dose enters where, when and for how long; no drug is lost on the way in."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine.grid import ends
from resynapse.evidence import load
from resynapse.mechanism.routes import inputs
from resynapse.therapy.dose import GivenDose
from resynapse.therapy.drug import ARKETAMINE, ESKETAMINE, RACEMIC

NUMBERS = load().values()
MG, AT = 40.0, 3.25


def dose(route: str, drug=RACEMIC, hours: float = 0.0, device: int = 0, at: float = AT) -> GivenDose:
    return GivenDose(at, MG, drug, route, hours, device, 1)


def amounts(entries) -> dict[str, float]:
    """Mg into each compartment: what comes at once, and rates for as long as they run."""
    total: dict[str, float] = {}
    for i in entries:
        mg = -i.amount * (i.time - AT) if i.rate else i.amount
        total[i.into] = total.get(i.into, 0.0) + mg
    return total


def parts(route: str, device: int = 0) -> dict[str, float]:
    """The share of a dose that each depot takes, as the notes say it."""
    n = NUMBERS
    through = n["IN_Fn2"] if device else n["IN_Fn1"]
    return {
        "iv": {"C": 1.0},
        "im": {"mu_im": n["IM_F"]},
        "sc": {"mu_sc": n["SC_F"]},
        "nasal": {"mu_in": through, "g_in": (1 - through) * n["IN_Fa"]},
        "sublingual": {"mu_sl": n["SL_Fmu"], "g_sl": 1 - n["SL_Fmu"]},
        "oral": {"g_po": 1.0},
        "rectal": {"mu_pr": n["PR_Fmu"], "g_pr": 1 - n["PR_Fmu"]},
    }[route]


@pytest.mark.parametrize("route", ["iv", "im", "sc", "nasal", "sublingual", "oral", "rectal"])
@pytest.mark.parametrize(("drug", "shares"), [
    (RACEMIC, {"S": 0.5, "R": 0.5}), (ESKETAMINE, {"S": 1.0}), (ARKETAMINE, {"R": 1.0}),
])  # fmt: skip
def test_each_depot_takes_its_share_of_each_enantiomer(route, drug, shares):
    got = amounts(inputs([dose(route, drug)], NUMBERS))
    want = {f"{into}_{e}": share * part * MG for e, share in shares.items() for into, part in parts(route).items()}
    assert got == pytest.approx(want)


def test_a_later_device_lets_another_part_through():
    assert NUMBERS["IN_Fn1"] != NUMBERS["IN_Fn2"]
    for device in (0, 1, 2):
        got = amounts(inputs([dose("nasal", ESKETAMINE, device=device)], NUMBERS))
        assert got["mu_in_S"] == pytest.approx(parts("nasal", device)["mu_in"] * MG)


def test_an_infusion_begins_and_ends_and_a_bolus_comes_at_once():
    begins, ends_ = inputs([dose("iv", ESKETAMINE, 0.5)], NUMBERS)
    assert (begins.time, begins.amount, begins.rate) == (AT, 80.0, True)
    assert (ends_.time, ends_.amount, ends_.rate) == (AT + 0.5, -80.0, True)
    (bolus,) = inputs([dose("iv", ESKETAMINE)], NUMBERS)
    assert (bolus.time, bolus.amount, bolus.rate, bolus.into) == (AT, MG, False, "C_S")


@pytest.mark.parametrize(("route", "hours"), [
    ("nasal", ["IN_d2"]), ("sublingual", ["SL_d1", "SL_d2"]), ("oral", ["PO_d2"]), ("rectal", ["PR_d1", "PR_d2"]),
])  # fmt: skip
def test_absorption_lasts_as_long_as_the_evidence_says(route, hours):
    stops = [i.time - AT for i in inputs([dose(route, ESKETAMINE)], NUMBERS) if i.rate and i.amount < 0]
    assert sorted(stops) == pytest.approx(sorted(NUMBERS[h] for h in hours))


def test_people_each_stop_at_the_nearest_end_of_the_list_and_lose_nothing():
    known = ends()
    hours = np.array([0.001, 0.3, 1.0, 2.77, known[-1], 20.0])
    entries = inputs([dose("oral", ESKETAMINE)], {**NUMBERS, "PO_d2": hours})
    begin, *stops = entries
    assert [i.time - AT for i in stops] == pytest.approx(known)
    assert sum(i.amount for i in entries) == pytest.approx(np.zeros(6), abs=1e-12)
    own = np.array([known[np.abs(known - h).argmin()] for h in hours])
    assert begin.amount == pytest.approx(MG / own)
    assert sum(-i.amount * (i.time - AT) for i in stops) == pytest.approx(np.full(6, MG))


def test_inputs_of_a_course_are_in_time():
    doses = [dose("oral", at=5.0), dose("iv", hours=9.0, at=1.0), dose("im", at=2.0)]
    times = [i.time for i in inputs(doses, NUMBERS)]
    assert times == sorted(times)
    assert len(times) == 4 + 4 + 2
