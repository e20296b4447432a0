"""The engine in JAX against the engine in NumPy, piece by piece: what the chain reads of it and what it does not."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import effects, maths, normal

jax = pytest.importorskip("jax", reason="the extra fast is not installed: JAX is not tested")
from resynapse.engine import jax_effects, jax_maths  # noqa: E402

RNG = np.random.default_rng(5)
STEPS = np.concatenate([np.exp(RNG.uniform(-6, 2, 60)), [0.0, 0.5, 0.5]])
LOSS = np.array([1e-3, 0.3, 1.0, 40.0])


@pytest.fixture(autouse=True)
def _digits():
    with jax.enable_x64(True):
        yield


def forcing(*shape: int) -> np.ndarray:
    """Random starts, middles and ends, each step's end the next one's start."""
    nodes, out = RNG.normal(size=(len(STEPS) + 1, *shape)), np.empty((3, len(STEPS), *shape))
    out[0], out[1], out[2] = nodes[:-1], RNG.normal(size=out.shape[1:]), nodes[1:]
    return out


def off(got, want) -> float:
    return float(np.abs(np.asarray(got) - want).max() / np.abs(want).max())


@pytest.mark.parametrize("cut", [False, True])
def test_a_steady_loss(worst, cut):
    uncut = forcing(len(LOSS))
    a = np.maximum(uncut, 0) if cut else uncut
    told = uncut if cut else None
    want = effects.steady(a, LOSS, STEPS, 0.7, told)
    worst("steady loss, JAX v NumPy", off(jax_effects.steady(a, LOSS, STEPS, 0.7, told), want), 1e-14)


def test_a_loss_that_varies(worst):
    a, b = forcing(3), np.exp(forcing(3)) * LOSS[:3]
    want = effects.varying(a, b, STEPS, 0.7)
    got = np.asarray(jax_effects.varying(a, b, STEPS, 0.7))
    for k, place in enumerate(("start", "middle", "end")):
        worst(f"loss that varies, JAX v NumPy, {place}", off(got[k], want[k]), 1e-14)


def parabolas() -> np.ndarray:
    """Start, middle and end: any, straight ones, flat ones, such as are 0 at a place, (3, n)."""
    some, straight = RNG.normal(size=(3, 400)), RNG.normal(size=(3, 60))
    straight[1] = (straight[0] + straight[2]) / 2
    at_0 = RNG.normal(size=(3, 60))
    at_0[np.arange(60) % 3, np.arange(60)] = 0.0
    return np.concatenate([some, straight, at_0, np.array([[0, 1, -2], [1, 1, 1], [-1, -1, -1], [0, 0, 0]]).T], axis=1)


def test_the_positive_part_of_a_parabola(worst):
    g = parabolas()
    rate, step = np.exp(RNG.uniform(-4, 3, g.shape[1])), np.exp(RNG.uniform(-5, 1, g.shape[1]))
    want = effects.positive_part(g, rate, step)
    for got, ref in zip(jax_effects._positive_part(g, rate, step), want, strict=True):
        worst("positive part of a parabola, JAX v NumPy", float(np.abs(np.asarray(got) - ref).max()), 1e-14)


def test_the_positive_part_has_slopes_where_it_is_cut(worst):
    g = parabolas()
    rate, step, along = np.full(g.shape[1], 0.8), np.full(g.shape[1], 0.4), RNG.normal(size=g.shape)
    _, slopes = jax.jvp(lambda x: jax_effects._positive_part(x, rate, step), (g,), (along,))
    small = 1e-5
    up, down = (effects.positive_part(g + s * small * along, rate, step) for s in (1, -1))
    # at a corner differences have two sides: where a value is 0 or two roots meet
    curve, start = 2 * (g[0] - 2 * g[1] + g[2]), -3 * g[0] + 4 * g[1] - g[2]
    clear = (np.abs(g).min(axis=0) > 1e-2) & (np.abs(start**2 - 4 * curve * g[0]) > 0.1)
    assert clear.sum() > 300
    for got, a, b in zip(slopes, up, down, strict=True):
        assert np.all(np.isfinite(got))
        error = np.abs(np.asarray(got) - (a - b) / (2 * small))[clear].max()
        worst("slope of a positive part v central differences", float(error), 1e-8)


def test_words_of_equations_mean_the_same(worst):
    ours, theirs = jax_maths.Maths, maths.Maths
    x = np.concatenate([RNG.normal(size=50), [0.0, -3.0, 3.0]])
    y = RNG.permutation(x)
    for name, args in {
        "exp": (x,), "log": (np.exp(x),), "maximum": (x, y), "minimum": (x, y), "expit": (4 * x,), "phi": (x,),
        "positive": (x,), "power": (x, 1.7), "hill": (x, 0.6, 1.4), "truncated": (x, -1.3, 2.1),
    }.items():  # fmt: skip
        got, want = getattr(ours, name)(*args), getattr(theirs, name)(*args)
        worst("a word of equations, JAX v NumPy", float(np.abs(np.asarray(got) - want).max()), 1e-13)
    assert np.array_equal(jax_maths.Uncut.positive(x), x)


def test_density_and_quantile(worst):
    x = np.linspace(-4, 4, 41)
    worst("normal density, JAX v NumPy", off(jax_maths.density(x), normal.density(x)), 1e-15)
    worst("normal quantile, JAX v NumPy", off(jax_maths.ppf(normal.cdf(x)), normal.ppf(normal.cdf(x))), 1e-13)
    _, slope = jax.jvp(jax_maths.ppf, (normal.cdf(x),), (np.ones_like(x),))
    worst("slope of the normal quantile v its closed form", off(slope * normal.density(x), np.ones_like(x)), 1e-11)


@pytest.mark.parametrize(
    ("name", "args", "want"),
    [
        ("maximum", (1.0, 1.0), (0.0, 1.0)), ("minimum", (1.0, 1.0), (0.0, 1.0)), ("positive", (0.0,), (0.0,)),
        ("power", (0.0, 1.7), (0.0, 0.0)), ("hill", (0.0, 0.6, 0.9), (0.0, 0.0, 0.0)),
    ],
)  # fmt: skip
def test_slopes_at_corners_are_finite_and_as_said(name, args, want):
    word = getattr(jax_maths.Maths, name)
    assert jax.grad(word, argnums=tuple(range(len(args))))(*args) == want
