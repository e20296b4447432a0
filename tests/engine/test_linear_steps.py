"""Which matrix serves which step, to the bit: squares of halves, what is made anew, what is taken along."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import grid, linear
from resynapse.engine.grid import TICK_H

A = np.array([[-1.3, 0.2, 0.0], [0.9, -0.7, 0.1], [0.4, 0.5, -2.9]])
FAST = 400.0 * A  # a brief step of it is halved several times


def _doubled(a: np.ndarray, times: int) -> np.ndarray:
    """exp of a, doubled some times."""
    made = linear.grown(a)
    for _ in range(times):
        made = made.doubled()
    return made.whole


def test_a_doubled_step_is_the_square_of_its_half_and_others_are_made_anew():
    sizes = np.array([0.01, 0.02, 0.02 * (1 + 1e-9), 0.04, 0.37, 0.73, 0.74])
    table = linear.tables(A, sizes)
    for first, whole, times in ((0, 1, 1), (0, 3, 2), (4, 6, 1)):
        assert np.array_equal(table[whole], _doubled(sizes[first] * A, times))
    for new in (0, 2, 4, 5):
        assert np.array_equal(table[new], linear.expm(sizes[new] * A))


def test_half_a_tick_and_its_doubles_are_regular():
    for h in (0.5, 1.0, 2.0, 2.0**11):
        assert linear._is_regular(h * TICK_H)
    for h in (0.25, 0.75, 1.5, 3.0, 2.0**-6):
        assert not linear._is_regular(h * TICK_H)


def test_regular_steps_are_squares_of_half_a_tick():
    steps = linear.Steps(A)
    half = A * (TICK_H / 2)
    got = steps.of([TICK_H, 4 * TICK_H], halves=False)
    assert sorted(got) == [TICK_H, 4 * TICK_H]
    assert np.array_equal(got[TICK_H], _doubled(half, 1))
    assert np.array_equal(got[4 * TICK_H], _doubled(half, 3))


def test_halves_come_with_their_steps_where_they_are_asked_for():
    odd = 3.3 * TICK_H
    got = linear.Steps(A).of([TICK_H, odd, 0.3 * TICK_H], halves=True)
    assert sorted(got) == sorted([TICK_H / 2, TICK_H, odd / 2, odd])  # the brief one is taken along
    assert np.array_equal(got[odd], linear.expm(odd * A))
    assert np.array_equal(got[odd / 2], linear.expm(odd / 2 * A))
    assert linear.Steps(A).of([0.3 * TICK_H], halves=True) == {}


def test_brief_steps_are_those_below_a_tick_that_are_not_regular():
    steps = linear.Steps(A)
    assert [steps.brief(h * TICK_H) for h in (0.3, 0.99, 0.5, 1.0, 1.3)] == [True, True, False, False, False]


@pytest.mark.parametrize("a", [A, 40 * A, FAST])
def test_what_is_taken_along_a_brief_step_is_that_of_the_matrix(worst, a):
    x = np.array([[2.0], [-1.0], [0.5]])
    for h in (0.3 * TICK_H, 0.97 * TICK_H):
        for got, part in zip(linear.Steps(a).along(x, h), (0.5, 1.0), strict=True):
            error = np.abs(got - linear.expm(a * (h * part)) @ x).max()
            worst("a brief step along the states v the matrix", error, 2e-15)


def test_people_of_other_rates_are_taken_along_each_alone():
    many, x = np.stack([A, FAST, 40 * A]), np.arange(9.0).reshape(3, 3, 1)
    mid, end = linear.Steps(many).along(x, 0.3 * TICK_H)
    for k in range(3):
        alone = linear.Steps(many[k]).along(x[k], 0.3 * TICK_H)
        assert np.array_equal(mid[k], alone[0])
        assert np.array_equal(end[k], alone[1])


def test_states_whose_middles_nobody_wants_repeat_their_start():
    g = grid.make([0.0], [3.0])
    jumps = [linear.Jump(0, 0, np.asarray(1.0), False)]
    few, whole = linear.propagate(A, g, jumps, (1,)), linear.propagate(A, g, jumps, (0, 1, 2))
    np.testing.assert_allclose(few.steps(1), whole.steps(1), rtol=0, atol=1e-15)
    assert np.array_equal(few.steps(0)[1], few.steps(0)[0])
    assert np.array_equal(few.steps(0)[2], whole.steps(0)[2])
    none = linear.propagate(A, g, jumps, ())
    assert np.array_equal(none.nodes(2), whole.nodes(2))


def test_several_doses_at_one_node_and_one_at_the_start_add_up():
    g = grid.make([0.0, 1.0], [3.0])
    at = int(g.at([1.0])[0])
    jumps = [
        linear.Jump(n, s, np.asarray(v), False) for n, s, v in ((0, 0, 2.0), (at, 0, 3.0), (at, 2, 1.0), (at, 0, 4.0))
    ]
    y = linear.propagate(A, g, jumps, ())
    before = linear.expm(A * 1.0) @ [2.0, 0.0, 0.0]
    after = np.add(before, [7.0, 0.0, 1.0])
    assert y.right[:, 0].tolist() == [2.0, 0.0, 0.0]
    assert y.left[at] == pytest.approx(before, rel=1e-12)
    assert y.right[:, at] == pytest.approx(after, rel=1e-12)
    assert y.right[:, -1] == pytest.approx(linear.expm(A * 2.0) @ after, rel=1e-11)


def test_two_states_fed_at_once_settle_where_in_and_out_are_equal(worst):
    g = grid.make([0.0, 1.0], [200.0])
    at = int(g.at([1.0])[0])
    jumps = [linear.Jump(n, s, np.asarray(v), True) for n, s, v in ((0, 2, 2.0), (at, 0, 3.0), (at, 2, -1.5))]
    end = linear.propagate(A, g, jumps, ()).right[:3, -1]
    worst("steady state of two feeds v A x + r = 0", np.abs(A @ end + [3.0, 0.0, 0.5]).max(), 1e-12)


def test_middles_are_the_same_bits_however_many_one_product_takes(monkeypatch):
    g = grid.make([0.0, 1.0], [300.0])
    jumps = [linear.Jump(0, 0, np.asarray(1.0), False)]
    whole = linear.propagate(A, g, jumps, (0, 1, 2)).middle
    monkeypatch.setattr(linear, "AT_ONCE", 7 * A.size)
    assert np.array_equal(linear.propagate(A, g, jumps, (0, 1, 2)).middle, whole)
    for k in (0, g.steps // 2, g.steps - 1):
        want = linear.expm(A * (g.time[k] + g.step[k] / 2))[:, 0]
        assert whole[:, k] == pytest.approx(want, rel=1e-11, abs=1e-300)
