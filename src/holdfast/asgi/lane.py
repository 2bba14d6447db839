"""The life of a connection on the server's own link, which calls instead of being read from.

``holdfast.server`` puts its link into the scope's extensions; nothing else is known of it here.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, Protocol

from starlette.websockets import WebSocket
from typing_extensions import override

from holdfast.asgi.connection import Closed, Connection, Headers
from holdfast.asgi.inbox import Frame
from holdfast.asgi.intake import Intake, overrun
from holdfast.asgi.life import SENDS_PER_TURN, OwnLink
from holdfast.asgi.render import Framer, frame_of
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.websocket import WebSocketLife
from holdfast.backplane.port import Data, Json
from holdfast.sockets.watch import Watch

LINK = "holdfast.link"  # the extension of the scope that carries it

log = logging.getLogger("holdfast")


class ServerLink(OwnLink, Protocol):
    """The link of a server of ours, beyond what any link does."""

    framer: Framer
    context: Context
    """What its ASGI call began in."""

    def attach(self, receiver: "LaneLife", watch: Watch, max_size: int | None) -> None:
        """Give messages, of at most so many bytes, and the end to ``receiver`` from now on."""

    def resume(self) -> None:
        """Read on: the receiver has room."""

    def settle(self) -> None:
        """Everything before the end was handled, which waited for it."""

    def adopt(self) -> None:
        """The ASGI call returns, and the connection stays, until ``release``."""

    def release(self) -> None:
        """Nothing is left of it."""

    def spawn(self, coroutine: Coroutine[Any, Any, None], context: Context) -> "asyncio.Task[None]":
        """Run a task that the server waits for when it stops."""


def server_link(websocket: WebSocket) -> ServerLink | None:
    """The server's own link, if there is one."""
    link: ServerLink | None = (websocket.scope.get("extensions") or {}).get(LINK)
    return link


class LaneLife(WebSocketLife):
    """Is called by the link, instead of a task that reads from it."""

    __slots__ = ("_late", "_server")

    link: ServerLink

    def __init__(
        self,
        runtime: Runtime,
        conn: Connection[Any],
        websocket: WebSocket,
        reads: bool,
        link: ServerLink,
    ) -> None:
        super().__init__(runtime, conn, websocket, reads)
        self._server = link
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
    async def write(self, data: Data) -> None:
        """The commonest case first: open, in no channel, its socket takes more."""
        conn = self.conn
        if (
            conn.closed is None
            and conn.accepted
            and not conn.subscriptions
            and not self.link.paused
            and (self._sends + 1) % SENDS_PER_TURN
        ):
            self._sends += 1
            self.link.push(self._message(data))
        else:
            await super().write(data)

    @override
    def _message(self, data: Data) -> Any:
        if isinstance(data, bytes) and not isinstance(data, Json):
            return self.link.framer.binary(data)
        return self.link.framer.text(data)

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
        if conn.inbox.put(data):
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

    @override
    def _settle(self) -> None:
        super()._settle()
        self._forget_late()
