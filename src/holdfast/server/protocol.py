"""The uvicorn WebSocket protocol: what uvicorn makes for each upgrade, and its transport calls."""

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

from typing_extensions import override
from uvicorn.config import Config
from uvicorn.server import ServerState

from holdfast.errors import CloseCode
from holdfast.server.conversation import Conversation
from holdfast.server.cycle import Cycle
from holdfast.server.lane import lane_of
from holdfast.server.link import Receiver
from holdfast.server.scope import scope_for
from holdfast.sockets.watch import Watch
from holdfast.wire import Close, Refused, read_head

ABNORMAL = Close(CloseCode.ABNORMAL)
HEAD = 64 * 1024  # bytes of a request's head, and of frames that come before they are allowed


class Protocol(Conversation, asyncio.Protocol):
    """One WebSocket connection under uvicorn: ``--ws holdfast.server:Protocol``."""

    __slots__ = ()

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(lane_of(config, server_state, app_state, _loop))

    # -- what the transport calls --------------------------------------------------------------

    @override
    def connection_made(self, transport: Any) -> None:
        self.lane.connections.add(self)
        self.connect(transport)

    @override
    def data_received(self, data: bytes) -> None:
        if self._reader is not None:
            self.read(data)
        elif not self.closing:
            self._read_early(data)

    @override
    def eof_received(self) -> None:
        self.hang_up()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.over()
        self.lane.wheel.discard(self)
        self._reader = None
        self._kept = None
        if self.receiver is not None:
            ending = self.ending if isinstance(self.ending, Close) else ABNORMAL
            self.receiver.lost(ending.code, ending.reason)
        self.receiver = None  # it knows this link: freed without the collector
        if not self.adopted:
            self.lane.connections.discard(self)

    def shutdown(self) -> None:
        """The server stops."""
        self.lane.stopping = True
        if self._reader is None:
            self.refuse(503, [], b"")
        if self.receiver is None:
            self.hang_up()
        else:
            self.receiver.stop(CloseCode.RESTART, "server shutdown")

    def _read_early(self, data: bytes) -> None:
        """The head; or frames that come before their time, which wait for it, within bounds."""
        self.unread += data
        if self._request is None:
            self._read_head()
        elif len(self.unread) > HEAD:
            self.abort()

    def _read_head(self) -> None:
        found = read_head(self.unread, HEAD)
        if isinstance(found, Refused):
            self.refuse(found.status, found.headers, found.reason.encode())
        elif self.lane.stopping and found is not None:
            self.refuse(503, [], b"")
        elif found is not None:
            self._request, self.unread = found, found.rest
            scope = scope_for(found, self.lane, self.transport, self)
            cycle = self.receiver = Cycle(self, scope)
            _ = self.lane.spawn(cycle.run())

    # -- what Holdfast's endpoints call --------------------------------------------------------

    def attach(self, receiver: Receiver, watch: Watch, max_size: int | None) -> None:
        """From now on messages and the end go to ``receiver``, and ``watch`` times the link."""
        cycle, self.receiver, self.watch = self.receiver, receiver, watch
        if not isinstance(cycle, Cycle):  # gone since it was accepted
            self.receiver = None
            receiver.lost(CloseCode.ABNORMAL, "")
            return
        if self._reader is not None and max_size is not None:
            self._reader.max_size = min(self._reader.max_size or max_size, max_size)
        room = True
        for frame in cycle.handed_over():
            room = receiver.frame(frame)
        if cycle.ended is not None:
            receiver.lost(*cycle.ended)
        if room:
            self.resume()
        if self.ending is not None and receiver.finish():
            self.settle()

    @property
    def context(self) -> Context:
        """What its ASGI call began in."""
        return self.lane.context

    def adopt(self) -> None:
        """The ASGI call will return, and the connection stays; the server waits for ``release``."""
        self.adopted = True

    def release(self) -> None:
        """It is over for its receiver, too."""
        self.adopted = False
        self.receiver = None
        self.close(CloseCode.INTERNAL, "")  # it should be closing already
        if self.transport is None:
            self.lane.connections.discard(self)

    def spawn(self, coroutine: Coroutine[Any, Any, None], context: Context) -> "asyncio.Task[None]":
        """Run a task for this connection: the server waits for it when it stops."""
        return self.lane.spawn(coroutine, context)
