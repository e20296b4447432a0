"""Exact propagation against SciPy, against ball arithmetic at 200 bits, and against what must hold of it."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat, ctx
from scipy.linalg import expm as scipy_expm

from resynapse.engine import grid, linear

RNG = np.random.default_rng(4)


def compartments(m: int, scale: float, rng: np.random.Generator) -> np.ndarray:
    """Rates of a random open system: mass flows between compartments and out, rates over three decades."""
    a = scale * np.exp(rng.uniform(-4, 3, (m, m))) * (rng.random((m, m)) < 0.4)
    np.fill_diagonal(a, 0)
    np.fill_diagonal(a, -a.sum(axis=0) - scale * rng.random(m))
    return a


def ball_exp(a: np.ndarray, bits: int = 200) -> np.ndarray:
    """exp(a) by ball arithmetic, rounded; fails where a ball is not far narrower than a float."""
    ctx.prec = bits
    m = arb_mat([[arb(float(v)) for v in row] for row in a]).exp()
    entries = [m[i, j] for i in range(len(a)) for j in range(len(a))]
    assert max(float(e.rad()) for e in entries) < 1e-18
    return np.array([float(e.mid()) for e in entries]).reshape(a.shape)


def off(got: np.ndarray, want: np.ndarray) -> float:
    """Largest error against the largest entry."""
    return float(np.abs(got - want).max() / np.abs(want).max())


SYSTEMS = [compartments(m, s, RNG) for m in (1, 2, 5, 12, 20) for s in (1e-3, 0.1, 1.0, 30.0)]


def test_expm_is_that_of_scipy(worst):
    for a in [*SYSTEMS, *(RNG.normal(size=(7, 7)) for _ in range(20))]:
        worst("matrix exponential v SciPy, of the largest entry", off(linear.expm(a), scipy_expm(a)), 2e-13)


def test_expm_is_that_of_ball_arithmetic(worst):
    for a in SYSTEMS:
        worst("matrix exponential v 200-bit balls, of the largest entry", off(linear.expm(a), ball_exp(a)), 2e-14)


def test_expm_of_near_equal_rates_keeps_its_digits(worst):
    # two stages with one rate, and rates that differ in the last bits: eigenvectors would be lost here
    for d in (0.0, 1e-15, 1e-12, 1e-8):
        a = np.array([[-3.0, 0, 0, 0], [3, -3 - d, 0, 0], [0, 3, -3 + d, 0], [0, 0, 3, 0]]) * 2.7
        worst("matrix exponential, near-equal rates v balls", off(linear.expm(a), ball_exp(a)), 1e-15)


def test_expm_in_a_batch_is_each_alone():
    a = np.stack([compartments(6, s, RNG) for s in (1e-6, 0.1, 1.0, 90.0)])
    together = linear.expm(a)
    assert all(np.array_equal(together[k], linear.expm(a[k])) for k in range(4))


def test_expm_of_nothing_is_the_identity():
    assert np.array_equal(linear.expm(np.zeros((3, 3))), np.eye(3))


def test_tables_of_doubled_steps_are_those_made_anew(worst):
    a = compartments(8, 3.0, RNG)
    sizes = np.sort(np.concatenate([2.0 ** np.arange(-6, 5), [0.0137, 0.37, 0.74]]))
    for h, table in zip(sizes, linear.tables(a, sizes), strict=True):
        worst("tables by squaring v balls, of the largest entry", off(table, ball_exp(a * h)), 2e-15)


def propagated(a: np.ndarray, g: grid.Grid, jumps: list, read, known: dict | None = None) -> np.ndarray:
    """States read, at start, middle and end of each step: (3, K, *batch, read)."""
    states = linear.propagate(a, g, jumps, tuple(read), known)
    return np.stack([states.steps(j) for j in read], axis=-1)


def test_propagation_of_boluses_and_overlapping_rates(worst):
    """Two overlapping infusions and two boluses, odd times: by superposition in ball arithmetic."""
    a = compartments(5, 1.0, np.random.default_rng(8))
    infusions = [(0.0, 33.7 / 60, 4.0), (0.37, 0.37 + 1.9, 2.5)]
    boluses = [(0.11, 3, 7.0), (0.37, 0, 1.5)]
    outputs = [0.05, 0.11, 0.2, 0.37, 0.5, 1.234, 2.27, 3.3, 7.7, 30.01]
    g = grid.make([*(t for i in infusions for t in i[:2]), *(b[0] for b in boluses)], [0.0, *outputs])
    jumps = [linear.Jump(int(g.at([t])[0]), s, np.asarray(amount), False) for t, s, amount in boluses]
    for t0, t1, rate in infusions:
        jumps += [linear.Jump(int(g.at([t])[0]), 1, np.asarray(r), True) for t, r in ((t0, rate), (t1, -rate))]
    y = propagated(a, g, jumps, range(5))

    def ramp(t: float) -> np.ndarray:
        """State t after a unit rate into 1 began."""
        wide = np.zeros((6, 6))
        wide[:5, :5], wide[1, 5] = a, 1.0
        return ball_exp(wide * t)[:5, 5] if t > 0 else np.zeros(5)

    def want(t: float) -> np.ndarray:
        inf = sum(r * (ramp(t - t0) - ramp(t - t1)) for t0, t1, r in infusions)
        bol = sum(m * ball_exp(a * (t - t0))[:, s] for t0, s, m in boluses if t >= t0)
        return inf + bol

    ref = np.array([want(t) for t in outputs])
    node = g.at(outputs[:-1])
    got = np.concatenate([y[0, node], y[2, -1:]])
    worst("propagation v superposed balls, of each state's peak", (np.abs(got - ref) / ref.max(axis=0)).max(), 5e-15)
    k = int(g.at([0.37])[0])
    middle = want(g.time[k] + g.step[k] / 2)
    worst("propagation at mid-step v balls", (np.abs(y[1, k] - middle) / ref.max(axis=0)).max(), 1e-15)


def test_left_and_right_limits_differ_by_the_bolus_alone():
    a = compartments(3, 1.0, np.random.default_rng(9))
    g = grid.make([0.0, 0.37], [1.0])
    k = int(g.at([0.37])[0])
    jumps = [linear.Jump(0, 0, np.asarray(5.0), False), linear.Jump(k, 2, np.asarray(2.0), False)]
    y = propagated(a, g, jumps, range(3))
    assert np.allclose(y[0, k] - y[2, k - 1], [0, 0, 2.0], atol=1e-15)
    assert np.array_equal(y[0, 1:k], y[2, : k - 1])


@pytest.mark.parametrize("people", [1, 3, 8, 20])
def test_people_in_a_batch_are_each_alone(worst, people):
    rng = np.random.default_rng(10)
    a = np.stack([compartments(6, s, rng) for s in np.geomspace(0.3, 3, 20)])[:people]
    g = grid.make([0.0, 0.37, 0.9317], [12.0])
    dose = np.linspace(1, 2, 20)[:people]
    jumps = [linear.Jump(0, 0, dose, True), linear.Jump(int(g.at([0.37])[0]), 0, -dose, True)]
    together = propagated(a, g, jumps, (0, 5))
    for k in range(people):
        own = [linear.Jump(j.node, j.state, j.amount[k], j.rate) for j in jumps]
        alone = propagated(a[k], g, own, (0, 5))
        error = np.abs(together[:, :, k] - alone).max()
        worst("a person in a batch v alone", error, 0.0)


@pytest.mark.parametrize("people", [2, 20])
def test_what_was_run_before_changes_no_bit(people):
    a = np.stack([compartments(4, s, np.random.default_rng(11)) for s in np.geomspace(0.3, 3, people)])
    known: dict = {}

    def once(length: float, kept: dict | None) -> np.ndarray:
        g = grid.make([0.0, length], [40.0])
        jumps = [
            linear.Jump(0, 0, np.asarray(1.0), True),
            linear.Jump(int(g.at([length])[0]), 0, np.asarray(-1.0), True),
        ]
        return propagated(a, g, jumps, (0, 3), kept)

    for length in (0.67, 1.0, 0.123):
        assert np.array_equal(once(length, known), once(length, None))
