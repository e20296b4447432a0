"""Work on threads: results in order, the context of who asks, and no thread that waits for its own kind."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar

import pytest

from resynapse.engine import threads

ASKER: ContextVar[str] = ContextVar("asker", default="nobody")


def here() -> str:
    return threading.current_thread().name


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    """Whatever machine this is."""
    monkeypatch.setattr(threads, "MOST", 2)
    threads._pool.cache_clear()
    yield
    threads._pool.cache_clear()


def test_results_come_in_the_order_of_the_pieces():
    def work(i: int) -> tuple[int, str]:
        time.sleep(0.002 * (5 - i))
        return i * i, here()

    results = threads.in_threads(work, iter(range(6)))
    assert [square for square, _ in results] == [0, 1, 4, 9, 16, 25]
    assert all(name.startswith(threads.NAME) for _, name in results)


def test_one_piece_and_none_need_no_thread():
    assert threads.in_threads(lambda _: here(), [7]) == [here()]
    assert threads.in_threads(lambda _: here(), []) == []


def test_on_one_core_all_is_done_where_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(threads, "MOST", 1)
    assert threads.in_threads(lambda _: here(), range(3)) == [here()] * 3
    assert threads.beside(here, 10 * threads.WORTH)() == here()


def test_a_thread_knows_who_asked():
    ASKER.set("me")
    assert threads.in_threads(lambda _: ASKER.get(), range(3)) == ["me"] * 3
    assert threads.beside(ASKER.get, threads.WORTH)() == "me"


def test_work_inside_a_thread_waits_for_no_other():
    """More pieces than threads, each asking for pieces: if they went to the pool all would wait for ever."""

    def outer(_: int) -> list[str]:
        return [*threads.in_threads(lambda _: here(), range(2)), threads.beside(here, threads.WORTH)(), here()]

    for names in threads.in_threads(outer, range(4)):
        assert len(set(names)) == 1


def test_few_people_are_not_worth_a_thread():
    assert threads.beside(here, threads.WORTH - 1)() == here()
    assert threads.beside(here, threads.WORTH)().startswith(threads.NAME)


def test_work_beside_has_begun_before_it_is_waited_for():
    begun = threading.Event()
    wait = threads.beside(begun.set, threads.WORTH)
    assert begun.wait(5)
    assert wait() is None
