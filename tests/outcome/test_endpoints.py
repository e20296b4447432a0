"""Endpoints against ratings tossed one by one, with the rules read literally."""

import numpy as np
import pytest

from resynapse.outcome.endpoints import Rated, days_well

N = {"sig_w": 6.0, "sig_e": 1.5, "tau_w": 240.0, "response_fraction": 0.5, "lrec": 2e-4}
HOURS = [24.0, 72.0, 168.0, 240.0, 336.0]
PEOPLE, TOSSES = 400, 400


@pytest.fixture(scope="module")
def arm():
    """One draw of people, some far from half of the start and some near, and the same people rated many times."""
    rng = np.random.default_rng(5)
    base = rng.uniform(24, 45, (1, PEOPLE))
    y = base * rng.uniform(0.1, 1.0, (1, PEOPLE)) + np.linspace(0, 6, len(HOURS))[:, None, None]
    return Rated(HOURS, y, base, N, rng.normal(size=(len(HOURS), 1, PEOPLE)))


@pytest.fixture(scope="module")
def ratings(arm):
    """(tosses, visits, people): the arm's own fluctuation, rating error anew in every toss."""
    rng, w, out = np.random.default_rng(6), np.zeros((1, PEOPLE)), []
    for k, h in enumerate(HOURS):
        keep = np.exp(-(h - HOURS[k - 1]) / 240.0) if k else 0.0
        w = keep * w + np.sqrt(1 - keep**2) * 6.0 * arm.z[k]
        out.append(arm.y[k] + w)
    return np.array(out)[:, 0] + 1.5 * rng.normal(size=(TOSSES, len(HOURS), PEOPLE))


def near(smooth, tossed):
    """Within 4 standard errors of the tosses: (tosses,) shares of 100."""
    assert abs(float(smooth[0]) - tossed.mean()) < 4 * tossed.std() / np.sqrt(TOSSES) + 1e-9


def share(what, among=None):
    return 100 * (what.mean(axis=-1) if among is None else what.sum(axis=-1) / among.sum(axis=-1))


def test_twice_response_sustained_and_late(arm, ratings):
    hit = ratings <= arm.base / 2
    near(arm.two_of(HOURS), share(hit.sum(axis=1) >= 2))
    near(arm.at_all(HOURS[:2]), share(hit[:, 0] & hit[:, 1]))
    ok = hit[:, 0] & hit[:, -1]
    for k in range(1, len(HOURS) - 1):
        ok &= hit[:, k] | hit[:, k + 1]
    near(arm.sustained(HOURS[0], HOURS[1:]), share(ok))


def test_late_response_among_those_without_an_early_one(arm, ratings):
    """Its visits are two, so the second fluctuation is that of the second visit."""
    hit = ratings <= arm.base / 2
    near(arm.late(24.0, 72.0), share(~hit[:, 0] & hit[:, 1], ~hit[:, 0]))


@pytest.mark.parametrize(("limit", "in_a_row"), [(None, 1), (None, 2), (22.0, 1), (22.0, 2)])
def test_still_well_by_the_letter(arm, ratings, limit, in_a_row):
    entered = ratings[:, 0] <= arm.base / 2
    miss = ratings > (arm.base / 2 if limit is None else limit)
    lost = np.zeros_like(entered)
    for k in range(1, len(HOURS)):
        lost |= miss[:, k] & (miss[:, k - 1] if in_a_row == 2 and k > 1 else in_a_row == 1)
    found = arm.still_well([24.0], "response", HOURS[1:], limit, in_a_row)[-1] / np.exp(-2e-4 * (336 - 24))
    near(100 * found, share(entered & ~lost, entered))


def test_entry_by_response_without_remission(arm, ratings):
    both = (ratings[:, 0] <= arm.base / 2) & (ratings[:, 1] <= arm.base / 2)
    low = (ratings[:, 0] <= 12) & (ratings[:, 1] <= 12) & both
    entered = both & ~low
    well = entered & (ratings[:, 2] <= arm.base / 2)
    rule = "response at both, not remission at both"
    found = arm.still_well([24.0, 72.0], rule, [168.0], None, 1)[-1] / np.exp(-2e-4 * (168 - 72))
    near(100 * found, share(well, entered))


def test_changes_and_spreads_are_those_of_the_people(arm):
    change = arm.y[0] - arm.base
    assert arm.change(24.0)[0] == pytest.approx(change.mean())
    assert arm.sd_change(24.0)[0] == pytest.approx(np.sqrt(change.var() + 36 + 2.25))
    assert arm.sd_score(24.0)[0] == pytest.approx(np.sqrt(arm.y[0].var() + 36 + 2.25))


def test_days_well_of_a_straight_line():
    """From 1 to 0 over ten days: five."""
    share_ = np.array([[0.8], [0.5], [0.0]])
    assert days_well(share_, 0.0, [48.0, 120.0, 240.0])[0] == pytest.approx(5.0)


def test_an_unknown_rule_is_an_error(arm):
    with pytest.raises(ValueError, match="whim"):
        arm.still_well([24.0], "whim", [72.0], None, 1)
