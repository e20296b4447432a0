"""Which steps a grid takes: as long as the rule allows and no longer; lists that all grids share."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import grid
from resynapse.engine.grid import CAP_H, EARLY_CAP_H, EARLY_H, SHARP, SLOPE, TICK_H, TOUCH_H


def test_the_sizes_are_those_the_notes_print():
    assert pytest.approx(1.25 / 480) == TICK_H  # 9.4 s
    assert (SLOPE, CAP_H, EARLY_H, EARLY_CAP_H, SHARP) == (0.2, 16.0, 72.0, 0.7, 32)


def allowed(since: float, tick: float, slope: float, cap: float, early: float) -> float:
    """The longest step `since` h after an event."""
    return max(tick, min(early if since < EARLY_H else cap, tick + slope * since))


@pytest.mark.parametrize("refine", [0, 1, 3])
@pytest.mark.parametrize("cap", [16.0, 3.0, 0.4])
def test_each_step_is_the_longest_of_its_doubles_that_is_allowed(refine, cap):
    last = 700 * 480 * TICK_H
    g = grid.make([0.0], [last], refine, cap)
    part = 2.0**-refine
    assert len(g.time) == g.steps + 1
    for k, step in enumerate(g.step[:-1]):
        doubles = np.log2(step / (TICK_H * part))
        assert doubles == pytest.approx(round(doubles), abs=1e-9)
        most = allowed(g.time[k], TICK_H * part, SLOPE * part, cap * part, min(cap, EARLY_CAP_H) * part)
        assert step <= most * (1 + 1e-9)
        # twice as long would be too long, or more than is left
        assert 2 * step > min(most, last - g.time[k]) * (1 - 1e-9)


def test_each_event_makes_the_steps_fine_again_and_an_output_does_not():
    g = grid.make([0.0, 30.0], [12.0, 60.0])
    first = {t: g.step[g.at([t])[0]] for t in (0.0, 12.0, 30.0)}
    assert first[0.0] == first[30.0] == TICK_H
    assert first[12.0] > 0.3


def test_before_the_first_event_steps_are_as_long_as_later():
    g = grid.make([500.0], [0.0, 600.0])
    assert 8.0 < g.step[0] <= 16.0


def test_a_sharp_event_has_finer_steps_and_others_keep_theirs():
    plain, sharp = grid.make([0.0, 5.0], [9.0]), grid.make([0.0, 5.0], [9.0], sharp=[5.0])
    at = sharp.at([5.0])[0]
    assert sharp.step[at] == TICK_H / SHARP
    assert np.array_equal(sharp.step[: at - 1], plain.step[: at - 1])
    assert plain.step[plain.at([5.0])[0]] == TICK_H


def test_an_odd_rest_is_one_step_and_comes_last():
    g = grid.make([0.0, 3.3 * TICK_H], [1.0])
    assert g.step[:3] / TICK_H == pytest.approx([1.0, 1.0, 1.0])
    assert g.step[3] / TICK_H == pytest.approx(0.3)
    assert g.time[4] == 3.3 * TICK_H
    short = grid.make([0.0, 0.01 * TICK_H], [1.0])
    assert short.step[0] == pytest.approx(0.01 * TICK_H)


def test_one_time_alone_has_no_step_and_a_grid_of_outputs_ends_with_the_last():
    assert grid.make([0.0], [2.0]).time[[0, -1]].tolist() == [0.0, 2.0]
    assert grid.merge([3.0]).tolist() == [3.0]


@pytest.mark.parametrize(("apart", "nodes"), [(0.4, 2), (0.9, 2), (1.1, 3), (3.0, 3)])
def test_times_that_touch_are_one(apart, nodes):
    assert len(grid.merge([1.0 + apart * TOUCH_H, 0.0, 1.0])) == nodes


@pytest.mark.parametrize(("off", "found"), [(-1.5, True), (-0.5, True), (0.9, True), (2.5, False), (-2.5, False)])
def test_a_time_near_a_node_is_that_node(off, found):
    g = grid.plain([0.0, 1.0, 2.0, 5.0])
    for time, node in ((1.0, 1), (2.0, 2), (5.0, 3)):
        if found and time + off * TOUCH_H <= g.time[-1] + 2 * TOUCH_H:
            assert g.at([time + off * TOUCH_H]).tolist() == [node]
        else:
            with pytest.raises(KeyError, match="no node"):
                g.at([time + off * TOUCH_H])


def test_the_plain_grid_has_these_nodes_and_no_others():
    g = grid.plain([4.0, 0.0, 1.0, 1.0 + 1e-12, 3.0])
    assert g.time.tolist() == [0.0, 1.0, 3.0, 4.0]
    assert g.step.tolist() == [1.0, 2.0, 1.0]
    assert g.size.tolist() == [0, 1, 0]
    assert g.sizes == pytest.approx([1.0, 2.0], rel=1e-12)
    assert g.steps == 3


def test_ends_of_absorption_are_a_list_that_all_share():
    ends = 60 * grid.ends()  # min
    assert ends[:16] == pytest.approx(1.25 * np.arange(1, 17))
    assert ends[-1] == pytest.approx(640)
    assert len(ends) == 16 + 5 * 16
    assert np.all(np.diff(ends) > 0)
    # to the nearest is never further than 3 in 100, and the distance doubles with each octave
    assert np.max(np.diff(ends)[15:] / 2 / ends[15:-1]) < 0.032
    for k in range(5):
        octave = ends[16 + 16 * k : 32 + 16 * k]
        assert octave == pytest.approx(2.0**k * (20 + 1.25 * np.arange(1, 17)))


def test_odd_times_of_a_plain_grid_keep_their_lengths_and_those_that_differ_by_rounding_are_one():
    g = grid.plain([0.0, 0.1, 0.2, 0.3, 0.1 + 0.3, 0.77, 0.8])
    assert g.sizes[g.size] == pytest.approx(g.step, rel=1e-8)
    assert len(g.sizes) == 3
    assert len(set(g.step.tolist())) > len(g.sizes)
