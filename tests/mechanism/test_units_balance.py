"""The shipped chain balances, and a number in the place of one of another unit does not pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resynapse import units
from resynapse.evidence import load
from resynapse.mechanism import CHAIN, Chain, Link, Node
from resynapse.mechanism.declare import compartment, derived, effect, readout
from resynapse.mechanism.declare import given as input_node
from resynapse.mechanism.read_units import NONE, Quantity, balance, check_units, dimensions, quantity

VALUES = dimensions(CHAIN, load())
NUMBERS = sorted({n for node in CHAIN for n in node.numbers})


def one(node: Node) -> list[str]:
    """Faults of a chain of one node, as text."""
    return [str(f) for f in check_units(Chain((Link("toy", (node,)),)), load())]


def test_the_chain_balances() -> None:
    faults = check_units(CHAIN, load())
    assert faults == [], "\n".join(map(str, faults))
    equations = [node for node in CHAIN if node.function is not None]
    print(f"{len(equations)} equations balance")
    assert len(equations) > 70


def test_the_chain_with_a_node_cut_or_a_number_fixed_balances() -> None:
    for node in CHAIN:
        if node.kind in ("effect", "readout"):
            assert check_units(CHAIN.cut(node.name), load()) == []
    assert check_units(CHAIN.fix(kF=0.0), load()) == []


def slots() -> Iterator[tuple[Node, str]]:
    """Each place in each node where a number or an upstream name stands."""
    for node in CHAIN:
        for name in dict.fromkeys((*node.numbers, *node.reads)):
            yield node, name


def swapped(node: Node, slot: str, other: str) -> bool:
    """Whether the check finds `other` standing in a slot of a node."""
    return balance(node, {**VALUES, slot: VALUES[other]}) is not None


def test_every_swap_for_another_unit_is_caught_and_none_for_the_same() -> None:
    caught = total = blind = 0
    for node, slot in slots():
        for other in NUMBERS:
            if VALUES[other].powers == VALUES[slot].powers:
                blind += 1
                assert not swapped(node, slot, other)
            else:
                total += 1
                caught += swapped(node, slot, other)
    print(f"swaps for another unit caught: {caught} of {total}; for the same unit, unseen: {blind}")
    assert caught == total > 5000


def test_a_unit_changed_in_the_ledger_is_caught() -> None:
    """The same from the side of the evidence: each number, each other unit of the tables."""
    rows = dict(load())
    texts = {str(VALUES[name]): rows[name].unit for name in CHAIN.numbers if name in rows}
    caught = total = 0
    for name in (n for n in CHAIN.numbers if n in rows):
        for written, unit in texts.items():
            if written != str(VALUES[name]):
                total += 1
                caught += bool(check_units(CHAIN, {**rows, name: _Row(unit)}))
    print(f"changed units caught: {caught} of {total}")
    assert caught == total


class _Row:
    def __init__(self, unit: str) -> None:
        self.unit = unit


@compartment("mg/L")
def forgotten_rate(C, forgotten_rate, *, Vc):
    return C / Vc - forgotten_rate


@readout("mmHg")
def bare(SBP):
    return SBP * 1000


@readout("1")
def sums(xp, a, b):
    return xp.maximum(a, b)


@readout("1")
def curved(xp, a, *, gd):
    return xp.power(a, gd)


@readout("1")
def numpys(a):
    return np.exp(a)


@readout("1")
def sine(xp, a):
    return xp.sin(a)


@readout("1")
def branch(a, b):
    return a if a > b else b


@derived("L/h")
def typo(*, QHEPP):
    return QHEPP


A, L_, POINT, H = (Quantity(units.dimension(u)) for u in ("mg/L", "L", "point", "h"))


@pytest.mark.parametrize(
    ("node", "sees", "expected", "came"),
    [
        (forgotten_rate, {"C": A * L_, "Vc": L_, "forgotten_rate": A}, "mg/L/h", "mg/L"),
        (bare, {"SBP": NONE}, "numbers by evidence name, or 0, 1, 2", "1000"),
        (sums, {"a": A, "b": POINT}, "one unit on both sides of maximum", "mg/L and point"),
        (curved, {"a": A, "gd": NONE}, "no unit inside a power with a real exponent", "mg/L"),
        (curved, {"a": NONE, "gd": H}, "no unit inside the exponent of a power", "h"),
        (branch, {"a": A, "b": A}, "xp.where for a choice", "an if, and, or, min or max on a value"),
        (typo, VALUES, "a unit for 'QHEPP'", "none"),
    ],
)
def test_a_fault_says_what_was_expected_and_what_came(
    node: Node, sees: dict[str, Quantity], expected: str, came: str
) -> None:
    fault = balance(node, sees, "toy.x")
    assert fault is not None
    assert (fault.place, fault.expected, fault.came) == ("toy.x", expected, came)
    assert fault.cure
    assert str(fault).startswith("toy.x: expected ")


@pytest.mark.parametrize(("node", "said"), [(numpys, "exp"), (sine, "sin")])
def test_mathematics_from_elsewhere_is_refused_by_name(node: Node, said: str) -> None:
    fault = balance(node, {"a": NONE})
    assert fault is not None
    assert fault.expected.startswith("the vocabulary of equations")
    assert said in fault.came


def test_the_cure_names_the_missing_factor_and_where_to_look() -> None:
    fault = balance(forgotten_rate, {"C": A * L_, "Vc": L_, "forgotten_rate": A})
    assert fault is not None
    assert fault.cure == (
        "A factor of 1/h is missing, or the declared unit is another. "
        "Look among: C (mg), forgotten_rate (mg/L), Vc (L)."
    )


def test_an_unknown_name_is_guessed() -> None:
    assert one(typo) == [
        "toy.typo: expected a unit for 'QHEPP', came none. "
        "No evidence row holds 'QHEPP', or its unit is unknown. Did you mean 'QHEP_S'?"
    ]


@effect("point", start=3.0)
def started(started, *, tauF):
    return -started / tauF


def test_inputs_and_starts_have_units_too() -> None:
    assert one(input_node("p", "mmHg", "hr_0", "wrong"))[0].startswith("toy.p: expected mmHg, came bpm.")
    assert "0, or an evidence name" in one(input_node("p", "mmHg", 1.0, "bare"))[0]
    assert one(input_node("p", "mmHg", 0.0, "at rest")) == []
    assert "0, or an evidence name" in one(started)[0]
    assert "a unit of the table" in one(input_node("p", "furlong", 0.0, "odd"))[0]


UNITS = st.sampled_from(["mg", "L", "h", "kg", "umol", "point", "mmHg", "bpm", "1", "mg/L", "mg/kg/h"])


@settings(max_examples=100, deadline=None)
@given(UNITS, UNITS, UNITS)
def test_units_multiply_as_numbers_do(a: str, b: str, c: str) -> None:
    x, y, z = (Quantity(units.dimension(u)) for u in (a, b, c))

    def same(p: Any, q: Any) -> bool:
        return bool(p.powers == q.powers)

    assert same(x * y, y * x)
    assert same(x * (y / z), (x * y) / z)
    assert same(x / x, NONE)
    assert same(x**2, x * x)
    assert same(1 / (1 / x), x)
    assert same(0 + x, x)
    assert same(x - 0, x)
    assert same(quantity(2) * x, x)


def test_zero_fits_any_unit_and_one_fits_none() -> None:
    assert (0 + A).powers == A.powers
    assert (A - 0).powers == A.powers
    with pytest.raises(Exception, match="one unit on both sides of a sum"):
        1 + A
