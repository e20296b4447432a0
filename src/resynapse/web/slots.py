"""At most two computations at once; the others wait in line, and leave it when their caller leaves."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import anyio
from anyio import CapacityLimiter
from fastapi import Request, Response

from ..engine import progress
from .guard import Turned

T = TypeVar("T")
AT_ONCE = 2
LOOK_S = 0.2
WAIT_S = 30.0  # in line, before the caller is told to come back


class Left(Exception):
    """The caller left; what was computed for it is let go at the next block of draws."""


class Slots:
    """A fair line, shared by every event loop of the process."""

    def __init__(self, free: int = AT_ONCE, wait_s: float = WAIT_S) -> None:
        self.free, self.wait_s = free, wait_s
        self._line: deque[Future[None]] = deque()
        self._lock = threading.Lock()

    async def take(self) -> None:
        """A slot of one's own; turned away with 503 if the wait is too long."""
        with self._lock:
            if self.free:
                self.free -= 1
                return
            turn: Future[None] = Future()
            self._line.append(turn)
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(turn)), self.wait_s)
        except BaseException as no:
            if not turn.cancel():  # it was given just now
                self.give()
            if isinstance(no, TimeoutError):
                raise busy(f"other computations have taken {self.wait_s:g} s", self.wait_s) from None
            raise

    def give(self) -> None:
        """The slot to the next in line."""
        with self._lock:
            while self._line:
                turn = self._line.popleft()
                if turn.set_running_or_notify_cancel():
                    turn.set_result(None)
                    return
            self.free += 1


class Busy(Turned):
    """Try again in some seconds."""


def busy(cause: str, seconds: float) -> Busy:
    """503, with the seconds after which to try again."""
    return Busy(503, cause, f"Two computations run at once. Try again in {seconds:.0f} s.", (f"{seconds:.0f}",))


async def computed(request: Request, work: Callable[[], T]) -> T:
    """work() in a thread of its own, when there is a slot; stopped at the next block if the caller leaves.

    Turned away with 503 if the wait is too long, or if the server stops meanwhile.
    """
    slots: Slots = request.app.state.slots
    gone = threading.Event()

    def run() -> T:
        def heard(_: int, __: int) -> None:
            if gone.is_set():
                raise Left

        with progress.listening(heard):
            heard(0, 0)
            return work()

    watch = asyncio.create_task(_watch(request, gone))
    try:
        waits = asyncio.ensure_future(slots.take())
        if not await _first(waits, watch):
            waits.cancel()
            with suppress(asyncio.CancelledError):
                await waits
            raise _why(request)
        try:
            works = asyncio.ensure_future(anyio.to_thread.run_sync(run, limiter=CapacityLimiter(1)))
            if not await _first(works, watch) and request.app.state.runs.closing:
                works.add_done_callback(lambda t: t.cancelled() or t.exception())  # nobody waits for it any more
                raise _why(request)
            return await works
        finally:
            slots.give()
    finally:
        gone.set()
        watch.cancel()


async def after(request: Request, under_way: Callable[[], bool], work: Callable[[], T]) -> T:
    """work(), once nobody else is at it: who waits for another's result holds no slot meanwhile."""
    while under_way() and not request.app.state.runs.closing and not await request.is_disconnected():
        await asyncio.sleep(LOOK_S)
    return await computed(request, work)


async def _first(task: asyncio.Future[Any], watch: asyncio.Task[None]) -> bool:
    """Whether the task is done before the caller leaves or the server stops; cancelled with its asker."""
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if task.done():
        task.result()
    return task.done()


async def _watch(request: Request, gone: threading.Event) -> None:
    """Until the caller leaves or the server stops."""
    hears = asyncio.ensure_future(request.receive())
    try:
        while not request.app.state.runs.closing:
            await asyncio.wait({hears}, timeout=LOOK_S)
            if hears.done():
                if hears.result()["type"] == "http.disconnect":
                    break
                hears = asyncio.ensure_future(request.receive())
        gone.set()
    finally:
        hears.cancel()


def _why(request: Request) -> Exception:
    return Turned(503, "the server stops", "Start it again.") if request.app.state.runs.closing else Left()


async def left(_: Request, __: Exception) -> Response:
    """The answer nobody reads."""
    return Response(status_code=499)


__all__ = ["Busy", "Left", "Slots", "after", "busy", "computed", "left"]
