"""Units with powers above one, comparisons, and how a unit is written."""

from __future__ import annotations

import pytest

from resynapse import units
from resynapse.mechanism.read_units import NONE, Quantity, Unbalanced, UnitMaths, quantity

MG, L, H = (Quantity(units.dimension(u)) for u in ("mg", "L", "h"))


def text(value: object) -> str:
    return str(quantity(value))


def test_powers_add_up_and_cancel():
    area = MG * MG / L
    assert text(area) == "mg·mg/L"
    assert text(area * area / (MG**2)) == "mg·mg/L/L"
    assert text(area / area) == "1"
    assert text(1 / (H * H)) == "1/h/h"
    assert text(L**2 / H**2 * (H / L) ** 2) == "1"
    assert text(MG**0) == "1"
    assert (area / area).powers == {}


def test_a_sum_has_the_unit_of_its_parts_and_0_has_that_of_the_other():
    for total in (MG + MG, MG - MG, MG + 0, 0 + MG, 0 - MG, MG - 0, -MG, UnitMaths.positive(MG)):
        assert text(total) == "mg"
    assert UnitMaths.maximum(0, L).powers == L.powers
    assert UnitMaths.where(MG > 0, L, 0).powers == L.powers
    for wrong in (lambda: MG + L, lambda: 1 - L, lambda: L - 1, lambda: UnitMaths.minimum(L, H), lambda: MG < L):
        with pytest.raises(Unbalanced, match="one unit on both sides of"):
            wrong()


def test_comparisons_need_one_unit_and_have_none():
    two = MG + MG
    for seen in (two < MG, MG >= 0, two == MG, two != MG):
        assert seen.powers == {}
    assert text(UnitMaths.where(two <= MG, H, H)) == "h"


def test_powers_by_literals_and_by_numbers():
    assert text(UnitMaths.power(MG, 2)) == "mg·mg"
    assert text(UnitMaths.power(MG, 1)) == "mg"
    assert text(NONE**NONE) == "1"
    assert text(2**NONE) == "1"
    assert text(UnitMaths.hill(MG, MG, NONE)) == "1"
    for wrong, said in (
        (lambda: MG**NONE, "no unit inside a power with a real exponent; mg came"),
        (lambda: UnitMaths.power(NONE, H), "no unit inside the exponent of a power; h came"),
        (lambda: UnitMaths.hill(MG, L, NONE), "one unit on both sides of hill; mg and L came"),
        (lambda: UnitMaths.exp(H), "no unit inside exp; h came"),
        (lambda: UnitMaths.truncated(NONE, NONE, H), "no unit inside truncated; h came"),
        (lambda: UnitMaths.where(MG, H, H), "no unit inside a condition; mg came"),
    ):
        with pytest.raises(Unbalanced) as no:
            wrong()
        assert str(no.value) == said


@pytest.mark.parametrize("value", [0.5, 3, -1, "mg", None])
def test_other_literals_are_not_read(value):
    with pytest.raises(Unbalanced, match="numbers by evidence name, or 0, 1, 2"):
        quantity(value)


def test_literals_that_are():
    assert quantity(0).zero
    assert quantity(0.0).zero
    assert not quantity(1).zero
    assert quantity(2.0) is NONE


def test_a_unit_is_no_key_and_no_choice():
    with pytest.raises(TypeError):
        hash(MG)
    with pytest.raises(Unbalanced, match=r"xp\.where for a choice"):
        bool(MG)
