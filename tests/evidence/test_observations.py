"""Figures of trials: every one graded, sourced, classed, and simulated as an arm that is there."""

from dataclasses import replace

import pytest

from resynapse.evidence.observations import CLASSES, arms, efficacy, faults, safety, sources


def test_nothing_is_missing():
    assert list(faults([*efficacy(), *safety()])) == []


def test_every_arm_of_a_row_is_there_and_every_class_of_expectancy_is_a_number():
    from resynapse.evidence import load

    for r in efficacy():
        for arm in (*r.arm.split("+"), *([r.against] if r.against else [])):
            assert {*arms()[r.trial, arm].fast, arms()[r.trial, arm].slow} <= set(load())
    assert {r.class_ for r in efficacy()} == set(CLASSES)


def test_roles_and_counts_are_those_of_the_notes():
    """119 rows of the fit, 39 of context; gaps between fitted levels are ours and say so."""
    told = [r for r in efficacy() if not r.id.startswith("g")]
    assert [sum(r.role == role for r in told) for role in ("fitted", "context")] == [119, 39]
    assert all(r.status in ("derived", "unverified") for r in efficacy() if r.id.startswith("g"))


def test_intervals_are_published_or_derived_never_made_up():
    for r in (*efficacy(), *safety()):
        assert (r.se is None) == (not r.se_rule)
        if r.lo95 is not None and r.hi95 is not None:
            assert r.lo95 <= r.value <= r.hi95


def test_faults_are_seen():
    row, known = efficacy()[0], next(iter(sources()))
    bad = [replace(row, status="sure"), replace(row, source=("nowhere",)), replace(row, value=float("nan")),
           replace(row, se=1.0, se_rule=""), replace(row, source=())]  # fmt: skip
    assert len(list(faults(bad))) == 5
    assert list(faults([replace(row, source=(known,))])) == []


@pytest.mark.parametrize("row", [r for r in safety() if r.spec], ids=lambda r: r.id)
def test_regimens_of_sessions_can_be_read(row):
    from resynapse.services.validate_safety import course
    from resynapse.therapy.course import Course

    assert Course.parse(course(dict(part.split("=", 1) for part in row.spec.split(";")))).sessions
