"""Cut normals where the rank is 0, a half or 1: the ends and the middle themselves."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import normal

FAR = np.array([8.5, 9.0, 40.0, np.inf])


@pytest.mark.parametrize("cut", [normal.truncated, normal.truncated_halves])
@pytest.mark.parametrize(("lo", "hi"), [(-1.02, 2.25), (-0.1, 0.3), (-3.0, 3.0)])
def test_the_furthest_people_stand_at_the_ends(cut, lo, hi):
    assert cut(FAR, lo, hi) == pytest.approx(hi, abs=1e-9)
    assert cut(-FAR, lo, hi) == pytest.approx(lo, abs=1e-9)


def test_ends_may_differ_from_person_to_person():
    lo, hi = np.array([-1.0, -0.5]), np.array([0.25, 2.0])
    for cut in (normal.truncated, normal.truncated_halves):
        assert cut(np.array([40.0, 40.0]), lo, hi) == pytest.approx(hi, abs=1e-9)
        assert [cut(0.7, a, b) for a, b in zip(lo, hi, strict=True)] == pytest.approx(cut(0.7, lo, hi), abs=1e-14)


def test_the_median_of_halves_is_0_and_of_the_whole_cut_is_not():
    assert normal.truncated_halves(0.0, -1.0, 2.0) == 0
    middle = normal.ppf((normal.cdf(-1.0) + normal.cdf(2.0)) / 2)
    assert normal.truncated(0.0, -1.0, 2.0) == pytest.approx(middle)
    assert middle > 0.1


def test_halves_that_are_alike_mirror():
    z = np.linspace(0.01, 6, 50)
    assert normal.truncated_halves(-z, -1.5, 1.5) == pytest.approx(-normal.truncated_halves(z, -1.5, 1.5), abs=1e-9)
