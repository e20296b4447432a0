"""Who listens hears, within the block and in nobody else's context."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from resynapse.engine import progress


def test_a_listener_hears_within_its_block_alone():
    heard = []
    progress.tell(0, 9)
    with progress.listening(lambda *said: heard.append(said)):
        progress.tell(1, 9)
        copy_context().run(progress.tell, 2, 9)
    progress.tell(3, 9)
    assert heard == [(1, 9), (2, 9)]


def test_the_inner_listener_takes_over_and_gives_back():
    outer, inner = [], []
    with progress.listening(lambda *said: outer.append(said)):
        with progress.listening(lambda *said: inner.append(said)):
            progress.tell(1, 2)
        progress.tell(2, 2)
    assert (outer, inner) == ([(2, 2)], [(1, 2)])


def test_what_a_listener_raises_ends_the_run_and_the_listening():
    def stop(done: int, of: int) -> None:
        raise InterruptedError(f"{done} of {of}")

    with pytest.raises(InterruptedError, match="4 of 5"), progress.listening(stop):
        progress.tell(4, 5)
    progress.tell(5, 5)
