"""The chain at a few times: against the run that follows every step, in parts, and in a chain of another shape."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.evidence import load
from resynapse.inference.draws import parameters
from resynapse.mechanism import CHAIN, Chain
from resynapse.mechanism.declare import Link, effect
from resynapse.mechanism.read_few import Few
from resynapse.mechanism.read_numpy import run
from resynapse.simulation import nodes
from resynapse.simulation.plan import CompiledPlan
from resynapse.therapy.course import Course

DRAWS = 6
TIMES = np.array([0.0, 1.0, 4.0, 24.0, 48.0, 120.0, 336.0, 1000.0])
WANT = ["X", "L", "synapses", "F"]


def made(chain: Chain, text: str) -> tuple[Few, dict, dict, object]:
    numbers = {**load().values(), "WT": 70.0, "AGE": 40.0}
    plan = CompiledPlan(Course.parse(text), 70.0, numbers)
    drawn = parameters(load(), 4, DRAWS)
    whole = {**numbers, **drawn, "kL": nodes.scale_of_labile(numbers, drawn)}
    course = nodes.pulse_run(chain, plan, nodes.exposures(numbers, plan.omega), list(TIMES), None)
    known = {"P": course.values["P"]}
    return Few(chain, WANT, course.grid, TIMES, whole, known), whole, known, course.grid


def whole_run(chain: Chain, numbers: dict, known: dict, grid) -> dict:
    out = run(chain, WANT, grid, numbers, {}, (), (DRAWS, 9), known)
    return {name: np.broadcast_to(out.at(name, TIMES), (len(TIMES), DRAWS, 9)) for name in WANT}


@pytest.mark.parametrize("text", ["0.5 mg/kg over 40 min, mon wed fri, 2 weeks", "3 x 28 mg", "1 mg/kg over 41 min"])
def test_a_few_times_are_those_of_the_whole_run(worst, text):
    few, *rest = made(CHAIN, text)
    assert few.fits
    assert [n.name for n in few.tail] == ["Z", "L", "K"]
    got, want = few.read(slice(None), (DRAWS, 9)), whole_run(CHAIN, *rest)
    for name in WANT:
        # F goes the same way, its steps added up in another order; the whole run hands parabolas from Z to
        # L and K, the tail is exact behind D
        bound = 3e-15 if name == "F" else 3e-6
        worst(f"a few times v every step, of the largest: {name}", np.abs(got[name] - want[name]).max()
              / np.abs(want[name]).max(), bound)  # fmt: skip


def test_parts_are_the_whole_to_the_bit():
    few, *_ = made(CHAIN, "0.5 mg/kg over 40 min, mon wed fri, 2 weeks")
    full = few.read(slice(None), (DRAWS, 9))["X"]
    for cut in (1, 4):
        parts = [few.read(slice(i, i + cut), (min(cut, DRAWS - i), 9))["X"] for i in range(0, DRAWS, cut)]
        assert np.array_equal(np.concatenate(parts, axis=1), full)


@pytest.mark.parametrize("name", ["G", "P", "D", "F", "Z", "L", "K", "synapses", "X"])
def test_cut_chains_are_read_alike(name):
    chain = CHAIN.cut(name)
    few, *rest = made(chain, "0.5 mg/kg over 40 min, every 3 d, 3 times")
    got, want = few.read(slice(None), (DRAWS, 9)), whole_run(chain, *rest)
    for key in WANT:
        np.testing.assert_allclose(got[key], want[key], rtol=0, atol=3e-6 * max(np.abs(want[key]).max(), 1))


def test_a_chain_of_another_shape_is_run_in_full():
    """Synapses lost to new ones: what was the tail's end is read by an effect that is curved in it."""

    @effect("1")
    def pruned(L, pruned, *, tauC):
        return L * L - pruned / tauC

    plasticity = CHAIN.link_of("X")
    wide = CHAIN.swap(plasticity.name, Link(plasticity.name, (*plasticity.nodes, pruned)))
    few = Few(wide, ["pruned"], *_rest(wide))
    assert not few.fits
    got = few.read(slice(None), (DRAWS, 9))["pruned"]
    grid, _, numbers, known = _rest(wide)
    want = run(wide, ["pruned"], grid, numbers, {}, (), (DRAWS, 9), known).at("pruned", TIMES)
    assert np.array_equal(got, want)


def _rest(chain: Chain) -> tuple:
    _, numbers, known, grid = made(chain, "0.5 mg/kg over 40 min, once")
    return grid, TIMES, numbers, known
