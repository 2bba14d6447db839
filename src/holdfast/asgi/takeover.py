"""The life of a connection whose handler keeps its Starlette ``WebSocket``.

For ``holdfast.compat``: the handler goes on to call ``receive_text`` and ``send_text``; what these
call is ours from then on, so that the connection can be in channels and cannot leak.
"""

import asyncio
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from typing_extensions import override

from holdfast.asgi.connection import Closed, Connection, Headers
from holdfast.asgi.guarded import stand_aside
from holdfast.asgi.inbox import Frame
from holdfast.asgi.intake import Intake, handed_on, offer
from holdfast.asgi.life import Life
from holdfast.asgi.limits import Limits
from holdfast.asgi.link import AsgiLink
from holdfast.asgi.offspring import Offspring
from holdfast.asgi.reach import sendable
from holdfast.asgi.runtime import Runtime
from holdfast.errors import CloseCode, Disconnected

UNLIMITED = Limits(message_bytes=None, rate=None)  # of one that no guard stands before


class Takeover(Life):
    """Begins in the handler's own task, and ends with it."""

    def __init__(self, runtime: Runtime, conn: Connection[Any], websocket: WebSocket) -> None:
        super().__init__(runtime, conn)
        self._websocket = websocket
        self._raw_receive, self._raw_send = websocket._receive, websocket._send
        self._limits: Limits | None = None

    async def begin(self) -> None:
        """Accept, unless the handler has, and take over what it receives and sends.

        Raises ``WebSocketDisconnect`` if the client is gone.
        """
        websocket = self._websocket
        self._limits = stand_aside(websocket.scope, self._finish)
        self._task = asyncio.current_task()
        assert self._task is not None
        if self._limits is None:  # no guard: nothing tells of its end before the server acts on it
            self._task.add_done_callback(self._returned)
        self._offspring = Offspring()
        _ = self._offspring.begin()
        self.began = True
        if websocket.application_state is WebSocketState.CONNECTING:
            await websocket.accept()
        try:
            await self.accept(None, ())
        except Disconnected as gone:
            raise WebSocketDisconnect(gone.code, gone.reason) from None
        websocket._receive, websocket._send = self._receive, self._send

    @override
    async def open(self, subprotocol: str | None, headers: Headers) -> AsgiLink:
        scope = self._websocket.scope
        return AsgiLink(self._raw_send, scope, self.runtime.watch)

    @override
    async def pump(self) -> Closed:
        intake = Intake(self._limits or UNLIMITED)
        intake.expect(self.end)
        return await intake.pump(self._raw_receive, self._put, self.end)

    async def _put(self, frame: Frame) -> Closed | None:
        return await offer(self.conn.inbox, frame, self.deadlines.inbox_timeout)

    async def _receive(self) -> Any:
        return handed_on(await self.conn.inbox.take(), self.conn.closed)

    async def _send(self, message: Any) -> None:
        if message["type"] == "websocket.close":
            await self.close(Closed(*sendable(message.get("code"), message.get("reason"))))
            return
        text = message.get("text")
        try:
            await self.write(message.get("bytes") or b"" if text is None else text)
        except Disconnected as gone:
            if self._offspring is None or self._offspring.concerns_caller():
                raise WebSocketDisconnect(gone.code, gone.reason) from None

    def _returned(self, task: "asyncio.Task[Any]") -> None:
        failed = task.cancelled() or task.exception() is not None
        ending = (
            Closed(CloseCode.INTERNAL, "internal error") if failed else Closed(CloseCode.NORMAL)
        )
        self._task = None
        _ = self.runtime.spawn(self._finish(ending))
