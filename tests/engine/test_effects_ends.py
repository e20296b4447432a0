"""States at the nodes only: against a loss and forcing with a closed form, and against the run that keeps middles."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import effects

STEP = np.exp(np.random.default_rng(3).uniform(-4, -1.5, 150))
NODES = np.concatenate([[0.0], np.cumsum(STEP)])
HALVES = np.sort(np.concatenate([NODES, NODES[:-1] + STEP / 2]))


def one(a: np.ndarray, b: np.ndarray, start: float) -> np.ndarray:
    """One person's states at the nodes."""
    return effects.ends(a[:, None], b[:, None], STEP, start)[:, 0]


def whole(step: np.ndarray, f) -> np.ndarray:
    """A function at start, middle and end of each step."""
    end = np.cumsum(step)
    return np.stack([f(end - step), f(end - step / 2), f(end)])


def test_a_loss_that_swings_is_the_closed_form(worst):
    # y' = b (1 - y) with b = 1 + sin t: y = 1 - (1 - y0) exp(-(t + 1 - cos t))
    b = 1 + np.sin(HALVES)
    got = one(b, b, 0.25)
    want = 1 - 0.75 * np.exp(-(NODES + 1 - np.cos(NODES)))
    worst("loss that swings, at the nodes, v closed form", np.abs(got - want).max(), 2e-6)
    assert got[0] == 0.25


def test_a_constant_loss_with_a_parabola_is_exact(worst):
    # y' = 2 t - y / 2 + 1, y(0) = 3: y = 4 t - 6 + 9 exp(-t / 2)
    got = one(2 * HALVES + 1, np.full_like(HALVES, 0.5), 3.0)
    worst(
        "constant loss, at the nodes, v closed form",
        np.abs(got - (4 * NODES - 6 + 9 * np.exp(-NODES / 2))).max(),
        1e-12,
    )


def test_people_and_starts_of_their_own_are_those_that_keep_middles(worst):
    scale, start = np.array([[0.5, 1.0, 7.0]]), np.array([[0.0, 1.0, -2.0]])
    b = (1 + 0.5 * np.cos(3 * HALVES))[:, None, None] * scale
    a = np.sin(HALVES)[:, None, None] + 0 * scale
    got = effects.ends(a, b, STEP, start)
    assert got.shape == (len(NODES), 1, 3)
    for k in range(3):
        kept = effects.varying(
            whole(STEP, np.sin), whole(STEP, lambda t: 1 + 0.5 * np.cos(3 * t)) * scale[0, k], STEP, float(start[0, k])
        )
        worst("at the nodes v with middles", np.abs(got[1:, 0, k] - kept[2]).max(), 1e-12)
        alone = one(a[:, 0, k], b[:, 0, k], float(start[0, k]))
        assert np.array_equal(got[:, 0, k], alone)


@pytest.mark.parametrize("kind", [effects.ends, effects.varying])
def test_what_was_given_is_not_written_to(kind):
    shape = (2 * len(STEP) + 1, 1) if kind is effects.ends else (3, len(STEP))
    a, b = np.full(shape, 1.5), np.full(shape, 0.75)
    kind(a, b, STEP, 0.0)
    assert np.all(a == 1.5)
    assert np.all(b == 0.75)
