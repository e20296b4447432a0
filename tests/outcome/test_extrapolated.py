"""A route or drug the fit never saw: trials are taken to differ more, nothing else changes."""

import numpy as np
import pytest

import resynapse as rs
from resynapse.evidence import load
from resynapse.mechanism import CHAIN
from resynapse.views.course import course

SMALL = rs.Population(draws=60, people=40)
UNSEEN = ["0.5 mg/kg, im, once", "100 mg, oral, once", "50 mg, nasal, once", "35 mg arketamine over 40 min, once"]
SEEN = ["0.5 mg/kg over 40 min, once", "14 mg esketamine over 40 min, once", "2 x 28 mg, once"]
WIDE = load()["omega_d"].hi


def share(plan, chain=CHAIN):
    return rs.simulate(plan, SMALL, until="1 weeks", seed=3, chain=chain).plans[0].weeks.share


@pytest.mark.parametrize("plan", UNSEEN)
def test_responders_differ_more_between_trials(plan):
    """As if the spread had been set to the upper end of its range by hand, to the last bit."""
    assert share(plan).tobytes() == share(plan, CHAIN.fix(omega_d=WIDE)).tobytes()
    assert share(plan).std() > 1.2 * share(plan, CHAIN.fix(omega_d=load()["omega_d"].value)).std()


@pytest.mark.parametrize("plan", SEEN)
def test_fitted_plans_keep_their_spread(plan):
    assert share(plan).tobytes() == share(plan, CHAIN.fix(omega_d=load()["omega_d"].value)).tobytes()


def test_a_spread_fixed_by_hand_stays():
    assert np.ptp(share(UNSEEN[0], CHAIN.fix(omega_d=0.0))) == pytest.approx(
        np.ptp(share(SEEN[0], CHAIN.fix(omega_d=0.0)))
    )


def test_its_counterfactual_and_the_other_plan_do_not_change():
    out = rs.simulate(UNSEEN[0], SMALL, against=SEEN[0], until="1 weeks", seed=3)
    alone = rs.simulate(SEEN[0], SMALL, until="1 weeks", seed=3)
    far, near = out.plans
    assert near.observed.tobytes() == alone.plans[0].observed.tobytes()
    assert far.weeks.compared.tobytes() == near.weeks.compared.tobytes()


def test_its_band_is_drawn_as_dashed_edges_without_a_fill():
    far = rs.simulate(UNSEEN[0], SMALL, until="1 weeks", seed=3).summary
    panel = course(far).panels[0]
    assert far.plans[0].domain.extrapolated
    assert panel.fills == ()
    edges = [line for line in panel.lines if line.stroke == "edge90"]
    assert [e.y.tobytes() for e in edges] == [far.plans[0].bands.q05.tobytes(), far.plans[0].bands.q95.tobytes()]


def test_where_the_model_is_known_to_be_wrong_no_band_is_drawn():
    summary = rs.simulate("3 mg/kg, im, once", SMALL, until="1 weeks", seed=3).summary
    assert not summary.plans[0].domain.extrapolated
    assert not [line for line in course(summary).panels[0].lines if line.stroke == "edge90"]
