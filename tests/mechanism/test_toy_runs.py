"""A toy chain whose every state has a closed form: what a run gives at nodes, on both sides of them, and between."""

from __future__ import annotations

import numpy as np
import pytest

from resynapse.engine import grid
from resynapse.mechanism import Chain, Link, Miswired
from resynapse.mechanism.declare import compartment, derived, effect, given, readout, vary
from resynapse.mechanism.read_numpy import Input, Run, cornered, derive, evaluate, matrix, run, steady_loss


@derived("1/h")
def out(*, half):
    return 2 / half


@compartment("mg")
def store(store, *, out):
    return -out * store


@compartment("mg")
def after(store, after, *, out, slow):
    return out * store - slow * after


@compartment("mg")
def alone(alone, *, slow):
    return -slow * alone


push = given("push", "mg", 0.0, "what is added from outside")
z = vary("z", "what differs")


@effect("mg", start=0.5)
def trace(store, push, trace, *, tau):
    return (store + push - trace) / tau


@readout("mg")
def total(store, after, z):
    return store + after + z


toy = Chain((Link("toy", (out, store, after, alone, push, z, trace, total)),))
NUMBERS = {"half": 4.0, "slow": 0.2, "tau": 2.0}  # so out is 0.5
OUT, SLOW, TAU = 0.5, 0.2, 2.0
TIMES = [0.0, 1.0, 2.5, 4.0]
DOSES = [Input(1.0, "store", 6.0), Input(2.5, "after", 3.0, True)]


def made(want=("store", "after", "trace", "total"), given=None, batch=(), numbers=NUMBERS, refine=2, **more) -> Run:
    g = grid.make([0.0, 1.0, 2.5], [*TIMES, 5.0], refine)
    return run(toy, want, g, numbers, given, more.pop("inputs", DOSES), batch, **more)


def stored(t: np.ndarray) -> np.ndarray:
    return np.where(t >= 1, 6 * np.exp(-OUT * (t - 1)), 0.0)


def followed(t: np.ndarray) -> np.ndarray:
    from_store = 6 * OUT / (SLOW - OUT) * (np.exp(-OUT * (t - 1)) - np.exp(-SLOW * (t - 1)))
    fed = 3 / SLOW * (1 - np.exp(-SLOW * np.maximum(t - 2.5, 0)))
    return np.where(t >= 1, from_store, 0.0) + fed


def test_compartments_are_their_closed_forms_from_the_right_and_from_the_left(worst):
    r = made()
    t = np.array(TIMES)
    worst("toy, a store v closed form", np.abs(r.at("store", t) - stored(t)).max(), 5e-12)
    worst("toy, what follows v closed form", np.abs(r.at("after", t) - followed(t)).max(), 5e-12)
    before = r.at("store", t, left=True)
    assert before[1] == 0  # 6 mg come at this time
    assert r.at("store", [1.0])[0] == 6
    assert before[[0, 2, 3]] == pytest.approx(stored(t)[[0, 2, 3]], abs=5e-12)


def test_an_effect_that_follows_is_its_closed_form(worst):
    t = np.array(TIMES)
    gain = 6 / (1 - OUT * TAU) if OUT * TAU != 1 else None
    got = made(refine=4).at("trace", t)
    late = np.maximum(t - 1, 0)
    risen = gain * (np.exp(-OUT * late) - np.exp(-late / TAU)) if gain else 6 * late / TAU * np.exp(-late / TAU)
    worst("toy, an effect v closed form", np.abs(got - 0.5 * np.exp(-t / TAU) - risen).max(), 1e-10)


def test_the_last_node_and_all_nodes():
    r = made()
    assert r.at("store", [5.0]) == pytest.approx(stored(np.array([5.0])))
    assert r.at("trace", [0.0, 0.0]).tolist() == [0.5, 0.5]
    nodes = r.nodes("store")
    assert nodes.shape == r.grid.time.shape
    assert nodes == pytest.approx(stored(r.grid.time), abs=5e-12)


def test_integrals_are_areas(worst):
    r = made(refine=3)
    area = 6 / OUT * (1 - np.exp(-OUT * 4))
    worst("toy, area under a store v closed form, relative", abs(float(r.integral("store")) / area - 1), 1e-9)
    assert made(want=["total"], given={"z": 2.0}, inputs=[]).integral("total") == pytest.approx(10)


def test_what_nothing_reaches_is_0_at_every_node():
    r = made(want=["store", "alone"], ends=["alone"])
    assert r.nodes("alone").shape == r.grid.time.shape
    assert not r.nodes("alone").any()
    assert not made(want=["alone"]).at("alone", TIMES).any()
    assert "alone" not in made(want=["total"]).values


def test_what_is_wanted_at_the_nodes_only_is_the_same():
    whole, few = made(want=["store", "after"]), made(want=["store", "after"], ends=["after", "trace"])
    assert np.array_equal(few.nodes("after"), whole.nodes("after"))
    assert "after" not in few.values
    # a state that something downstream reads is followed in full all the same
    assert "store" in made(want=["trace", "store"], ends=["store"]).values


def test_a_dose_at_the_very_end_has_no_step_left():
    assert not made(inputs=[Input(5.0, "store", 6.0)]).at("store", [5.0]).any()


def test_people_differ_in_amounts_numbers_and_variates(worst):
    people = {**NUMBERS, "half": np.array([4.0, 1.0, 8.0])}
    amount, given = np.array([6.0, 0.0, 1.0]), {"z": np.array([0.0, 1.0, -1.0])}
    r = made(given=given, batch=(3,), numbers=people, inputs=[Input(1.0, "store", amount)])
    for k in range(3):
        own = {**NUMBERS, "half": float(people["half"][k])}
        alone = made(given={"z": given["z"][k]}, numbers=own, inputs=[Input(1.0, "store", float(amount[k]))])
        for name in ("store", "after", "trace", "total"):
            got, want = r.at(name, TIMES)[:, k], alone.at(name, TIMES)
            worst("toy, a person among others v alone", np.abs(got - want).max(), 1e-15)


def test_an_input_by_steps_and_one_for_all_time():
    g = grid.make([0.0, 1.0, 2.5], [*TIMES, 5.0], 4)
    late = (g.time[:-1] >= 1.0) * 3.0
    at = {"push": late}
    got = made(want=["trace"], given=at, inputs=[], refine=4).at("trace", TIMES)
    t = np.array(TIMES)
    assert got == pytest.approx(0.5 * np.exp(-t / TAU) + 3 * (1 - np.exp(-np.maximum(t - 1, 0) / TAU)), abs=5e-12)
    steady = made(want=["trace"], given={"push": 3.0}, inputs=[]).at("trace", TIMES)
    assert steady == pytest.approx(3 + (0.5 - 3) * np.exp(-t / TAU), abs=5e-12)


def test_a_known_name_is_taken_as_it_is():
    first = made(want=["store"])
    again = made(want=["trace"], inputs=[], known={"store": np.full_like(first.full("store"), 2.0)})
    t = np.array(TIMES)
    assert again.at("trace", TIMES) == pytest.approx(2 + (0.5 - 2) * np.exp(-t / TAU), abs=5e-12)


def test_derived_numbers_all_or_those_needed_and_fixed_ones_win():
    assert derive(toy, NUMBERS)["out"] == 0.5
    assert "out" not in derive(toy, NUMBERS, need=["total"])
    assert "out" not in derive(toy, {"slow": 1.0})
    assert derive(toy.fix(half=1.0), NUMBERS)["out"] == 2


def test_the_matrix_is_rates_for_one_unit_each():
    block = [toy["store"], toy["after"]]
    assert matrix(block, derive(toy, NUMBERS), ()).tolist() == [[-0.5, 0.0], [0.5, -0.2]]
    many = matrix(block, {"out": np.array([1.0, 2.0]), "slow": 3.0}, (2,))
    assert many[:, 1].tolist() == [[1.0, -3.0], [2.0, -3.0]]
    assert matrix([toy["after"]], derive(toy, NUMBERS), ()).tolist() == [[-0.2]]


@effect("1", start=1.0)
def eaten(store, eaten, *, tau):
    return -store * eaten / tau


@effect("1")
def bent(bent, *, tau):
    return (1 - bent * bent) / tau


def test_a_loss_that_varies_is_none_and_what_is_curved_in_itself_is_refused(worst):
    assert steady_loss(toy["trace"], NUMBERS) == pytest.approx(1 / TAU)
    assert steady_loss(eaten, NUMBERS) is None
    with pytest.raises(Miswired, match="bent is curved in itself"):
        steady_loss(bent, NUMBERS)
    chain = toy + Link("more", (eaten,))
    r = run(chain, ["eaten"], made().grid, NUMBERS, None, DOSES)
    t = np.array(TIMES)
    want = np.exp(-6 / OUT / TAU * (1 - np.exp(-OUT * np.maximum(t - 1, 0))))
    worst("toy, a loss that varies v closed form", np.abs(r.at("eaten", TIMES) - want).max(), 1e-6)


def test_read_outs_from_what_is_known():
    store, after = np.array([1.0, 2.0]), np.array([[3.0], [5.0]])
    got = evaluate(toy, ["total"], {"store": store, "after": after}, NUMBERS, {"z": 10.0})
    assert got["total"].tolist() == [[14.0, 15.0], [16.0, 17.0]]
    assert list(evaluate(toy, ["push", "store"], {"store": store}, NUMBERS, {})) == ["push", "store"]
    with pytest.raises(Miswired, match="after is a state"):
        evaluate(toy, ["total"], {"store": store}, NUMBERS, {})


def test_the_first_node_after_the_start_has_a_left_side_too():
    g = grid.make([0.0, grid.TICK_H], [1.0])
    r = run(toy, ["store"], g, NUMBERS, None, [Input(g.time[1], "store", 6.0)])
    assert (r.at("store", [g.time[1]], left=True)[0], r.at("store", [g.time[1]])[0]) == (0.0, 6.0)
    assert r.at("store", [0.0], left=True)[0] == 0
    bolus = run(toy, ["store"], g, NUMBERS, None, [Input(0.0, "store", 6.0)])
    assert bolus.at("store", [0.0], left=True)[0] == 6  # nothing is before the start


@readout("mg")
def above(xp, store):
    return xp.positive(store - 1.0)


@effect("mg", start=0.0)
def in_proportion(above, in_proportion, *, tau):
    return (2 * above - in_proportion) / tau


@effect("mg", start=0.0)
def shifted(above, shifted, *, tau):
    return (above + 0.5 - shifted) / tau


@effect("mg", start=0.0)
def squared(above, squared, *, tau):
    return (above * above - squared) / tau


@effect("mg", start=0.0)
def saturated(above, saturated, *, tau):
    return (above / (3 + above) - saturated) / tau


@effect("mg", start=0.0)
def downwards(above, downwards, *, tau):
    return (-above - downwards) / tau


@effect("mg", start=0.0)
def draining(above, draining, *, tau):
    return (above - (1 + above) * draining) / tau


@pytest.mark.parametrize("way", [in_proportion, shifted, squared, saturated, downwards, draining])
def test_a_corner_is_handed_on_where_an_effect_follows_it_in_proportion(way):
    chain = Chain((Link("toy", (out, store, above, way)),))
    found = cornered(chain, chain[way.name], ())
    assert (found is chain["above"]) == (way is in_proportion)
    assert cornered(chain, chain[way.name], {"above"}) is None
