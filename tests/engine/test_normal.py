"""The normal distribution against the C library's erfc and the standard library's NormalDist."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from resynapse.engine import normal


def exact(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def test_cdf_is_that_of_erfc(worst):
    # odd spacing, so that nodes, middles and the rest of every piece of the table are met
    x = np.concatenate([np.linspace(-8.999, 8.999, 100_003), np.random.default_rng(1).normal(size=50_000)])
    want = np.array([exact(v) for v in x])
    worst("normal cdf v erfc, absolute", np.abs(normal.cdf(x) - want).max(), 1e-15)


def test_cdf_far_out_is_0_or_1():
    assert np.all(normal.cdf(np.array([-9.0, -12.0, -1e300, -np.inf])) < 1.2e-19)
    assert np.all(normal.cdf(np.array([9.0, 12.0, 1e300, np.inf])) == 1.0)


@given(st.floats(-12, 12), st.floats(-12, 12))
def test_cdf_rises_and_is_symmetric(a, b):
    lo, hi = sorted((a, b))
    assert normal.cdf(lo) <= normal.cdf(hi) + 2e-16
    assert abs(float(normal.cdf(a)) + float(normal.cdf(-a)) - 1) < 1e-15


def test_one_number_gives_what_an_array_gives():
    x = np.random.default_rng(2).normal(size=200) * 3
    assert [float(normal.cdf(v)) for v in x] == list(normal.cdf(x))
    p = np.random.default_rng(3).random(200)
    assert [float(normal.ppf(v)) for v in p] == list(normal.ppf(p))


def test_ppf_is_that_of_the_standard_library(worst):
    standard = NormalDist()
    low = np.concatenate([np.logspace(-12, -1, 3_001), np.linspace(1e-6, 0.5, 20_011)])
    error = np.abs(normal.ppf(low) - np.array([standard.inv_cdf(v) for v in low]))
    worst("normal quantile v NormalDist, 1e-12 to 0.5", error.max(), 1e-14)
    worst("normal quantile v NormalDist, 0.001 to 0.5", error[low > 1e-3].max(), 5e-15)
    # above the middle p has fewer digits: compare at the same float, allow what its last bit moves
    high = 1 - low
    error = np.abs(normal.ppf(high) - np.array([standard.inv_cdf(v) for v in high]))
    bit = 2.3e-16 / normal.density(normal.ppf(low))
    worst("normal quantile v NormalDist, 0.5 to 1 - 1e-12, less the last bit of p", (error - bit).max(), 1e-14)


def test_ppf_undoes_cdf(worst):
    x = np.linspace(-4, 4, 4001)
    worst("normal quantile of cdf, -4 to 4", np.abs(normal.ppf(normal.cdf(x)) - x).max(), 2e-12)


def test_ppf_at_the_very_ends_is_finite():
    assert np.all(np.abs(normal.ppf(np.array([0.0, 1.0, 1e-300, 5e-13]))) < 7.2)


def test_truncated_stays_inside_and_keeps_rank(worst):
    z = np.linspace(-5, 5, 2001)
    lo, hi = math.log(0.7) / 0.35, math.log(2.2) / 0.35
    got = normal.truncated(z, lo, hi)
    assert got.min() >= lo - 1e-14
    assert got.max() <= hi + 1e-14
    assert np.all(np.diff(got) >= 0)
    # the distribution of the result, by the closed form of a cut normal
    want = (np.array([exact(v) for v in got]) - exact(lo)) / (exact(hi) - exact(lo))
    worst("truncated normal v closed form", np.abs(want - np.array([exact(v) for v in z])).max(), 1e-15)


def test_truncated_mean_is_the_closed_form(worst):
    a, b = -1.02, 2.25
    nodes = (np.arange(200_000) + 0.5) / 200_000
    got = normal.truncated(normal.ppf(nodes), a, b).mean()
    want = float((normal.density(a) - normal.density(b)) / (exact(b) - exact(a)))
    worst("mean of the truncated normal", abs(got - want), 1e-10)


def test_halves_keep_the_median_and_the_ends() -> None:
    z = np.linspace(-8, 8, 4001)
    cut = normal.truncated_halves(z, -1.02, 2.25)
    assert cut[2000] == 0
    assert np.all(np.diff(cut) >= -1e-12)
    assert cut.min() >= -1.02 - 1e-9
    assert cut.max() <= 2.25 + 1e-9
    for half in (z < 0, z > 0):
        u = norm.cdf(z[half])
        lo, hi = (norm.cdf(-1.02), 0.5) if z[half][0] < 0 else (0.5, norm.cdf(2.25))
        want = norm.ppf(lo + (hi - lo) * ((u - 0.5) * 2 if z[half][0] > 0 else u * 2))
        np.testing.assert_allclose(cut[half], want, atol=1e-13)
