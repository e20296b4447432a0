"""Random streams: keyed by seed, name, draw and row, never by call order, batch or how many are asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resynapse.engine import streams

BITS = [[0.40083558522684204, 0.6281072006718879], [0.32114679563209436, 0.6609847331308119]]
KINDS = (streams.normals, streams.paired, streams.uniforms)
SEED = st.integers(0, 2**63 - 1)


@pytest.mark.parametrize("kind", KINDS)
@given(seed=SEED, draws=st.integers(1, 6), rows=st.integers(1, 7), more=st.integers(0, 9))
def test_more_draws_or_rows_keep_the_first(kind, seed, draws, rows, more):
    few = kind(seed, "z", draws, rows, 3)
    assert np.array_equal(few, kind(seed, "z", draws + more, rows + more, 3)[:draws, :rows])


@given(seed=SEED, draws=st.integers(1, 5), rows=st.integers(1, 30), more=st.integers(0, 9))
def test_even_numbers_keep_the_first_people_too(seed, draws, rows, more):
    few = streams.even(seed, ("a", "b", "c"), draws, rows)
    many = streams.even(seed, ("a", "b", "c"), draws + more, rows + more)
    assert all(np.array_equal(few[n], many[n][:draws, :rows]) for n in few)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_calls_does_not_matter(kind):
    first = [kind(7, name, 4, 5) for name in ("a", "b", "c")]
    again = [kind(7, name, 4, 5) for name in ("c", "a", "b")]
    assert all(np.array_equal(x, y) for x, y in zip(first, (again[1], again[2], again[0]), strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_seed_name_and_draw_each_make_another_stream(kind):
    a = kind(1, "z", 3, 50)
    others = [kind(2, "z", 3, 50), kind(1, "y", 3, 50), a[[1, 2, 0]]]
    assert all(not np.intersect1d(np.abs(a[k]), np.abs(o[k])).size for o in others[:2] for k in range(3))
    assert not np.array_equal(a, others[2])


def test_a_pair_of_draws_mirrors_and_an_odd_count_ends_in_a_half():
    p = streams.paired(3, "z", 5, 4)
    assert np.array_equal(p[0], -p[1])
    assert np.array_equal(p[2], -p[3])
    assert len(p) == 5


def test_the_bits_are_these():
    # as drawn when these streams were laid down: a change of generator or key must be seen
    assert streams.uniforms(1, "xi", 2, 2).tolist() == BITS


def test_draws_look_normal_and_independent(worst):
    # 20 checks at |z| < 4.5: a false alarm in 1 of 7,000 seeds; this seed is fixed
    z = streams.normals(11, "xi", 100, 400)
    n = z.size
    scores = [z.mean() * np.sqrt(n), (z.var() - 1) * np.sqrt(n / 2), (z**3).mean() * np.sqrt(n / 15)]
    scores += [np.mean(z[k] * z[k + 1]) * 20 for k in range(15)]
    other = streams.normals(11, "base", 100, 400)
    scores += [np.mean(z * other) * np.sqrt(n), np.mean(z[:, 1:] * z[:, :-1]) * np.sqrt(n)]
    worst("streams: largest of 20 z scores", np.abs(scores).max(), 4.5)


def test_even_numbers_are_uniform_and_cover_better_than_chance():
    u = streams.even(5, ("a", "b", "c", "d", "e", "f"), 200, 40)
    for v in u.values():
        assert v.min() >= 0
        assert v.max() < 1
        # each draw's mean: chance would spread it by 1 / sqrt(12 * 40)
        assert v.mean(axis=1).std() < 0.5 / np.sqrt(12 * 40)
        counts = np.histogram(v, 20, (0, 1))[0]
        assert np.abs(counts - 400).max() < 4.5 * np.sqrt(400)
