"""The trial tossed again, against the exact binomial."""

import math

import numpy as np
import pytest
from scipy import stats

from resynapse.errors import Refused
from resynapse.services import lottery

TRIALS = 10_000
# False alarms, were the seeds not fixed: 6e-7 a comparison at Z, 1e-7 a tail of 180; 2e-5 over all of this file.
Z, ALARM = 5.0, 1e-7
SHARES = np.array([0.1, 0.35, 0.46, 0.5, 0.8])


@pytest.mark.parametrize("p", [0.0, 0.05, 0.46, 0.95, 1.0])
def test_one_site_is_the_binomial(p, worst):
    *_, last = lottery.tossed(3, np.array([p]), 17, 12, TRIALS)
    counts, exact = np.array(last.counts), stats.binom.pmf(np.arange(18), 17, p)
    tails = (stats.binom.cdf(counts, TRIALS, exact), stats.binom.sf(counts - 1, TRIALS, exact))
    rarest = float(np.min(tails))
    worst("cell of one site's histogram against its binomial, 1e-7 over its tail", ALARM / rarest, 1.0)


def test_sites_that_differ_are_the_mixture(worst):
    *_, last = lottery.tossed(5, SHARES, 17, 12, TRIALS)
    p = last.exact.model_with_spread
    sd = math.sqrt(p * (1 - p) / TRIALS)
    worst("share of trials with 12 of 17 against the mixture, SD", abs(last.share - p) / sd, Z)
    assert last.exact.model_by_chance < p  # sites that differ see more
    pmf = np.mean([stats.binom.pmf(np.arange(18), 17, s) for s in SHARES], axis=0)
    chi2 = float(((np.array(last.counts) - TRIALS * pmf) ** 2 / (TRIALS * pmf)).sum())
    worst("chi2 of 18 cells against its 1 - 1e-6 quantile", chi2, float(stats.chi2.ppf(1 - 1e-6, 17)))


def test_a_trial_does_not_depend_on_how_many_are_asked_for():
    whole = lottery.responders(1, SHARES, 17, 0, 3500)
    cut = [lottery.responders(1, SHARES, 17, a, b) for a, b in ((0, 1), (1, 999), (999, 1001), (1001, 3500))]
    assert np.array_equal(whole, np.concatenate(cut))
    assert not np.array_equal(whole, lottery.responders(2, SHARES, 17, 0, 3500))
    steps = list(lottery.tossed(1, SHARES, 17, 12, 3500, step=300))
    assert [s.trials for s in steps] == [*range(300, 3500, 300), 3500]
    assert steps[-1].counts == tuple(np.bincount(whole, minlength=18))
    assert steps[-1].error == pytest.approx(math.sqrt(steps[-1].share * (1 - steps[-1].share) / 3500))


@pytest.mark.parametrize(
    ("given", "field", "passes"),
    [((0, 0, 10), "n", "1"), ((501, 3, 10), "n", "500"), ((17, 18, 10), "hits", "17"), ((17, -1, 10), "hits", "0"),
     ((17, 12, 0), "trials", "1"), ((17, 12, 10**9), "trials", "1000000")],
)  # fmt: skip
def test_no_such_trial(given, field, passes):
    with pytest.raises(Refused) as no:
        lottery.redrawn(*given)
    assert no.value.place.field == field
    assert no.value.passes == (passes,)
    lottery.checked(
        *(int(passes) if name == field else v for name, v in zip(("n", "hits", "trials"), given, strict=True))
    )


def test_from_the_model():
    many = lottery.redrawn(trials=1000, seed=1)
    assert (many.n, many.hits, sum(many.counts), len(many.counts)) == (17, 12, 1000, 18)
    exact = many.exact.model_with_spread
    assert abs(many.share - exact) <= Z * math.sqrt(exact * (1 - exact) / 1000)
    assert many == lottery.redrawn(trials=1000, seed=1)
