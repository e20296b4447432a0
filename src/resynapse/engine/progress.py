"""How far a run is. Whoever started it may listen, and may stop it by raising; otherwise nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[int, int], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("progress", default=None)


def tell(done: int, of: int) -> None:
    """Say that `done` draws of `of` of one plan are finished. What the listener raises ends the run."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(done, of)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear of every finished block of draws within the block, in this thread and its copies of context."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)
