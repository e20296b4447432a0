"""HTTP/1.1 with a deadline for the head of a request: a line that says nothing, or drips, is closed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0  # for the whole head of a request, from the first byte or from the start of the line


class Deadline(H11Protocol):
    """As uvicorn's own, which waits for ever for a head that never ends."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A line is opened: a head must follow."""
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Bytes of a head, or of a body; the guard times bodies."""
        if self._between():
            self._arm()
        super().data_received(data)
        if not self._between():
            self._disarm()

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is closed."""
        self._disarm()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """An answer is out: what the caller has already sent of a next head is timed as well."""
        super().on_response_complete()
        if self.conn.trailing_data[0] and self._between():
            self._arm()

    def _between(self) -> bool:
        """No request is under way on this line."""
        return self.cycle is None or self.cycle.response_complete

    def _arm(self) -> None:
        if self.deadline is None:
            self.deadline = self.loop.call_later(HEAD_S, self._close)

    def _disarm(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _close(self) -> None:
        self.deadline = None
        if self._between() and not self.transport.is_closing():
            self.transport.close()
