"""Fixed pieces of work on a few threads: NumPy lets go of the interpreter, and no bit depends on how many there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import TypeVar

T = TypeVar("T")
MOST = min(4, os.cpu_count() or 1)


def in_threads(work: Callable[[int], T], pieces: Iterable[int]) -> list[T]:
    """The results in the order of the pieces; one piece, or one core, needs no thread."""
    todo = list(pieces)
    if len(todo) == 1 or MOST == 1:
        return [work(i) for i in todo]
    contexts = [copy_context() for _ in todo]  # of who asks: a thread of the pool has none of its own
    return list(_pool().map(lambda context, i: context.run(work, i), contexts, todo))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST, "draws")
