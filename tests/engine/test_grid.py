"""The grid: every event and output is a node, steps fill the time between, refining halves them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resynapse.engine import grid

# whole minutes, ticks, and times that fall anywhere
TIME = st.one_of(
    st.integers(0, 20_000).map(lambda m: m / 60),
    st.integers(0, 5_000).map(lambda k: k * grid.TICK_H),
    st.floats(0, 1_000, allow_subnormal=False),
)
TIMES = st.lists(TIME, min_size=1, max_size=12)


def near(times, nodes):
    """Distance of each time to the nearest node."""
    return np.abs(np.asarray(times)[:, None] - nodes[None]).min(axis=1)


@given(TIMES, TIMES, st.integers(0, 3))
def test_events_and_outputs_are_nodes_and_steps_fill_the_time(events, outputs, refine):
    g = grid.make(events, [0.0, *outputs, 1_000.5], refine)
    assert near([*events, *outputs], g.time).max() <= 2 * grid.TOUCH_H
    assert np.all(g.step > 0)
    assert np.all(np.diff(g.time) > 0)
    assert len(g.time) == g.steps + 1 == len(g.size) + 1
    # a rest below a millionth of a tick is left to rounding
    slack = 1e-6 * grid.TICK_H * 1.01
    assert np.abs(np.diff(g.time) - g.step).max() <= slack
    assert abs(g.step.sum() - (g.time[-1] - g.time[0])) <= slack * (len(events) + len(outputs) + 2)
    assert np.abs(g.sizes[g.size] - g.step).max() <= 1e-9 * grid.TICK_H
    assert np.all(np.diff(g.sizes) > 0)


@given(TIMES, TIMES)
def test_at_finds_each_time_and_refuses_others(events, outputs):
    g = grid.make(events, [0.0, *outputs, 1_000.5])
    wanted = [*events, *outputs]
    assert np.abs(g.time[g.at(wanted)] - wanted).max() <= 2 * grid.TOUCH_H
    gap = int(g.step.argmax())
    with pytest.raises(KeyError, match="no node"):
        g.at([g.time[gap] + 0.37 * g.step[gap]])


@given(TIMES, st.integers(0, 2))
def test_steps_are_fine_after_events_and_bounded_later(events, refine):
    g = grid.make(events, [0.0, 1_000.5], refine)
    tick, slope = grid.TICK_H / 2**refine, grid.SLOPE / 2**refine
    for start, step in zip(g.time[:-1], g.step, strict=True):
        past = [e for e in events if e <= start + grid.TOUCH_H]
        allowed = tick + slope * (start - max(past)) if past else grid.CAP_H
        assert step <= min(grid.CAP_H, allowed) * (1 + 1e-6) + 1e-9


@given(TIMES)
def test_refining_halves_the_steps_and_keeps_the_nodes(events):
    # without the cap, which stays as it is
    coarse, fine = (grid.make(events, [0.0, 1_000.5], refine, cap=1e6) for refine in (0, 1))
    assert fine.steps > 1.5 * coarse.steps
    assert near([*events, 0.0, 1_000.5], fine.time).max() <= 2 * grid.TOUCH_H


@pytest.mark.parametrize("gap", [1.1e-9, 5e-9, 1e-8, 2e-8, 3e-8])
def test_two_times_a_few_microseconds_apart_are_two_nodes(gap):
    g = grid.make([0.0, 1.0, 1.0 + gap], [2.0])
    assert np.all(g.step > 0)
    assert g.time[-1] == 2.0


def test_times_closer_than_rounding_are_one_node():
    g = grid.make([0.0, 2 / 3, 40 / 60 + 1e-12], [24.0])
    assert np.sum(np.abs(g.time - 2 / 3) < 1e-6) == 1


def test_six_weeks_of_six_infusions_take_few_sizes():
    starts = [0, 48, 96, 168, 216, 264]
    g = grid.make([t + d for t in starts for d in (0, 33.7 / 60)], np.arange(0, 1009, 24.0))
    assert len(g.sizes) < 40
    assert g.steps < 1_200
