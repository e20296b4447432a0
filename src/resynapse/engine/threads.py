"""Fixed pieces of work on a few threads: NumPy lets go of the interpreter, and no bit depends on how many there are."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import TypeVar

T = TypeVar("T")
MOST = min(4, os.cpu_count() or 1)
WORTH = 100
NAME = "resynapse-work"


def in_threads(work: Callable[[int], T], pieces: Iterable[int]) -> list[T]:
    """The results in the order of the pieces; one piece, or one core, needs no thread."""
    todo = list(pieces)
    if len(todo) == 1 or _alone():
        return [work(i) for i in todo]
    contexts = [copy_context() for _ in todo]  # of who asks: a thread of the pool has none of its own
    return list(_pool().map(lambda context, i: context.run(work, i), contexts, todo))


def beside(work: Callable[[], T], people: int) -> Callable[[], T]:
    """Starts work for some people in a thread; what is returned waits for its result. Few people are not worth it."""
    return work if people < WORTH or _alone() else _pool().submit(copy_context().run, work).result


def _alone() -> bool:
    """Whether work is done where it is asked for: on one core, and inside a thread of ours, which none may wait for."""
    return MOST == 1 or threading.current_thread().name.startswith(NAME)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST, NAME)
