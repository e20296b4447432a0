"""What is kept, and what goes first."""

from __future__ import annotations

import pytest

from resynapse.engine.last import Last


def test_what_was_made_is_not_made_again():
    kept, made = Last(), []

    def make(k):
        return lambda: made.append(k) or f"value {k}"

    assert [kept.of(k, make(k)) for k in (1, 2, 1)] == ["value 1", "value 2", "value 1"]
    assert made == [1, 2]


def test_the_one_asked_for_longest_ago_goes_first():
    kept, made = Last(2), []

    def ask(k):
        kept.of(k, lambda: made.append(k))

    for k in "abacabb":
        ask(k)
    # c pushes b out, since a was asked for later; then b is made anew and pushes c out, a and b stay
    assert made == ["a", "b", "c", "b"]


@pytest.mark.parametrize(("kept", "most"), [(Last(1), 1), (Last(3), 3), (Last(), 8)])
def test_so_many_are_kept_and_no_more(kept, most):
    made = []
    for k in [*range(most), *range(most), most, *range(1, most + 1), 0]:
        kept.of(k, lambda k=k: made.append(k))
    assert made == [*range(most + 1), 0]
