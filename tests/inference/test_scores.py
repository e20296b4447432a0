"""Scores against closed forms and brute force; the spread between trials against its own solution and its own data."""

import numpy as np
import pytest

from resynapse.inference.between import chi2_quantile, factor
from resynapse.inference.scores import crps, crps_normal, interval


def integrated(mean: float, sd: float, observed: float) -> float:
    """The score from its definition: squared distance of distribution and step, by the trapezoid."""
    from math import erf

    x = np.linspace(mean - 12 * sd - 5, mean + 12 * sd + 5, 400_001)
    f = np.array([0.5 * (1 + erf((v - mean) / sd / 2**0.5)) for v in x[::100]])
    below = np.interp(x, x[::100], f)
    return float(np.trapezoid((below - (x >= observed)) ** 2, x))


@pytest.mark.parametrize(("mean", "sd", "observed"), [(0.0, 1.0, 0.0), (-15.0, 2.5, -11.0), (45.0, 8.0, 71.0)])
def test_the_score_of_a_normal_is_its_integral(mean, sd, observed):
    assert crps_normal(mean, sd, observed) == pytest.approx(integrated(mean, sd, observed), abs=2e-4)


def test_a_point_is_scored_by_its_distance():
    assert crps_normal(3.0, 0.0, 5.0) == 2.0


def test_the_score_of_draws_is_the_sum_over_pairs():
    x, y = np.random.default_rng(1).normal(size=23), 0.4
    pairs = np.abs(x[:, None] - x[None, :]).sum() / (23 * 22)
    assert crps(x, y) == pytest.approx(np.abs(x - y).mean() - pairs / 2, abs=1e-13)


def test_the_score_of_few_draws_is_fair():
    """Mean over many sets of 5 draws: that of the normal, not larger. 4 standard errors: false alarm 1 in 16,000."""
    sets = np.random.default_rng(2).normal(-15, 2.5, size=(20_000, 5))
    each = np.array([crps(x, -11.0) for x in sets])
    assert abs(each.mean() - crps_normal(-15, 2.5, -11.0)) < 4 * each.std() / np.sqrt(len(each))


def test_an_interval_holds_its_share():
    lo, hi = interval(np.arange(1001.0), 0.9)
    assert (lo, hi) == pytest.approx((50.0, 950.0))


def test_factor_in_closed_form_where_all_figures_are_alike():
    """Then k = sqrt((mean square - within^2) / between^2)."""
    e = np.array([3.0, -1.0, 2.5, -4.0, 0.5])
    found = factor(e, np.full(5, 1.5), np.full(5, 2.0))
    assert found.factor == pytest.approx(np.sqrt((np.mean(e**2) - 1.5**2) / 2.0**2), rel=1e-12)
    assert found.lo < found.factor < found.hi
    assert found.q == pytest.approx(np.sum(e**2) / (1.5**2 + 2.0**2))


def test_factor_is_0_where_sampling_explains_more_than_was_seen():
    assert factor(np.full(8, 0.5), np.ones(8), np.ones(8)).factor == 0.0


def test_factor_solves_its_equation_where_figures_differ():
    rng = np.random.default_rng(3)
    within, between = rng.uniform(1, 3, 40), rng.uniform(0.5, 4, 40)
    e = rng.normal(0, np.sqrt(within**2 + (1.6 * between) ** 2))
    found = factor(e, within, between)
    assert np.sum(e**2 / (within**2 + (found.factor * between) ** 2)) == pytest.approx(40, rel=1e-9)


def test_the_interval_of_the_factor_holds_the_truth_9_times_in_10():
    """400 sets of 20 figures; binomial SD 1.5 of 100: below 85 or above 95 in fewer than 1 of 1,000 runs."""
    rng, hits = np.random.default_rng(4), 0
    for _ in range(400):
        within, between = rng.uniform(1, 2, 20), rng.uniform(2, 4, 20)
        found = factor(rng.normal(0, np.sqrt(within**2 + (1.3 * between) ** 2)), within, between)
        hits += found.lo <= 1.3 <= found.hi
    assert 0.85 < hits / 400 < 0.95


@pytest.mark.parametrize(("n", "z", "table"), [(5, 1.645, 11.070), (10, -1.645, 3.940), (30, 1.645, 43.773)])
def test_quantiles_of_the_chi_square(n, z, table):
    assert chi2_quantile(n, z) == pytest.approx(table, rel=0.005)
