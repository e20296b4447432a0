"""Verify: every check is seen to hold, and to fail when what it checks is broken."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from resynapse.errors import Refused
from resynapse.oracles import regimens
from resynapse.services import verify, verify_numbers, verify_same
from resynapse.services.verify_seen import Seen, Size, Worst
from resynapse.views.verify import as_values, render

SMALL = Size(seed=5, regimens=3, effects=4)


def checks(*names: str) -> tuple[verify.Check, ...]:
    return tuple(c for c in verify.CHECKS if c.name in names)


def test_numbers_hold_and_are_said():
    found = list(verify.verified(SMALL, checks("levels", "effects", "mass", "ranges", "same bits")))
    assert all(c.made and c.holds for c in found)
    text = render(found, 100, False)
    assert text.endswith("Everything that was checked holds.\n")
    assert all(name in text for name in ("norketamine", "occupancy in [0, 1]", "a person alone", "holds"))
    values = json.loads(json.dumps(as_values(found, SMALL), allow_nan=False))
    assert values["holds"] is True
    assert values["checks"][0]["seen"][0]["worst"] <= 1e-9
    # the same again is the same text: times go elsewhere
    again = list(verify.verified(SMALL, checks("levels", "effects", "mass", "ranges", "same bits")))
    assert render(again, 100, False) == text


def test_a_number_that_is_off_is_found_by_levels(monkeypatch):
    usual = regimens.engine

    def off(case, numbers, times, names, refine=0):
        return usual(case, {**numbers, "CLint_S": numbers["CLint_S"] * (1 + 1e-6)}, times, names, refine)

    monkeypatch.setattr(regimens, "engine", off)
    (levels,) = verify.verified(SMALL, checks("levels"))
    assert not levels.holds
    assert "FAILED: levels." in render([levels], 100, False)
    assert as_values([levels], SMALL)["holds"] is False


def test_an_effect_that_is_off_is_found(monkeypatch):
    chain = regimens.LINKS.fix(tauF=67.2)
    monkeypatch.setattr(regimens, "LINKS", chain)
    (effects,) = verify.verified(SMALL, checks("effects"))
    assert not effects.holds


def test_drug_that_is_lost_is_found(monkeypatch):
    monkeypatch.setattr(verify_numbers, "BODY", verify_numbers.BODY[:-1])
    (mass,) = verify.verified(SMALL, checks("mass"))
    assert not mass.holds


def test_values_outside_their_range_are_found(monkeypatch):
    monkeypatch.setitem(verify_numbers.RANGES, "occupancy", (0.0, 0.5))
    (ranges,) = verify.verified(SMALL, checks("ranges"))
    assert not ranges.holds


def test_bits_that_go_by_others_are_found(monkeypatch):
    usual = verify_same.Crowd.told

    def told(self, who):
        return {name: value * (1 + len(who) * 1e-15) for name, value in usual(self, who).items()}

    monkeypatch.setattr(verify_same.Crowd, "told", told)
    assert not all(seen.holds for seen in verify_same.bits(SMALL))


def test_bytes_of_a_whole_answer_are_the_same_and_a_change_is_found(monkeypatch):
    assert verify_same._digests() == verify_same._digests(one=True, OPENBLAS_NUM_THREADS="5")
    monkeypatch.setattr(verify_same, "_digests", lambda one=False, **_: ("a", str(one)))
    assert not all(s.holds for s in verify_same.bytes_(SMALL))


def test_the_export_holds():
    found = list(verify.verified(SMALL, checks("SBML")))  # JAX and slopes: tests/test_slopes.py
    assert all(c.made and c.holds for c in found), render(found, 100, False)


def test_what_is_not_installed_is_said_loudly_and_does_not_fail():
    check = replace(checks("levels")[0], needs=("no_such_module",))
    (found,) = verify.verified(SMALL, (check,))
    text = render([found], 100, False)
    assert found.holds
    assert "NOT CHECKED: levels" in text
    assert 'pip install ".[verify]"' in text
    assert as_values([found], SMALL)["checks"][0]["checked"] is False


def test_a_check_that_stops_has_failed_and_the_next_are_made():
    def stop(_):
        raise ImportError("a library does not load\nmore lines")

    checks = replace(verify.CHECKS[3], run=stop), verify.CHECKS[3]
    found = list(verify.verified(Size(1, 1, 1), checks))
    assert [checked.holds for checked in found] == [False, True]
    assert "stopped: ImportError a library does not load" in render(found, 100, False)
    assert "FAILED: ranges." in render(found, 100, False)
    assert json.loads(json.dumps(as_values(found, Size(1, 1, 1)), allow_nan=False))["holds"] is False


def test_worst_of_nothing_a_number_is_the_largest():
    worst = Worst()
    worst.note("a", 1e-3)
    worst.note("a", float("nan"))
    assert worst.worst["a"] == float("inf")
    assert not Seen("a", 2, worst.worst["a"], 1.0).holds


@pytest.mark.parametrize(
    ("counts", "field"), [((1, 0, 5), "regimens"), ((1, 5, 10**9), "effects"), ((-1, 5, 5), "seed")]
)
def test_counts_that_are_none_are_refused(counts, field):
    with pytest.raises(Refused) as no:
        verify.size_of(*counts)
    assert f"--{field}" in str(no.value)
