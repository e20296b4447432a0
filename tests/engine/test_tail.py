"""A linear cascade at a few nodes: against closed forms, LSODA and the steps of `steady`."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from resynapse.engine import effects, grid
from resynapse.engine.tail import Tail

RATES = np.array([[0.3, 0.05], [2.0, 0.4]])  # draws, states


def cascade() -> tuple[np.ndarray, np.ndarray]:
    a, b = np.zeros((2, 2, 2)), np.zeros((2, 2, 1))
    a[:, 0, 0], a[:, 1, 1], a[:, 1, 0], b[:, 0, 0] = -RATES[:, 0], -RATES[:, 1], 0.7, 1.3
    return a, b


def halves(g: grid.Grid) -> np.ndarray:
    out = np.empty(2 * g.steps + 1)
    out[::2], out[1::2] = g.time, g.time[:-1] + g.step / 2
    return out


def test_a_parabola_is_exact_and_one_state_is_that_of_steady(worst):
    g = grid.make([0.0, 3.1], [5.0, 9.0, 40.0])
    t = halves(g)
    d = (0.2 + 0.1 * t - 0.002 * t * t)[None, :, None, None] * np.ones((1, 1, 2, 1))
    at = g.at([5.0, 9.0, 40.0])
    got = Tail(*cascade(), g, at).run(d, np.array([0.5, 0.0]))
    for c in range(2):
        force = np.stack([1.3 * d[0, j : 2 * g.steps + j : 2, c, 0] for j in range(3)])
        want = effects.steady(force, np.array(RATES[c, 0]), g.step, 0.5)[2][at - 1]
        worst("first state of a tail v steady", np.abs(got[:, c, 0, 0] - want).max(), 1e-13)

        def rhs(s, y, c=c):
            return [1.3 * (0.2 + 0.1 * s - 0.002 * s * s) - RATES[c, 0] * y[0], 0.7 * y[0] - RATES[c, 1] * y[1]]

        true = solve_ivp(rhs, (0, 40.0), [0.5, 0.0], "LSODA", [5.0, 9.0, 40.0], rtol=1e-12, atol=1e-13).y
        worst("tail behind a parabola v LSODA", np.abs(got[:, c, :, 0] - true.T).max(), 1e-9)


def test_the_start_is_kept_where_it_is_wanted():
    g = grid.make([0.0], [0.0, 2.0])
    got = Tail(*cascade(), g, g.at([0.0, 2.0])).run(np.zeros((1, 2 * g.steps + 1, 2, 3)), np.array([1.0, 0.0]))
    assert np.array_equal(got[0, :, 0], np.ones((2, 3)))
    np.testing.assert_allclose(got[1, :, 0, 0], np.exp(-2 * RATES[:, 0]), rtol=1e-12)
