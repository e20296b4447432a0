"""The use case: who reads a number is found from the chain and from the code that looks it up."""

from __future__ import annotations

import pytest

from resynapse.errors import Refused
from resynapse.evidence import load
from resynapse.services import evidence


def test_nothing_is_missing_that_the_equations_read() -> None:
    faults, _ = evidence.check()
    assert [str(fault) for fault in faults] == []


def test_remarks_are_numbers_that_nothing_reads() -> None:
    _, remarks = evidence.check()
    used = evidence.used_in()
    assert {r.name for r in remarks} == set(load()) - set(used)
    assert not {r.name for r in remarks} & {"V1_S", "tauF", "D50", "IN_d2"}


def test_readers_are_named() -> None:
    used = evidence.used_in()
    assert any(place.startswith("plasticity / ") for place in used["tauF"])
    assert "mechanism/routes.py" in used["IN_d2"]
    assert "CL_S" not in used  # made of other numbers
    assert any(line.startswith("used in") and "plasticity" in line for line in evidence.show("tauF"))


def test_unknown_name_is_refused() -> None:
    with pytest.raises(Refused, match="no number is named"):
        evidence.show("no_such_number")
