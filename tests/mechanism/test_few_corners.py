"""The chain at a few times, on a toy: times in any order, jumps, inputs, numbers of people, losses that vary."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import grid
from resynapse.mechanism import Chain, Link, Miswired
from resynapse.mechanism.declare import effect, given, readout, vary
from resynapse.mechanism.read_few import Few, _flows, _halves, _linear_among
from resynapse.mechanism.read_numpy import run

push = given("push", "1", 0.25, "an input at its usual value")
z = vary("z", "at its mean where nobody varies it")


@effect("1")
def known(push, known, *, tau):
    return (push - known) / tau


@readout("1")
def level(xp, known, push):
    return xp.hill(known, 1, 2) + push


@effect("1", start=0.5)
def worn(level, known, worn, *, tau, wear):
    return level - worn * (1 / tau + wear * known)


@effect("1", start=0.125)
def kept(level, kept, *, tau):
    return level - kept / tau


@effect("1")
def passed(kept, known, passed, *, wear):
    return wear * kept + 2 * known - wear * passed


@readout("1")
def sums(kept, passed, worn, z):
    return kept + passed * worn + z


toy = Chain((Link("toy", (push, z, known, level, worn, kept, passed, sums)),))
NUMBERS = {"tau": 3.0, "wear": np.array([[0.2], [0.5]])}
GRID = grid.make([0.0, 4.0], [1.0, 9.0, 30.0], refine=1)
WANT = ["worn", "kept", "passed", "sums", "level", "known"]


def pulse(jump: float = 0.0) -> np.ndarray:
    """A known course, (3, K, draws, people)."""
    start, end = GRID.time[:-1], GRID.time[1:]
    t = np.stack([start, (start + end) / 2, end])
    rise = t * np.exp(-t / 2) + jump * (np.arange(GRID.steps) >= GRID.at([4.0])[0])
    return rise[..., None, None] * np.array([[1.0, 0.5, 2.0]])


def both(times, value: np.ndarray, numbers=NUMBERS, want=WANT) -> tuple[Few, dict, dict]:
    few = Few(toy, want, GRID, times, numbers, {"known": value})
    whole = run(toy, want, GRID, numbers, {}, (), (2, 3), {"known": value})
    full = {name: np.broadcast_to(whole.at(name, times), (len(times), 2, 3)) for name in want}
    return few, few.read(slice(None), (2, 3)), full


@pytest.mark.parametrize("times", [[0.0, 1.0, 9.0, 30.0], [9.0, 0.0, 30.0, 9.0], [4.0], [30.0]])
def test_times_in_any_order_are_those_of_the_whole_run(worst, times):
    few, got, want = both(times, pulse())
    assert few.fits
    assert {n.name for n in few.tail} == {"kept", "passed"}
    assert [n.name for n in few.leaves] == ["worn"]
    for name in WANT:
        assert got[name].shape == (len(times), 2, 3)
        worst(f"toy at a few times v every step: {name}", np.abs(got[name] - want[name]).max(), 2e-7)


def test_each_time_is_its_own_whatever_else_is_asked_for():
    _, one, _ = both([9.0], pulse())
    _, many, _ = both([30.0, 9.0, 0.0], pulse())
    for name in WANT:
        assert one[name][0] == pytest.approx(many[name][1], abs=1e-14)
    assert np.all(many["kept"][2] == 0.125)
    assert np.all(many["worn"][2] == 0.5)


def test_a_known_name_that_jumps_is_run_in_full():
    assert _flows(pulse())
    assert not _flows(pulse(0.3))
    few, got, want = both([1.0, 9.0], pulse(0.3))
    assert not few.fits
    for name in WANT:
        assert np.array_equal(got[name], want[name])


def test_a_known_value_that_never_changes_is_one_value():
    still = np.full((1, 1, 2, 3), 0.75)
    assert _flows(still)
    assert not _flows(pulse()[:1])
    assert np.array_equal(_halves(still), still[0])
    _, got, want = both([0.0, 9.0], still)
    for name in WANT:
        assert got[name] == pytest.approx(want[name], abs=2e-7)


def test_half_steps_are_starts_and_middles_and_one_end():
    value = np.arange(12.0).reshape(3, 4)
    assert _halves(value).tolist() == [0, 4, 1, 5, 2, 6, 3, 7, 11]


def test_numbers_that_differ_by_person_keep_an_effect_out_of_the_tail():
    numbers = {**NUMBERS, "wear": np.array([[0.2, 0.3, 0.4], [0.5, 0.6, 0.7]])}
    states = [toy["worn"], toy["kept"], toy["passed"]]
    assert [n.name for n in _linear_among(states, NUMBERS)] == ["kept", "passed"]
    # what another one reads cannot be in the tail alone
    assert _linear_among(states, numbers) == []


def test_what_is_curved_in_itself_is_refused_at_once():
    @effect("1")
    def bent(known, bent, *, tau):
        return (known - bent * bent) / tau

    chain = toy + Link("more", (bent,))
    with pytest.raises(Miswired, match="bent is curved in itself"):
        Few(chain, ["bent"], GRID, [1.0], NUMBERS, {"known": pulse()})


def test_without_a_tail_and_without_a_leaf():
    assert both([1.0, 30.0], pulse(), want=["worn"])[1]["worn"] == pytest.approx(
        both([1.0, 30.0], pulse(), want=["worn"])[2]["worn"], abs=1e-12
    )
    few, got, want = both([1.0, 30.0], pulse(), want=["level", "z", "push"])
    assert not few.tail
    assert got["push"].tolist() == np.full((2, 2, 3), 0.25).tolist()
    assert not got["z"].any()
    assert got["level"] == pytest.approx(want["level"], abs=1e-14)


def test_what_is_known_of_each_draw_goes_to_its_part():
    value = pulse() * np.array([[1.0], [0.4]])
    few, whole, want = both([1.0, 9.0], value)
    for draw in (0, 1):
        part = few.read(slice(draw, draw + 1), (1, 3))
        for name in WANT:
            assert np.array_equal(part[name][:, 0], whole[name][:, draw])
            assert part[name][:, 0] == pytest.approx(want[name][:, draw], abs=2e-7)
