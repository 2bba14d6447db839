"""``Connection``: what a handler is given."""

import asyncio
import secrets
import time
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any, Generic, NamedTuple, NoReturn, Protocol

import msgspec
from starlette.requests import HTTPConnection
from typing_extensions import TypeVar, override

from holdfast.asgi.call import Call
from holdfast.asgi.codec import BadMessage, Decoder
from holdfast.asgi.depend import resolve_one
from holdfast.asgi.inbox import Inbox, InboxLimits
from holdfast.asgi.reach import sendable
from holdfast.asgi.render import PLAIN, Plain, filtered
from holdfast.backplane.encoding import encode
from holdfast.backplane.port import Data, Position, check_name
from holdfast.errors import REASON_LIMIT, CloseCode, ConfigurationError, Disconnected, NotAccepted
from holdfast.hub.channel import Connection as HubConnection
from holdfast.hub.hub import Replay
from holdfast.hub.overflow import POLICIES, Overflow

T = TypeVar("T", default=str)
Headers = Mapping[str, str] | Iterable[tuple[str, str]]

BAD_MESSAGES = 5  # in a row; the last of them closes the connection


class Closed(NamedTuple):
    """How a connection ended: the close code (RFC 6455 section 7.4) and the reason."""

    code: int
    reason: str = ""


class Settings(msgspec.Struct, frozen=True):
    """What a registration decides for its connections."""

    decoder: Decoder[Any]
    rendering: Plain = PLAIN
    inbox: InboxLimits = InboxLimits()
    listens: bool = False
    """Whether ``hf.broadcast`` reaches it: handlers yes; streams carry only their channel."""


class Kept(Protocol):
    """A handshake in less memory."""

    def websocket(self, send: Callable[[Any], Any]) -> HTTPConnection[Any]:
        """The handshake, of a connection to which ``send`` sends."""


class Owner(Protocol):
    """Who moves a connection through its life."""

    async def accept(self, subprotocol: str | None, headers: Headers) -> None:
        """Accept the handshake, and begin to read."""

    async def write(self, data: Data) -> None:
        """Write one message of the connection's own, after the news that came before it."""

    async def close(self, closed: Closed) -> None:
        """Close it after what was written; returns when that is done."""

    def end(self, closed: Closed) -> None:
        """The same, from where nobody can wait."""

    async def join(
        self, channel: str, rendering: Plain, overflow: Overflow | None, since: Replay | None
    ) -> bool:
        """Subscribe it to a channel."""

    def missed(self, publications: int, told: Callable[[], Any] | None) -> None:
        """Count publications that a policy skipped, and call ``told`` outside the flush."""

    async def leave(self, channel: str) -> None:
        """Unsubscribe it, after what the channel brought."""


class Connection(HubConnection, Generic[T]):
    """One client of a handler, from accept to the last clean-up.

    ``T`` is what arrives: ``str`` (the default), ``bytes``, or a type that JSON is read into.

    >>> @hf.websocket("/ws/{name}")
    ... async def handler(conn: Connection[str], name: str) -> None: ...
    """

    __slots__ = (
        "_errors",
        "_on_gap",
        "_state",
        "accepted",
        "address",
        "callbacks",
        "closed",
        "handshake",
        "inbox",
        "owner",
        "settings",
        "since",
        "subprotocol",
    )

    owner: Owner

    def __init__(self, http: HTTPConnection[Any], settings: Settings) -> None:
        super().__init__(secrets.token_hex(8))
        self.handshake: HTTPConnection[Any] | Kept = http
        self.address = ""
        """The client's address, behind ``trusted_proxies`` too; empty where nobody knows it."""
        self.since = time.monotonic()
        """When its handshake came, on the clock of ``time.monotonic()``."""
        self._state: dict[str, Any] | None = None
        self.closed: Closed | None = None
        """None while the connection is open; then how it ended."""
        self.subprotocol: str | None = None
        """The WebSocket subprotocol to accept with."""
        self.accepted = False
        self.inbox = Inbox(settings.inbox)
        self.settings = settings
        self.callbacks: Sequence[Callable[[Connection[Any], Closed], Any]] = ()
        """Those of ``on_disconnect``."""
        self._on_gap: Callable[[str, int], Any] | None = None
        self._errors = 0

    @property
    def http(self) -> HTTPConnection[Any]:
        """The handshake: headers, cookies, query and path parameters, client, app."""
        kept = self.handshake  # of an adopted connection it is made again each time
        return kept if isinstance(kept, HTTPConnection) else kept.websocket(self._asgi_send)

    @property
    def state(self) -> dict[str, Any]:
        """Yours, for the life of the connection."""
        if self._state is None:
            self._state = {}
        return self._state

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> NoReturn:
        """FastAPI asks for this where it would take a Connection for a query parameter."""
        raise ConfigurationError(
            "Connection is filled in only in handlers of @hf.websocket: decorate this function "
            "with @hf.websocket instead of @app.websocket, or, in a dependency, annotate the "
            "parameter with CurrentConnection"
        )

    # -- life ----------------------------------------------------------------------------------

    def accept(
        self,
        subprotocol: str | None = None,
        headers: Headers = (),
    ) -> Coroutine[Any, Any, None]:
        """Accept the handshake. Only for handlers registered with ``accept=False``.

        Returns when the server has taken it; raises ``Disconnected`` if the client is gone.
        """
        return Call("conn.accept(...)", self.owner.accept(subprotocol, headers))

    def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> Coroutine[Any, Any, None]:
        """Close after everything published and sent so far; returns when that is done.

        ``code`` is 1000 or 3000-4999 (RFC 6455 section 7.4.2), ``reason`` at most 123 bytes; else
        ``ValueError``. Closing twice is nothing; before ``accept`` it raises ``NotAccepted``.
        """
        check_close(code, reason)
        return Call("conn.close(...)", self._close(Closed(code, reason)))

    async def _close(self, closed: Closed) -> None:
        if self.closed is None:
            self.must_be_open()
        await self.owner.close(closed)

    def on_disconnect(self, callback: Callable[["Connection[Any]", Closed], Any]) -> None:
        """Call ``callback(conn, closed)`` once, when the connection has ended and its handler
        too; it may be a coroutine function, and has ``cleanup_timeout`` seconds."""
        self.callbacks = (*self.callbacks, callback)

    def on_gap(self, callback: Callable[[str, int], Any]) -> None:
        """Call ``callback(channel, missed)`` whenever an overflow policy skipped publications."""
        self._on_gap = callback

    def scope(self, dependency: Callable[..., Any]) -> AbstractAsyncContextManager[Any]:
        """Resolve a FastAPI dependency for the length of a block.

        >>> async with conn.scope(get_db) as db:
        ...     await db.save(message)
        """
        return resolve_one(self.http, dependency)

    # -- messages ------------------------------------------------------------------------------

    def send(self, data: Any) -> Coroutine[Any, Any, None]:
        """Send to this client: ``str`` as text, ``bytes`` as binary, anything else as JSON.

        Waits while the client takes nothing; returns when the server has the message. Raises
        ``Disconnected`` once the client is gone, ``TypeError`` for what JSON cannot say.
        """
        return Call("conn.send(...)", self.owner.write(encode(data)))

    async def receive(self, timeout: float | None = None) -> T:
        """The next message. Raises ``Disconnected`` when the client is gone, ``TimeoutError``
        after ``timeout`` seconds.

        A message that is not a ``T`` is answered with an error and skipped; the fifth in a row
        closes the connection.
        """
        async with asyncio.timeout(timeout):
            frame, value = await self._next()
        if frame is None:
            closed = self.closed or Closed(CloseCode.ABNORMAL)
            raise Disconnected(*closed)
        return value

    def __aiter__(self) -> AsyncIterator[T]:
        """Messages until the client is gone; never raises for that."""
        return self

    async def __anext__(self) -> T:
        """The next message; ends the loop when the client is gone."""
        frame, value = await self._next()
        if frame is None:
            raise StopAsyncIteration
        return value

    async def _next(self) -> tuple[Any, T]:
        if not self.accepted:
            self.must_be_open()
        while (frame := await self.inbox.take()) is not None:
            try:
                value = self.settings.decoder(frame)
            except BadMessage as error:
                await self._answer(error)
            else:
                self._errors = 0
                return frame, value
        return None, None  # type: ignore[return-value]

    async def _answer(self, error: BadMessage) -> None:
        """Bad input is answered, and the connection kept, until it is the fifth in a row."""
        self._errors += 1
        try:
            await self.send({"holdfast": "error", "code": error.code, "message": str(error)})
            if self._errors >= BAD_MESSAGES:
                await self.close(CloseCode.TOO_MANY_ERRORS, f"{BAD_MESSAGES} bad messages in a row")
        except Disconnected:
            pass  # the loop above sees the end of the inbox

    # -- channels ------------------------------------------------------------------------------

    def join(
        self,
        channel: str,
        *,
        since: Replay | None = None,
        where: Mapping[str, str | Iterable[str]] | None = None,
        overflow: Overflow | None = None,
    ) -> Coroutine[Any, Any, bool]:
        """Subscribe this connection to a channel; returns when publications will arrive.

        ``since`` first replays what the channel still keeps: after a ``Position``, the last ``n``
        publications, or ``"all"``. The answer is False if it could not be complete. ``where``
        keeps publications with these tags only. ``overflow`` overrides the channel's policy.
        Joining twice is nothing. Raises ``LimitReached`` beyond ``Limits.channels``.

        >>> await conn.join("lobby", since=50)
        """
        return Call(f"conn.join({channel!r})", self._join(channel, since, filters(where), overflow))

    async def _join(
        self,
        channel: str,
        since: Replay | None,
        where: Mapping[str, Any] | None,
        overflow: Overflow | None,
    ) -> bool:
        check_join(check_name(channel), overflow, since)
        self.must_be_open()
        rendering = filtered(self.settings.rendering, where)
        return await self.owner.join(channel, rendering, overflow, since)

    async def leave(self, channel: str) -> None:
        """Unsubscribe, after what the channel already brought. Leaving twice is nothing."""
        await self.owner.leave(channel)

    async def _asgi_send(self, message: Any) -> None:
        """ASGI's ``send`` for whoever has the handshake's ``WebSocket``."""
        if message["type"] == "websocket.close":
            self.owner.end(Closed(*sendable(message.get("code"), message.get("reason"))))
            return
        text = message.get("text")
        await self.owner.write(message.get("bytes") or b"" if text is None else text)

    # -- what the hub tells --------------------------------------------------------------------

    @override
    def gap(self, channel: str, missed: int) -> None:
        told = self._on_gap
        self.owner.missed(missed, told and partial(told, channel, missed))

    @override
    def lapsed(self, code: int, reason: str) -> None:
        self.owner.end(Closed(code, reason))

    # -- inside --------------------------------------------------------------------------------

    def must_be_open(self) -> None:
        """Raise ``Disconnected`` once it is closed, ``NotAccepted`` before it is accepted."""
        if self.closed is not None:
            raise Disconnected(*self.closed)
        if not self.accepted:
            raise NotAccepted(
                "the connection is not accepted yet: `await conn.accept()` first "
                "(the handler was registered with accept=False)"
            )


def filters(where: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The tag filter itself, or a ``TypeError`` that says what one is."""
    if where is not None and not all(isinstance(key, str) for key in where):
        raise TypeError("where= maps tag names to a value or several values, all of them str")
    return where


def check_join(channel: str, overflow: Overflow | None, since: Replay | None) -> None:
    """Raise ``ConfigurationError`` for what cannot be joined like that."""
    what = f"join({channel!r})"
    if overflow is not None and overflow not in POLICIES:
        policies = ", ".join(POLICIES)
        raise ConfigurationError(f"{what}: overflow={overflow!r} is none of {policies}")
    fits = since is None or since == "all" or isinstance(since, Position)
    if not fits and not (isinstance(since, int) and since >= 0):
        raise ConfigurationError(f"{what}: since={since!r} is no Position, number >= 0 or 'all'")


def check_close(code: int, reason: str) -> None:
    """Raise ``ValueError`` for what must not stand in a close frame."""
    if code != CloseCode.NORMAL and not 3000 <= code <= 4999:
        raise ValueError(
            f"{code} is no close code for an application: use 1000, or 3000 to 4999 "
            "(RFC 6455 section 7.4.2)"
        )
    if len(reason.encode()) > REASON_LIMIT:
        raise ValueError(f"a close reason holds at most {REASON_LIMIT} bytes")


Handler = Callable[..., Coroutine[Any, Any, None]]
