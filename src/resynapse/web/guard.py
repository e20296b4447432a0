"""What the outside may do: own host and origin only, JSON only, small bodies in good time; strict headers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from . import strict
from .strict import shown

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 64 * 1024  # a plan and a person are a few hundred characters
MOST_ADDRESS = 16_000  # an address of Explore holds two plans and a person
BODY_S = 10.0  # a whole body arrives in this time, or the request is let go
DRAINED_BYTES, DRAIN_S = 1024 * 1024, 1.0  # of a refused body, so that the caller can hear why
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ONCE = ("host", "origin", "content-type", "content-length", "sec-fetch-site", "sec-fetch-mode")
OWN_SITE = ("same-origin", "none")
API = "/api/"
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


@dataclass
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
        out = _Out(send, scope["path"].startswith(API))
        body = _Body(receive)
        try:
            self._check(scope)
            if scope["method"] in WRITES:
                receive = await body.whole(_header(scope, "content-length"), _carries(scope))
        except Turned as no:
            await body.drain()
            await _answer(out, no)
            return
        try:
            await self.app(scope, receive, out)
        except Exception:  # a fault of ours: said as one, and raised for the log
            if not out.started:
                await _answer(out, Turned(500, "a fault in the program", "Nothing was computed. The log says where."))
            raise

    def _check(self, scope: Scope) -> None:
        for name in ONCE:
            if sum(k.lower() == name.encode() for k, _ in scope["headers"]) > 1:
                raise Turned(400, f"{name} is said twice", "Each header once.")
        host = _header(scope, "host")
        if _name(host) not in self.hosts:
            raise Turned(421, f"{shown(host)} is not this server", "Call it by its own name.", self.hosts[:1])
        length = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
        if length > MOST_ADDRESS:
            raise Turned(414, f"an address of {length} characters", f"An address has at most {MOST_ADDRESS}.")
        self._check_site(scope, host)
        if scope["method"] in WRITES and _carries(scope):
            _check_kind(_header(scope, "content-type"))

    def _check_site(self, scope: Scope, host: str) -> None:
        """Only the pages of this server write, or have it compute; a link from elsewhere may lead here."""
        origin, site = _header(scope, "origin"), _header(scope, "sec-fetch-site")
        writes, asks = scope["method"] in WRITES, scope["path"].startswith(API)
        own = (f"http://{host}".lower(), f"https://{host}".lower())
        if (writes or asks) and origin and origin.lower() not in own:
            raise Turned(403, f"{shown(origin)} is another site", "Only the pages of this server may do this.", own[:1])
        led = not writes and _header(scope, "sec-fetch-mode") == "navigate"
        if (writes or asks) and site and site not in OWN_SITE and not led:
            raise Turned(403, f"{shown(site)} is another site", "Only the pages of this server may do this.", own[:1])


def _header(scope: Scope, name: str) -> str:
    wanted = name.encode()
    return next((v.decode("latin-1").strip() for k, v in scope["headers"] if k.lower() == wanted), "")


def _carries(scope: Scope) -> bool:
    """Whether a body is said to come; without one the app answers, which knows what the address takes."""
    says = ("transfer-encoding",) if scope["method"] == "DELETE" else ("transfer-encoding", "content-type")
    return _header(scope, "content-length") not in ("", "0") or any(_header(scope, h) for h in says)


def _name(host: str) -> str:
    """A host without its port, in lower case; the brackets of an IPv6 address stay."""
    host = host.lower()
    name, _, port = host.rpartition(":") if host.rpartition(":")[2].isdecimal() else (host, "", "")
    return name if port else host


def _check_kind(said: str) -> None:
    kind, *more = (part.strip().lower() for part in said.split(";"))
    charset = [p.partition("=")[2].strip('" ') for p in more if p.startswith("charset")]
    if kind != "application/json" or charset not in ([], ["utf-8"], ["utf8"]):
        raise Turned(415, f"{shown(said)} is no content type here", "A body is JSON in UTF-8.", ("application/json",))


class _Body:
    """A request's body, read once, whole, in time, and strictly as JSON."""

    def __init__(self, receive: Receive) -> None:
        self.receive, self.over = receive, False

    async def whole(self, said: str, json_: bool) -> Receive:
        """The body once more for the app, after it has been checked."""
        if said.isascii() and said.isdecimal() and (len(said) > 12 or int(said) > MOST_BYTES):
            raise _too_large()
        try:
            raw = await asyncio.wait_for(self._read(), BODY_S)
        except TimeoutError:
            self.over = True
            raise Turned(408, f"the body took longer than {BODY_S:g} s", "Send it in one go.") from None
        if json_:
            try:
                strict.check(raw)
            except strict.NotJson as no:
                raise Turned(400, str(no), "A body is one JSON object, in UTF-8, each name once.", ("{}",)) from None
        return _replay(raw, self.receive)

    async def _read(self) -> bytes:
        parts, size = [], 0
        while not self.over:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                self.over = True
                raise Turned(400, "the caller left", "Send the whole body.")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            self.over = not message.get("more_body", False)
            if size > MOST_BYTES:
                raise _too_large()
        return b"".join(parts)

    async def drain(self) -> None:
        """Let a refused body arrive, within bounds, or the caller would see a broken line and no reason."""

        async def read() -> None:
            left = DRAINED_BYTES
            while not self.over and left > 0:
                message = await self.receive()
                left -= len(message.get("body", b""))
                self.over = not message.get("more_body", False)

        if not self.over:
            with suppress(TimeoutError):
                await asyncio.wait_for(read(), DRAIN_S)


def _too_large() -> Turned:
    return Turned(413, "the body is too large", f"A body has at most {MOST_BYTES} bytes.")


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body once more for the app; then what the caller does: it leaves, in the end."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


class _Out:
    """Sends, with the headers of every answer; knows whether an answer has begun."""

    def __init__(self, send: Send, fresh: bool) -> None:
        self.send, self.fresh, self.started = send, fresh, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = [*message.get("headers", ()), *HEADERS]
            if self.fresh and not _has(headers, b"cache-control"):
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        await self.send(message)


def _has(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> bool:
    return any(k.lower() == name for k, _ in headers)


async def _answer(send: Send, no: Turned) -> None:
    body = json.dumps(no.body(), ensure_ascii=False).encode("utf-8", "replace")
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
            (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": no.status, "headers": head})
    await send({"type": "http.response.body", "body": body})
