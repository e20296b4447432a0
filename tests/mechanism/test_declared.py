"""What a declaration leaves unsaid, how nodes are called, and what a chain tells of itself."""

from __future__ import annotations

import pytest

from resynapse.mechanism import CHAIN, Chain, Link, Miswired
from resynapse.mechanism.declare import KINDS, compartment, derived, effect, given, readout, vary


@compartment("mg")
def pool(pool, *, out, size):
    return -out * pool / size


@derived("L")
def size(*, V1, V2):
    return V1 - V2


@effect("1")
def slow(xp, pool, slow, *, out):
    return xp.positive(pool) - out * slow


@readout("1")
def sight(slow, pool):
    return slow - pool


toy = Chain((Link("first", (size, pool)), Link("second", (slow, sight))))


def test_everything_is_at_rest_at_0_and_without_a_label_unless_it_says_so():
    for node in (pool, size, slow, sight, vary("z", ""), given("g", "1", 0.0, "")):
        assert (node.start, node.label, node.doc) == (0.0, "", "")
        assert node.kind in KINDS
    assert (vary("z", "").by, vary("z", "").unit, pool.by) == ("person", "1", "")
    link = Link("plain", ())
    assert (link.sure, link.species, link.pace, link.doc) == ("established", "people", "minutes", "")


def test_a_node_hands_its_function_what_it_reads_and_takes_in_order():
    class Maths:
        @staticmethod
        def positive(a):
            return 10 * a

    assert sight(None, {"pool": 1.0, "slow": 5.0}, {}) == 4.0
    assert size(None, {}, {"V2": 1.0, "V1": 5.0}) == 4.0
    assert slow(Maths, {"pool": 2.0, "slow": 3.0}, {"out": 4.0}) == 8.0


def test_a_copy_hands_each_number_to_the_argument_it_was():
    two = Link("x", (size,)).copy("_S", shared=("V2",)).nodes[0]
    assert (two.name, two.numbers) == ("size_S", ("V1_S", "V2"))
    assert two(None, {}, {"V1_S": 5.0, "V2": 1.0, "V1": 99.0}) == 4.0


def test_shared_nodes_are_left_out_of_a_copy():
    assert [n.name for n in Link("x", (size, pool)).copy("_R", shared=("size",)).nodes] == ["pool_R"]


def test_numbers_come_once_in_order_of_use_without_derived_ones():
    assert toy.numbers == ("V1", "V2", "out")
    assert toy.used_in("out") == ("first.pool", "second.slow")
    assert toy.used_in("size") == ("first.pool",)
    assert toy.used_in("none") == ()


def test_upstream_is_all_that_something_hangs_on_and_stops_at_what_is_known():
    assert toy.upstream(["sight"]) == {"sight", "slow", "pool", "size"}
    assert toy.upstream(["sight"], known=["slow"]) == {"sight", "pool", "size"}
    assert toy.upstream(["sight"], known=["slow", "pool"]) == {"sight"}
    assert toy.upstream(["pool"], known=["pool"]) == set()
    assert toy.upstream(["elsewhere"]) == set()


def test_links_are_found_by_what_they_give():
    assert [toy.link_of(n).name for n in ("size", "pool", "slow", "sight")] == ["first", "first", "second", "second"]
    assert toy["slow"] is slow


def test_a_cut_changes_one_node_and_keeps_its_place():
    for name, kind in (("pool", "compartment"), ("sight", "readout"), ("slow", "given")):
        held = toy.cut(name)
        assert [n.name for n in held] == [n.name for n in toy]
        assert [n.name for n in held if n is not toy[n.name]] == [name]
        assert (held[name].kind, held[name].reads, held[name].numbers) == (kind, (), ())
        assert held[name].start == 0.0
    assert toy.cut("sight")["sight"](None, {}, {}) == 0.0
    with pytest.raises(Miswired, match="size is a number: fix it instead of cutting it"):
        toy.cut("size")


def test_swapping_or_leaving_out_touches_the_named_link_alone():
    plain = Link("second", (slow,))
    assert toy.swap("second", plain).links == (toy.links[0], plain)
    assert toy.without("second").links == toy.links[:1]
    assert toy.swap("nothing", plain).links == toy.links
    assert len(CHAIN.without("sedation").links) == len(CHAIN.links) - 1


def test_the_name_that_is_given_twice_is_said():
    with pytest.raises(Miswired, match=r"^slow: given twice"):
        Chain((Link("first", (size, pool, slow)), Link("second", (sight, slow))))
