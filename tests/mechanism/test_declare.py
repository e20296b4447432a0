"""A chain that does not hold together is refused with place and cure; changes of a chain are new chains."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from resynapse.evidence import load
from resynapse.mechanism import CHAIN, Chain, Link, Miswired
from resynapse.mechanism.declare import compartment, derived, effect, given, readout, vary
from resynapse.mechanism.read_numpy import Run, derive
from resynapse.study import simulate

REFERENCE = "0.5 mg/kg over 40 min"
BODY = ("CADSS", "dSBP", "SBP", "DBP", "HR", "drive", "ketamine_arterial")


@compartment("mg")
def store(store, *, out):
    """Amount.

    Only the first line is kept.
    """
    return -out * store


@effect("1", start=1.0)
def pulse(store, pulse, *, tau, V):
    """Follows the store."""
    return (store / V - pulse) / tau


@readout("1", label="Ratio")
def ratio(xp, pulse, *, half):
    """Saturation."""
    return xp.hill(pulse, half, 1)


toy = Link("toy", (store, pulse, ratio))


def chain(*nodes: Any) -> Chain:
    """A chain of one link."""
    return Chain((Link("x", nodes),))


# --- reading a signature


def test_the_signature_is_the_wiring() -> None:
    assert (ratio.wants_xp, ratio.reads, ratio.numbers) == (True, ("pulse",), ("half",))
    assert (pulse.wants_xp, pulse.reads, pulse.numbers) == (False, ("store", "pulse"), ("tau", "V"))
    assert (pulse.kind, pulse.unit, pulse.start, pulse.doc) == ("effect", "1", 1.0, "Follows the store.")
    assert (ratio.label, store.doc, store.kind) == ("Ratio", "Amount.", "compartment")


def test_a_node_still_computes() -> None:
    assert pulse({}, {"store": 6.0, "pulse": 1.0}, {"tau": 2.0, "V": 3.0}) == 0.5


def test_defaults_hide_numbers() -> None:
    with pytest.raises(Miswired, match=r"^late: defaults and \* arguments hide numbers; name each one$"):

        @readout("1")
        def late(a, *, b=2.0):
            return a * b


@pytest.mark.parametrize("stars", [lambda *a: a, lambda **k: k])
def test_star_arguments_hide_numbers(stars: Callable[..., Any]) -> None:
    with pytest.raises(Miswired, match=r"defaults and \* arguments hide numbers"):
        readout("1")(stars)


def test_a_closure_hides_what_it_reads() -> None:
    hidden = 2.0
    with pytest.raises(Miswired, match=r"^shut: a closure hides what it reads; take it as an argument$"):

        @readout("1")
        def shut(a):
            return a * hidden


# --- wiring errors: the place, what is wrong, the cure


@readout("1")
def odds(pulse):
    return pulse


@readout("1")
def typo(odd):
    return odd


@readout("1")
def early(late):
    return late


@readout("1")
def late(pulse):
    return pulse


@readout("1")
def own(own):
    return own


@compartment("mg")
def bent(ratio, bent):
    return ratio - bent


@derived("L")
def volume(*, V1):
    return V1


@readout("1")
def reads_volume(volume):
    return volume


@readout("1")
def strange(qqqqqq):
    return qqqqqq


@readout("1")
def a(b):
    return b


@readout("1")
def b(a):
    return a


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ((store, pulse, odds, typo), "x.typo reads 'odd', which no link gives. Did you mean 'odds'?"),
        ((store, pulse, strange), "x.strange reads 'qqqqqq', which no link gives."),
        ((store, pulse, early, late), "x.early reads 'late', declared later: put that before 'early'"),
        ((a, b), "x.a reads 'b', declared later: put that before 'a'"),
        ((own,), "x.own reads itself, and only an effect or a compartment may"),
        ((store, pulse, store), "store: given twice; names are one space"),
        (
            (store, pulse, ratio, bent),
            "x.bent is linear and may read compartments only, not 'ratio'",
        ),
        ((volume, reads_volume), "x.reads_volume reads 'volume', a derived number: take it after the *"),
    ],
)
def test_wiring_errors(nodes: tuple[Any, ...], said: str) -> None:
    with pytest.raises(Miswired) as caught:
        chain(*nodes)
    assert str(caught.value) == said


def test_the_place_names_the_link_across_links() -> None:
    with pytest.raises(Miswired, match=r"^second\.typo reads 'odd', which no link gives\. Did you mean 'odds'\?$"):
        Chain((Link("first", (store, pulse, odds)), Link("second", (typo,))))


def test_compartments_may_be_mutual() -> None:
    @compartment("mg")
    def left(left, right):
        return right - left

    @compartment("mg")
    def right(left, right):
        return left - right

    assert [n.name for n in chain(left, right)] == ["left", "right"]


def test_a_link_that_others_read_cannot_be_taken_out() -> None:
    with pytest.raises(Miswired, match=r"^circulation\.dSBP reads 'drive', which no link gives\."):
        CHAIN.without("dissociation")


# --- changes are new chains


def test_without_a_side_branch() -> None:
    shorter = CHAIN.without("circulation")
    assert "SBP" not in [n.name for n in shorter]
    assert len(shorter.links) == len(CHAIN.links) - 1


def test_add_and_swap() -> None:
    longer = CHAIN + toy
    assert longer.links[-1] is toy
    assert longer.link_of("ratio") is toy
    other = Link("toy", (store, pulse))
    assert longer.swap("toy", other).links[-1] is other
    assert longer.without("toy").links == CHAIN.links


def test_cut_holds_a_node_at_rest() -> None:
    held = chain(store, pulse, ratio).cut("pulse")["pulse"]
    assert (held.kind, held.start, held.function, held.reads, held.unit) == ("given", 1.0, None, (), "1")
    assert CHAIN.cut("CADSS")["CADSS"].label == "Dissociation, CADSS"


def test_cut_and_fix_guess() -> None:
    with pytest.raises(Miswired, match=r"^drve: nothing to cut\. Did you mean 'drive'\?$"):
        CHAIN.cut("drve")
    with pytest.raises(Miswired, match=r"^tauPP: no equation takes this number\. Did you mean 'tauP'\?$"):
        CHAIN.fix(tauPP=1.0)


def test_fix_sets_a_number_and_the_last_one_holds() -> None:
    blocked = CHAIN.fix(kF=0.0).fix(kF=0.5, kc=0.0)
    assert dict(blocked.fixed) == {"kF": 0.5, "kc": 0.0}
    assert CHAIN.fixed == ()


def test_a_derived_number_that_is_fixed_stays_and_others_follow_it() -> None:
    numbers = {**load().values(), "WT": 91.0, "AGE": 40.0}
    usual, fixed = derive(CHAIN, numbers), derive(CHAIN.fix(CL_S=200.0), numbers | {"CL_S": 1.0})
    assert fixed["CL_S"] == 200.0 != usual["CL_S"]
    assert fixed["F_po_S"] != usual["F_po_S"]
    assert fixed["CL_R"] == usual["CL_R"]


def test_copy_renames_what_is_not_shared() -> None:
    two = toy.copy("_S", shared=("tau",))
    assert two.name == "toy_S"
    assert [n.name for n in two.nodes] == ["store_S", "pulse_S", "ratio_S"]
    again = two.nodes[1]
    assert (again.reads, again.numbers) == (("store_S", "pulse_S"), ("tau", "V_S"))
    assert again({}, {"store_S": 6.0, "pulse_S": 1.0}, {"tau": 2.0, "V_S": 3.0}) == 0.5


def test_the_two_enantiomers_differ_in_names_alone() -> None:
    s, r = (next(k for k in CHAIN.links if k.name == f"kinetics_{e}") for e in "SR")
    assert [n.name[:-2] for n in s.nodes] == [n.name[:-2] for n in r.nodes]
    assert not {n.name for n in s.nodes} & {n.name for n in r.nodes}
    assert [n.function for n in s.nodes] == [n.function for n in r.nodes]


def test_nothing_can_be_changed_in_place() -> None:
    for thing, field in ((ratio, "unit"), (toy, "nodes"), (CHAIN, "links")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, field, ())
    before = (CHAIN.links, CHAIN.fixed)
    CHAIN.cut("P"), CHAIN.fix(kF=0.0), CHAIN + toy, CHAIN.without("circulation")
    assert (CHAIN.links, CHAIN.fixed) == before


def test_a_chain_tells_who_uses_what() -> None:
    assert CHAIN.used_in("ke0") == tuple(f"kinetics_{e}.{n}_{e}" for e in "SR" for n in ("EK", "EN"))
    assert "drive" in CHAIN.upstream(["CADSS"])
    assert "C_S" not in CHAIN.upstream(["CADSS"], known=["Cd"])
    with pytest.raises(KeyError):
        CHAIN["nothing"]
    assert "CL_S" not in CHAIN.numbers
    assert "CLint_S" in CHAIN.numbers


def test_each_number_is_in_the_evidence() -> None:
    assert set(CHAIN.numbers) <= set(load())


def test_givens_and_variates() -> None:
    numbers = {"sbp_0": 121.0}
    assert given("p", "mmHg", "sbp_0", "").usual(numbers) == 121.0
    assert given("p", "1", 1.0, "").usual(numbers) == 1.0
    assert (vary("z", "").usual(numbers), vary("z", "", by="draw").by) == (0.0, "draw")


# --- what a cut does to people


def typical(changed: Chain) -> Run:
    return simulate(REFERENCE, chain=changed, until=48.0).plans[0].typical


@pytest.mark.parametrize("name", ["G", "P"])
def test_cutting_the_mood_branch_leaves_hope_alone_and_the_body_as_it_was(name: str) -> None:
    whole, cut = typical(CHAIN), typical(CHAIN.cut(name))
    responder, non_responder = whole.at("MADRS", [24.0])[0]
    assert non_responder - responder > 5
    # what hope and time give is the non-responder's score: no drug effect, all else the same
    np.testing.assert_array_equal(cut.at("MADRS", [24.0])[0], [non_responder, non_responder])
    for body in BODY:
        np.testing.assert_array_equal(cut.nodes(body), whole.nodes(body))


def test_cutting_the_drive_takes_dissociation_and_leaves_mood() -> None:
    whole, cut = typical(CHAIN), typical(CHAIN.cut("drive"))
    assert whole.nodes("CADSS").max() > 3
    assert cut.nodes("CADSS").max() == 0
    assert np.ptp(cut.nodes("SBP")) == 0


def test_blocking_by_a_number_equals_cutting() -> None:
    blocked, cut = typical(CHAIN.fix(kF=0.0)), typical(CHAIN.cut("F"))
    np.testing.assert_allclose(blocked.at("MADRS", [2.0, 24.0]), cut.at("MADRS", [2.0, 24.0]), rtol=0, atol=1e-12)
