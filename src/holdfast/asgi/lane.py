"""The life of a connection on the server's own link, which may need no task while it is idle.

``holdfast.server`` puts its link into the scope's extensions; nothing else is known of it here.
A handler that only reacts (an ``Endpoint``, a stream, a channel endpoint) is adopted: its ASGI call
returns, and the connection lives on in the link and the hub. What arrives then is handled in tasks,
one after another, in the context that the call had.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any, Protocol
from weakref import WeakSet

from starlette.websockets import WebSocket
from typing_extensions import override

from holdfast.asgi.admission import Pass
from holdfast.asgi.connection import Closed, Connection, Headers
from holdfast.asgi.entrance import pass_of
from holdfast.asgi.handshake import Handshake
from holdfast.asgi.inbox import Frame
from holdfast.asgi.intake import Intake, overrun
from holdfast.asgi.life import Life, OwnLink
from holdfast.asgi.middleware import in_the_way
from holdfast.asgi.reach import hidden, unwrap
from holdfast.asgi.render import Framer, frame_of
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.websocket import WebSocketLife
from holdfast.sockets.watch import Watch

LINK = "holdfast.link"  # the extension of the scope that carries it

log = logging.getLogger("holdfast")


class ServerLink(OwnLink, Protocol):
    """The link of a server of ours, beyond what any link does."""

    framer: Framer
    ending: Any
    """An end that waits for the messages before it to be handled; None while there is none."""

    def attach(self, receiver: "LaneLife", watch: Watch, max_size: int | None) -> None:
        """Give messages, of at most so many bytes, and the end to ``receiver`` from now on."""

    def resume(self) -> None:
        """Read on: the receiver has room."""

    def settle(self) -> None:
        """Everything before ``ending`` was handled."""

    def adopt(self) -> None:
        """The ASGI call returns, and the connection stays, until ``release``."""

    def release(self) -> None:
        """Nothing is left of it."""

    def spawn(self, coroutine: Coroutine[Any, Any, None], context: Context) -> "asyncio.Task[None]":
        """Run a task that the server waits for when it stops."""


def life_for(
    runtime: Runtime, conn: Connection[Any], websocket: WebSocket, reads: bool, adopts: bool
) -> WebSocketLife:
    """The life for a handshake. ``adopts``: its handler may be adopted, if it only reacts.

    Else a middleware that stands in a message's way is not passed by.
    """
    link = (websocket.scope.get("extensions") or {}).get(LINK)
    if link is None or (not adopts and hidden(unwrap(websocket._send))):
        return WebSocketLife(runtime, conn, websocket, reads)
    return LaneLife(runtime, conn, websocket, reads, link, adopts)


class LaneLife(WebSocketLife):
    """Is called by the link, instead of a task that reads from it."""

    __slots__ = ("_adopts", "_context", "_late", "_on_end", "_parked", "_pass", "_react", "_server")

    link: ServerLink

    def __init__(
        self,
        runtime: Runtime,
        conn: Connection[Any],
        websocket: WebSocket,
        reads: bool,
        link: ServerLink,
        adopts: bool,
    ) -> None:
        super().__init__(runtime, conn, websocket, reads)
        self._server = link
        self._adopts = adopts
        self._react: Callable[[Any], Awaitable[None]] | None = None
        self._on_end: Callable[[Connection[Any]], None] | None = None
        self._context: Context | None = None  # with its adoption
        self._pass: Pass | None = None
        self._parked = False  # adopted, and no task is about it
        self._late: asyncio.TimerHandle | None = None

    @override
    async def open(self, subprotocol: str | None, headers: Headers) -> ServerLink:
        await self._accept(subprotocol, headers)
        return self._server

    @override
    def _listen(self) -> None:
        if self._reads and self.runtime.limits.first_message is not None:
            self._intake = Intake(self.runtime.limits)
            self._intake.expect(self.end)
        self.link.attach(self, self.runtime.watch, self.runtime.limits.message_bytes)

    @override
    def push(self, message: Any) -> None:
        self.link.push(frame_of(message, self.link.framer))

    @override
    async def _reading_stopped(self) -> None:
        """Nobody reads but the link, which sees to that itself."""

    @override
    def _drop(self) -> None:
        """What waits to be sent is the link's, too."""

    # -- what the link calls -------------------------------------------------------------------

    def frame(self, data: Frame) -> bool:
        """A message has arrived; False if no more should, until some were handled."""
        conn = self.conn
        if conn.closed is not None:
            return True
        if self._intake is None:
            self._intake = Intake(self.runtime.limits)
        closed = self._intake.check(data)
        if closed is not None:
            self.end(closed)
            return True
        if self.began and not self._reads:  # before it begins, a token may come
            return True
        conn.inbox.put(data)
        if self._parked:
            self._wake()
        if not conn.inbox.full:
            return True
        self._fill()
        return False

    def lost(self, code: int, reason: str) -> None:
        """The client is gone."""
        self.gone(Closed(code, reason))

    def stop(self, code: int, reason: str) -> None:
        """The server stops."""
        self.end(Closed(code, reason))

    def finish(self) -> bool:
        """Whether every message so far was handled; else ``settle`` is called when they were."""
        inbox = self.conn.inbox
        if inbox.idle or not self._reads:
            return True
        inbox.on_idle = self.link.settle
        return False

    def _fill(self) -> None:
        """The inbox is full: its handler has so long to take something."""
        if self._late is None:
            seconds = self.deadlines.inbox_timeout
            closed = overrun(seconds)
            loop = asyncio.get_running_loop()
            self._late = loop.call_later(seconds, self.end, closed)
            self.conn.inbox.on_taken = self._taken

    def _taken(self) -> None:
        if not self.conn.inbox.full:
            self._forget_late()
            self.link.resume()

    def _forget_late(self) -> None:
        self.conn.inbox.on_taken = None
        if self._late is not None:
            self._late.cancel()
            self._late = None

    # -- adoption ------------------------------------------------------------------------------

    @override
    async def stay(
        self,
        react: Callable[[Any], Awaitable[None]] | None,
        on_end: Callable[[Connection[Any]], None] | None = None,
    ) -> None:
        if not self._adopts:
            await super().stay(react, on_end)
        else:
            self._react = react or _ignore
            self._on_end = on_end

    @override
    def _parks(self) -> bool:
        if self._react is None or self.conn.closed is not None:
            return False
        if self._context is None:
            self._adopt()
        self._task = None
        self._offspring = None if self._offspring and self._offspring.barren else self._offspring
        self._parked = True
        if not self.conn.inbox.idle:
            self._wake()
        return True

    def _adopt(self) -> None:
        """The ASGI call is about to return: keep what it would hand back, and little else."""
        websocket = self._websocket
        assert websocket is not None
        tell_of(websocket.scope.get("app"))
        self._pass = pass_of(websocket)
        self._pass.keep()
        self.conn.handshake = Handshake(websocket.scope, self._send)
        self._websocket = None
        self._context = copy_context()
        self.link.adopt()

    def _wake(self) -> None:
        self._parked = False
        assert self._context is not None
        _ = self.link.spawn(self._handle(), self._context)

    async def _handle(self) -> None:
        """A task for what waits in the inbox, and whatever comes meanwhile."""
        try:
            await Life.run(self, self._exhaust, accept=False)
        except Exception as error:
            await self._answer(error)

    async def _exhaust(self) -> None:
        assert self._react is not None
        await self.conn.each_waiting(self._react)

    async def _answer(self, error: Exception) -> None:
        """What the framework does with an error of a handler, where none stands above it."""
        handler = self._handler_of(error)
        if handler is None:
            log.error("a callback of %s failed", self.conn.id, exc_info=error)
            return
        try:
            await handler(self.conn.http, error)
        except Exception:
            log.exception("the handler of an exception failed")
        self.link.close(*(self.conn.closed or self._ending))

    async def _send(self, message: Any) -> None:
        """ASGI's ``send`` for whoever has the handshake's WebSocket."""
        if message["type"] == "websocket.close":
            self.link.close(message.get("code", 1000), message.get("reason") or "")
        else:
            text = message.get("text")
            await self.write(message.get("bytes") or b"" if text is None else text)

    @override
    def _settle(self) -> None:
        super()._settle()
        self._forget_late()
        if self._parked:
            self._parked = False
            assert self._context is not None
            _ = self.link.spawn(self._end_parked(), self._context)

    async def _end_parked(self) -> None:
        self._task = asyncio.current_task()
        await self._finish(self._ending)

    @override
    async def _finish(self, ending: Closed) -> None:
        if self._context is None:
            await super()._finish(ending)
            return
        try:
            if self._on_end is not None:
                self._on_end(self.conn)
            await super()._finish(ending)
        finally:
            assert self._pass is not None
            self._pass.leave()
            self.link.release()


_told: "WeakSet[Any]" = WeakSet()


def tell_of(app: Any) -> None:
    """Once for each app: which middlewares see of its adopted connections the handshake only."""
    if app is None or app in _told:
        return
    _told.add(app)
    names = [
        name
        for name in in_the_way(entry.cls for entry in app.user_middleware)
        if name != "HoldfastGuard"  # which leaves them to us
    ]
    if names:
        log.info(
            "connections that only react are adopted: %s see their handshake, not their messages "
            "or their end. With adopt=False on the endpoint they see all",
            ", ".join(names),
        )


async def _ignore(message: Any) -> None:
    """A viewer's client has said something."""
