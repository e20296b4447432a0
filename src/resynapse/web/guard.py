"""What the outside may do: own host and origin only, JSON only, small bodies in good time; strict headers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 64 * 1024  # a plan and a person are a few hundred characters
BODY_S = 10.0  # a whole body arrives in this time, or the request is let go
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


@dataclass(frozen=True)
class Turned(Exception):
    """A request that is turned away: status, cause, rule and a value that would pass."""

    status: int
    cause: str
    rule: str
    passes: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """The same shape as a refused input."""
        return {"refused": self.cause, "rule": self.rule, "passes": list(self.passes), "place": None}


class Guard:
    """ASGI middleware. hosts: names by which this server may be called, without ports."""

    def __init__(self, app: App, hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn away, or pass on with the headers of every answer set."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        send = _with_headers(send)
        try:
            head = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
            self._check(scope, head)
            if scope["method"] in WRITES:
                receive = _replay(await _body(receive, head))
        except Turned as no:
            await _answer(send, no)
            return
        await self.app(scope, receive, send)

    def _check(self, scope: Scope, head: dict[str, str]) -> None:
        host = head.get("host", "")
        if _name(host) not in self.hosts:
            raise Turned(421, f"{host[:80]!r} is not this server", "Call it by its own name.", self.hosts[:1])
        if scope["method"] not in WRITES:
            return
        origin = head.get("origin")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            raise Turned(403, f"{origin[:80]!r} is another site", "Only the pages of this server may write.",
                         (f"http://{host}",))  # fmt: skip
        kind = head.get("content-type", "").split(";")[0].strip().lower()
        if kind != "application/json" and scope["method"] != "DELETE":
            raise Turned(415, f"{kind[:80]!r} is no content type here", "A body is JSON.", ("application/json",))


def _name(host: str) -> str:
    """A host without its port, in lower case; the brackets of an IPv6 address stay."""
    host = host.lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


async def _body(receive: Receive, head: dict[str, str]) -> bytes:
    said = head.get("content-length", "0")
    if said.isascii() and said.isdecimal() and int(said[:12]) > MOST_BYTES:
        raise _too_large()
    try:
        return await asyncio.wait_for(_read(receive), BODY_S)
    except TimeoutError:
        raise Turned(408, f"the body took longer than {BODY_S:g} s", "Send it in one go.") from None


async def _read(receive: Receive) -> bytes:
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Turned(400, "the caller left", "Send the whole body.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise _too_large()
        more = message.get("more_body", False)
    return b"".join(parts)


def _too_large() -> Turned:
    return Turned(413, "the body is too large", f"A body has at most {MOST_BYTES} bytes.")


def _replay(body: bytes) -> Receive:
    """The body once more for the app; then silence until the caller leaves."""
    sent = False

    async def receive() -> MutableMapping[str, Any]:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError("never reached")

    return receive


def _with_headers(send: Send) -> Send:
    async def out(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await send(message)

    return out


async def _answer(send: Send, no: Turned) -> None:
    body = json.dumps(no.body(), ensure_ascii=False).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
            (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": no.status, "headers": head})
    await send({"type": "http.response.body", "body": body})
