"""The vocabulary of equations, over NumPy: against what each word means at places where it is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from resynapse.engine.maths import Maths


def test_positive_cuts_at_0():
    assert Maths.positive(np.array([-2.0, 0.0, 3.5])).tolist() == [0.0, 0.0, 3.5]


@pytest.mark.parametrize("n", [1.0, 2.0, 3.0, 0.5, 1.7])
def test_a_power_is_that_of_the_c_library_and_0_below_0(worst, n):
    a = np.array([-4.0, -1e-9, 0.0, 1e-3, 0.7, 1.0, 5.3])
    want = [math.pow(max(v, 0.0), n) for v in a]
    worst("power v the C library, relative", np.abs(Maths.power(a, n) - want).max() / max(want), 2e-16)


def test_powers_of_many_exponents_are_each_alone():
    n = np.array([[1.0], [2.0], [0.4]])
    a = np.array([0.3, 2.0])
    got = Maths.power(a, n)
    assert got.shape == (3, 2)
    np.testing.assert_allclose(got, [[math.pow(v, k) for v in a] for k in n[:, 0]], rtol=1e-15)


@pytest.mark.parametrize("n", [1.0, 2.0, 3.7, 0.4])
def test_hill_is_half_at_its_half_level_and_9_to_1_where_it_should_be(n):
    # share s of the most is reached at half * (s / (1 - s))**(1/n)
    for share in (0.1, 0.5, 0.9, 0.99):
        level = 1.3 * (share / (1 - share)) ** (1 / n)
        assert Maths.hill(level, 1.3, n) == pytest.approx(share, rel=1e-13)
    assert Maths.hill(0.0, 1.3, n) == 0
    assert Maths.hill(-2.0, 1.3, n) == 0


def test_expit_undoes_the_logit():
    for p in (1e-6, 0.25, 0.5, 0.8):
        assert Maths.expit(math.log(p / (1 - p))) == pytest.approx(p, rel=1e-13)
    assert Maths.expit(0) == 0.5
    assert Maths.expit([0, 1]).shape == (2,)


def test_the_least_that_has_a_logarithm_is_far_below_any_chance():
    assert 0 < Maths.tiny < 1e-290
    assert Maths.phi(Maths.log(Maths.tiny)) < 1e-18
