"""Named protocols and example people: readable, sourced, and honest about what was read."""

from __future__ import annotations

import pytest

from resynapse.errors import Refused
from resynapse.therapy.protocols import STATUSES, people, person, protocol, protocols


def test_protocols_read_print_and_cite() -> None:
    assert [p.key for p in protocols()] == ["single", "six", "esketamine", "taper"]
    for p in protocols():
        assert p.course.doses(70)
        assert p.name
        assert p.sources
        for source in p.sources:
            assert source.status in STATUSES
            assert source.cite
            assert source.gives
            assert source.status == "assumed" or source.doi or source.address
        assert not p.course.cautions(70)


def test_their_doses() -> None:
    assert [d.mg_base for d in protocol("single").course.doses(70)] == [35.0]
    assert [s.start_h / 24 for s in protocol("six").course.sessions] == [0, 2, 4, 7, 9, 11]
    visits = protocol("esketamine").course.sessions
    assert [s.start_h / 24 for s in visits] == [*(3.5 * k for k in range(8)), 28, 35, 42, 49]
    assert [sum(p.dose.amount for p in s.doses) for s in visits] == [56, *[84] * 11]
    days = [s.start_h / 24 for s in protocol("taper").course.sessions]
    assert days == [0, 2, 4, 7, 9, 11, 14, 21, 28, 35, 42, 56, 70, 84, 98, 126, 154]


def test_example_people() -> None:
    assert [p.key for p in people()] == ["woman-44", "man-61", "heavy-52"]
    assert all("example" in p.note.lower() for p in people())
    assert person("heavy-52").patient.new_antidepressant


def test_unknown_names() -> None:
    with pytest.raises(Refused) as no:
        protocol("esketamin")
    assert no.value.passes == ("esketamine",)
    with pytest.raises(Refused):
        person("nobody")
