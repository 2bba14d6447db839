"""The life of a WebSocket connection, over Starlette's ``WebSocket``."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from starlette.websockets import WebSocket, WebSocketState
from typing_extensions import override

from holdfast.asgi.connection import Closed, Connection, Headers
from holdfast.asgi.entrance import pass_of
from holdfast.asgi.guarded import stand_aside
from holdfast.asgi.inbox import Frame
from holdfast.asgi.intake import Intake, offer, read_out
from holdfast.asgi.life import Life, OwnLink
from holdfast.asgi.link import AsgiLink
from holdfast.asgi.runtime import Runtime
from holdfast.errors import CloseCode, Disconnected

log = logging.getLogger("holdfast")


class WebSocketLife(Life):
    """Accepts, reads and refuses by ASGI WebSocket messages."""

    __slots__ = ("_intake", "_reads", "_websocket")

    def __init__(
        self, runtime: Runtime, conn: Connection[Any], websocket: WebSocket, reads: bool
    ) -> None:
        super().__init__(runtime, conn)
        self._websocket: WebSocket | None = websocket
        self._reads = reads
        self._intake: Intake | None = None

    @override
    async def open(self, subprotocol: str | None, headers: Headers) -> OwnLink:
        websocket = await self._accept(subprotocol, headers)
        # Written past Starlette's WebSocket: it adds a state check and three frames a message.
        return AsgiLink(websocket._send, websocket.scope, self.runtime.watch)

    async def _accept(self, subprotocol: str | None, headers: Headers) -> WebSocket:
        websocket = self._websocket
        assert websocket is not None
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
        stand_aside(websocket.scope)
        if self.began:  # else dependencies still run
            pass_of(websocket).stop_clock()
        try:
            await websocket.accept(subprotocol, raw)
        except Exception as error:  # each server has its own way to say that nobody is there
            # Or a header cannot be sent; the error's text may hold it.
            log.info("accepting %s failed: %s", self.conn.id, type(error).__name__)
            self.conn.closed = Closed(CloseCode.ABNORMAL)
            raise Disconnected(CloseCode.ABNORMAL, "gone during the handshake") from error
        return websocket

    @override
    async def pump(self) -> Closed:
        assert self._websocket is not None
        self._intake = Intake(self.runtime.limits)
        if self._reads:
            self._intake.expect(self.end)
        return await self._intake.pump(self._websocket.receive, self._put, self.end)

    async def _put(self, frame: Frame) -> Closed | None:
        if self.began and not self._reads:  # before it begins, a token may come
            return None
        return await offer(self.conn.inbox, frame, self.deadlines.inbox_timeout)

    @override
    async def _reading_stopped(self) -> None:
        await super()._reading_stopped()
        if self.conn.accepted and not (self._intake is not None and self._intake.heard_all):
            websocket, within = self._websocket, self.deadlines.close_timeout
            assert websocket is not None
            await read_out(websocket._receive, websocket._send, within)

    @override
    async def run(self, handler: Callable[[], Any], accept: bool = True) -> None:
        websocket = self._websocket
        assert websocket is not None
        if self.conn.accepted:  # else ``open`` does it
            pass_of(websocket).stop_clock()
        try:
            await super().run(handler, accept)
        except Exception as error:
            if not self._framework_answers(error):  # else it does so with this very WebSocket
                self._let_go_of_the_server(websocket)
            raise
        if websocket.application_state is WebSocketState.CONNECTING:
            await websocket.close()  # neither accepted nor refused: the answer is a 403
        self._let_go_of_the_server(websocket)

    def _let_go_of_the_server(self, websocket: WebSocket) -> None:
        """Granian closes a socket when nothing refers to it any more: not the collector's time."""
        websocket._receive = websocket._send = _over
        if self.conn.accepted and isinstance(self.link, AsgiLink):
            self.link.forget()


async def _over(*message: Any) -> NoReturn:
    raise Disconnected(CloseCode.ABNORMAL, "the handler has returned")
