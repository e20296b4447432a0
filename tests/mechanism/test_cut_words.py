"""Steps to cut, as people type them: read, refused at the place, and what they hold."""

from __future__ import annotations

import pytest

from resynapse.errors import Refused
from resynapse.mechanism import CHAIN, Chain
from resynapse.mechanism.cuts import CUTS, PATH, cut, drug_gone, read


@pytest.mark.parametrize(("typed", "steps"), [
    ("", ()), ("   ", ()), ("glutamate", ("glutamate",)), (" Hope , RECEPTOR", ("receptor", "hope")),
    ("hope,blood,hope", ("blood", "hope")), (",".join(reversed(list(CUTS))), tuple(CUTS)),
])  # fmt: skip
def test_steps_are_read_in_the_order_of_the_chain(typed, steps):
    assert read(typed) == steps


@pytest.mark.parametrize(("typed", "fault"), [
    ("sleep", "sleep"), ("hope,receptr", "receptr"), ("hope, blod ,receptor", " blod "), ("hope,", ""),
    ("x,y", "x"), ("receptor,hope,z", "z"),
])  # fmt: skip
def test_a_step_that_is_none_is_refused_where_it_stands(typed, fault):
    with pytest.raises(Refused) as no:
        read(typed)
    place = no.value.place
    assert (typed[place.start : place.end], place.text, place.field) == (fault, typed, "cut")
    assert all(key in no.value.rule for key in CUTS)


def test_the_drug_is_gone_where_a_step_on_its_path_is_cut():
    assert [key for key in CUTS if drug_gone([key])] == list(PATH)
    assert drug_gone(["hope", "connections"])
    assert not drug_gone([])


def test_a_cut_holds_its_nodes_and_passes_over_what_a_chain_lacks():
    held = cut(CHAIN, ["blood", "hope"])
    assert {n.name for n in held if n not in set(CHAIN)} == {*CUTS["blood"].nodes, *CUTS["hope"].nodes}
    first = Chain(CHAIN.links[:4])  # kinetics and levels alone
    assert {n.name for n in cut(first, CUTS) if n not in set(first)} == set(CUTS["blood"].nodes) - {"x", "drive"}
    assert cut(CHAIN, []) == CHAIN
