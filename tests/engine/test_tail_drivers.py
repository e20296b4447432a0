"""A cascade with several drivers and draws: closed forms, sums of its parts, and draws in parts."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import grid
from resynapse.engine.tail import Tail

GRID = grid.make([0.0, 3.1], [5.0, 9.0, 40.0])
AT = GRID.at([0.0, 5.0, 9.0, 40.0])
T = GRID.time[AT]
HALVES = np.sort(np.concatenate([GRID.time, GRID.time[:-1] + GRID.step / 2]))
RATES = np.array([0.3, 1.7, 0.02])


def system(*gains: float) -> tuple[np.ndarray, np.ndarray]:
    """Draws of two states in a row; each driver feeds both, by its gain and by half of it."""
    a, b = np.zeros((3, 2, 2)), np.zeros((3, 2, len(gains)))
    a[:, 0, 0], a[:, 1, 0], a[:, 1, 1] = -RATES, 0.6, -0.1
    b[:, 0], b[:, 1] = gains, np.array(gains) / 2
    return a, b


def ran(gains: tuple[float, ...], drivers: list[np.ndarray], start=(0.0, 0.0)) -> np.ndarray:
    driver = np.stack([d[:, None, None] * np.array([1.0, 2.0]) + np.zeros((1, 3, 1)) for d in drivers])
    return Tail(*system(*gains), GRID, AT).run(driver, np.array(start))


def test_two_drivers_are_their_closed_form(worst):
    # y' = -r y + 2 + 3 t for the first person: y = c + 3 t / r - c exp(-r t), c = 2 / r - 3 / r**2
    y = ran((2.0, 3.0), [np.ones_like(HALVES), HALVES])[:, :, 0, 0]
    c = 2 / RATES - 3 / RATES**2
    want = c + 3 / RATES * T[:, None] - c * np.exp(-RATES * T[:, None])
    worst("two drivers v closed form, relative", np.abs(y - want).max() / np.abs(want).max(), 1e-12)


def test_drivers_add_up_and_people_scale(worst):
    drivers = [np.cos(HALVES), np.exp(-HALVES), HALVES**2 / 50]
    whole = ran((1.0, -2.0, 0.5), drivers)
    parts = sum(ran((g,), [d]) for g, d in zip((1.0, -2.0, 0.5), drivers, strict=True))
    worst("three drivers v one at a time", np.abs(whole - parts).max() / np.abs(whole).max(), 1e-13)
    assert whole[..., 1] == pytest.approx(2 * whole[..., 0], rel=1e-12)


def test_draws_in_parts_are_the_whole_and_one_system_serves_all():
    driver = np.cos(HALVES)[None, :, None, None] * np.array([1.0, 2.0, -1.0])[:, None]
    a, b = system(1.5)
    tail = Tail(a, b, GRID, AT)
    whole = tail.run(driver, np.array([1.0, 0.5]))
    for part in (slice(0, 1), slice(1, 3)):
        assert np.array_equal(tail.run(driver[:, :, part], np.array([1.0, 0.5]), part), whole[:, part])
    shared = Tail(a[1:2], b[1:2], GRID, AT)
    for part in (slice(0, 2), slice(2, 3)):
        some = shared.run(driver[:, :, part], np.array([1.0, 0.5]), part)
        assert some.shape[1] == part.stop - part.start
    assert shared.run(driver, np.array([1.0, 0.5]))[:, 1] == pytest.approx(whole[:, 1], rel=1e-13)


def test_steps_of_nearly_one_size_are_not_one():
    # sizes that differ by a hundredth of a tick: what is still to go tells them apart
    near = grid.make([0.0, 1.004], [2.011, 3.0])
    at = near.at([1.004, 2.011, 3.0])
    y = Tail(*system(0.0), near, at).run(np.zeros((1, 2 * near.steps + 1, 3, 1)), np.array([1.0, 0.0]))
    assert y[:, :, 0, 0] == pytest.approx(np.exp(-RATES * near.time[at][:, None]), rel=1e-12)
