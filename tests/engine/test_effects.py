"""Effects: y' = a(t) - b(t) y against closed forms and LSODA; the error falls as steps are halved."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from resynapse.engine import effects


def thirds(step: np.ndarray) -> np.ndarray:
    """Start, middle and end of each step: (3, K)."""
    end = np.cumsum(step)
    return np.stack([end - step, end - step / 2, end])


def uneven(n: int, length: float) -> np.ndarray:
    """Steps whose sizes differ by a factor of ten, none a power of two of another."""
    step = np.exp(np.random.default_rng(n).uniform(0, np.log(10), 16)).repeat(n // 16)
    return step * length / step.sum()


@pytest.mark.parametrize("rate", [1e-6, 0.01, 0.3, 1.0, 7.7, 400.0])
def test_steady_loss_and_a_parabola_is_exact(worst, rate):
    # built on parabolas: no error but rounding (that of the closed form itself, 1e-11, where the rate is small)
    step = uneven(64, 3.7)
    t = thirds(step)
    p, q, r, y0 = 0.7, -0.2, 0.05, 0.33
    got = effects.steady(p + q * t + r * t * t, np.array(rate), step, y0)
    if rate < 1e-3:  # the closed form cancels there: its series in b, to second order
        inner = p * t + q * t**2 / 2 + r * t**3 / 3
        outer = p * t**2 / 2 + q * t**3 / 6 + r * t**4 / 12
        want = y0 * (1 - rate * t) + inner - rate * outer
    else:
        c2 = r / rate
        c1 = (q - 2 * c2) / rate
        c0 = (p - c1) / rate
        want = (y0 - c0) * np.exp(-rate * t) + c0 + c1 * t + c2 * t * t
    worst("steady loss, parabolic forcing v closed form", np.abs(got - want).max() / np.abs(want).max(), 2e-11)


@pytest.mark.parametrize("rate", [0.02, 0.9, 25.0])
def test_steady_loss_and_a_falling_exponential(worst, rate):
    k, y0, step = 0.6, 0.2, uneven(512, 12.0)
    t = thirds(step)
    got = effects.steady(np.exp(-k * t), np.array(rate), step, y0)
    want = y0 * np.exp(-rate * t) + (np.exp(-k * t) - np.exp(-rate * t)) / (rate - k)
    worst("steady loss, exponential forcing v closed form, 512 steps", np.abs(got - want).max(), 1e-8)


def test_a_jump_of_the_forcing_between_steps_is_exact(worst):
    # the two sides of a node differ, as where an infusion ends: no step sees both
    step = np.array([0.37, 0.9, 0.05, 2.0, 1.1])
    a = np.broadcast_to(np.array([1.0, 1.0, 0.0, 0.0, 5.0]), (3, 5))
    got = effects.steady(a, np.array(1.7), step, 0.0)
    y, want = 0.0, []
    for h, level in zip(step, a[0], strict=True):
        y = y * np.exp(-1.7 * h) + level / 1.7 * (1 - np.exp(-1.7 * h))
        want.append(y)
    worst("steady loss, forcing that jumps v closed form", np.abs(got[2] - want).max(), 1e-14)


def test_losses_per_person_are_each_alone():
    step, rates = uneven(64, 5.0), np.array([[0.03], [1.0], [9.0]])
    t = thirds(step)
    a = np.stack([np.sin(t), np.cos(t)], axis=-1)[..., None, :]
    together = effects.steady(a, rates, step, 0.4)
    for i in range(3):
        for j in range(2):
            alone = effects.steady(a[:, :, 0, j], rates[i, 0], step, 0.4)
            assert np.array_equal(together[:, :, i, j], alone)


def loss(t):
    return 0.4 + 0.35 * np.sin(2.1 * t) + 0.3 * np.exp(-t)


def forcing(t):
    return np.exp(-0.5 * t) * (1.3 + np.cos(3.0 * t))


def reference(t: np.ndarray) -> np.ndarray:
    """LSODA at its tightest: its own error is near 1e-12."""
    times, place = np.unique(t, return_inverse=True)
    run = solve_ivp(
        lambda s, y: forcing(s) - loss(s) * y, (0, t.max()), [0.25], "LSODA", times,
        rtol=1e-12, atol=1e-14, max_step=0.05,
    )  # fmt: skip
    return run.y[0][place].reshape(t.shape)


def test_varying_loss_v_lsoda(worst):
    step = uneven(1024, 9.3)
    t = thirds(step)
    got = effects.varying(forcing(t), loss(t), step, 0.25)
    worst("varying loss v LSODA, 1024 steps", np.abs(got - reference(t)).max(), 5e-9)


def test_varying_loss_that_is_constant_is_the_steady_one(worst):
    step = uneven(64, 4.0)
    t = thirds(step)
    a = forcing(t)
    both = [effects.varying(a, np.full_like(a, 0.8), step, 0.1), effects.steady(a, np.array(0.8), step, 0.1)]
    worst("varying loss held constant v steady", np.abs(both[0] - both[1]).max(), 1e-15)


@pytest.mark.parametrize("kind", ["steady", "varying"])
def test_halving_the_steps_gains_its_order(say, kind):
    """Parabolas give order 4 at the ends of steps (one more than their own 3, by symmetry), 3 and more inside."""
    errors = []
    for n in (32, 64, 128, 256):
        step = np.full(n, 8.0 / n)
        t = thirds(step)
        if kind == "steady":
            got = effects.steady(np.exp(-0.6 * t), np.array(0.9), step, 0.2)
            want = 0.2 * np.exp(-0.9 * t) + (np.exp(-0.6 * t) - np.exp(-0.9 * t)) / 0.3
        else:
            got, want = effects.varying(forcing(t), loss(t), step, 0.25), reference(t)
        errors.append(np.abs(got[2] - want[2]).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    say(f"order of the {kind} collocation as steps are halved: {', '.join(f'{o:.2f}' for o in orders)}")
    assert np.all(orders > 3.7)


def test_moments_meet_where_series_and_closed_form_join(worst):
    z = np.array([effects.SERIES_BELOW * (1 - 1e-12), effects.SERIES_BELOW * (1 + 1e-12)])
    for name, m in zip(("1", "u", "u squared"), effects._moments(z), strict=True):
        worst(f"moment of {name} at the join, relative", abs(m[0] / m[1] - 1), 2e-12)


@pytest.mark.parametrize("z", [1e-12, 1e-3, 0.5, 0.999, 1.001, 3.0, 30.0, 700.0, 1e5])
def test_moments_are_the_integrals(worst, z):
    # Gauss-Legendre in v = 1 - u, on pieces that shrink towards 0, where a large z puts the weight
    x, w = np.polynomial.legendre.leggauss(40)
    edges = np.concatenate([[0.0], np.geomspace(1e-8, 1, 60)])
    got = effects._moments(np.array([z]))
    for power in range(3):
        want = 0.0
        for a, b in pairwise(edges):
            v = (a + b) / 2 + (b - a) / 2 * x
            want += (b - a) / 2 * np.sum(w * np.exp(-z * v) * (1 - v) ** power)
        worst("moments v Gauss-Legendre, relative", abs(got[power][0] / want - 1), 2e-14)


def test_a_forcing_that_passes_0_inside_a_step_is_cut_where_it_does(worst):
    """Parabolas that pass 0 once in a half, in both, up and down, against quadrature of their positive part."""
    rng, seen = np.random.default_rng(3), set()
    for _ in range(400):
        g, rate, h = rng.normal(size=3), float(np.exp(rng.uniform(-4, 3))), float(np.exp(rng.uniform(-5, 1)))
        halves = tuple(bool(a * b < 0) for a, b in ((g[0], g[1]), (g[1], g[2])))
        if not any(halves) or _dips(g):
            continue
        seen.add((*halves, bool(g[0] > 0)))
        middle, end = (float(v[0]) for v in effects.positive_part(g[:, None], np.array([rate]), np.array([h])))
        size = np.abs(g).max() * h
        worst("positive part of a parabola, to the middle", abs(middle - _quadrature(g, rate, h, 0.5)) / size, 1e-13)
        worst("positive part of a parabola, to the end", abs(end - _quadrature(g, rate, h, 1.0)) / size, 1e-13)
    assert len(seen) == 6


@pytest.mark.parametrize("g", [(-1, 0, 1), (1, 0, -1), (0, -1, 2), (0, 1, -2), (2, -1, 0), (-2, 1, 0), (-1, 2, 0.0)])
def test_a_forcing_that_is_0_at_a_start_middle_or_end_is_cut_there(worst, g):
    g = np.array(g, float)
    middle, end = (float(v[0]) for v in effects.positive_part(g[:, None], np.array([1.3]), np.array([0.7])))
    worst("positive part of a parabola, 0 at a node", abs(middle - _quadrature(g, 1.3, 0.7, 0.5)), 1e-14)
    worst("positive part of a parabola, 0 at a node", abs(end - _quadrature(g, 1.3, 0.7, 1.0)), 1e-14)


def _roots(g: np.ndarray) -> list[float]:
    found = np.roots([2 * (g[0] - 2 * g[1] + g[2]), -3 * g[0] + 4 * g[1] - g[2], g[0]])
    return sorted(float(r.real) for r in found if abs(r.imag) < 1e-12 and 0 < r.real < 1)


def _dips(g: np.ndarray) -> bool:
    """Whether it passes 0 twice within a half, which its three values do not show."""
    roots = _roots(g)
    return any(sum(a < r < a + 0.5 for r in roots) > 1 for a in (0.0, 0.5))


def _quadrature(g: np.ndarray, rate: float, h: float, until: float) -> float:
    """The integral of the positive part, decaying to `until`, by Gauss-Legendre between the roots."""
    x, w = np.polynomial.legendre.leggauss(40)
    total, cuts = 0.0, [0.0, *(r for r in _roots(g) if r < until), until]
    for a, b in pairwise(cuts):
        u = a + (b - a) * (x + 1) / 2
        value = g[0] + u * (-3 * g[0] + 4 * g[1] - g[2] + u * 2 * (g[0] - 2 * g[1] + g[2]))
        total += float((w * np.maximum(value, 0) * np.exp(-rate * (until - u) * h)).sum()) * (b - a) / 2 * h
    return total
