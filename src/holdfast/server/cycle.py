"""One call of the application: ASGI's ``receive`` and ``send`` for a WebSocket.

The messages are those of https://asgi.readthedocs.io/en/latest/specs/www.html#websocket; where it
leaves something open, uvicorn's other protocols are followed.
"""

import asyncio
import logging
from enum import IntEnum
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected, get_client_addr, get_path_with_query_string

from holdfast.errors import CloseCode
from holdfast.server.conversation import Conversation

TAKES_PER_TURN = 64  # messages of one client, before everyone else has a turn
INBOX = 1024 * 1024  # bytes that wait for the application; of messages ``ws_max_queue``

Message = dict[str, Any]


class Stage(IntEnum):
    """How far the application has come."""

    CALLED = 0
    CONNECTED = 1
    OPEN = 2
    REFUSING = 3
    CLOSED = 4


class Cycle:
    """Stands between one connection and the application while that runs."""

    __slots__ = (
        "_body",
        "_bytes",
        "_frames",
        "_handling",
        "_link",
        "_reader",
        "_scope",
        "_stage",
        "_taken",
        "ended",
    )

    def __init__(self, link: Conversation, scope: Message) -> None:
        self._link = link
        self._scope = scope
        self._stage = Stage.CALLED
        self._frames: list[str | bytes] = []
        self._bytes = 0
        self._taken = 0
        self._handling = False  # a message was taken, and nothing asked for since
        self.ended: tuple[int, str] | None = None
        """How, once the client is gone or was closed."""
        self._reader: asyncio.Future[None] | None = None
        self._body: tuple[int, Any, bytes] | None = None  # of an HTTP answer that is not complete

    async def run(self) -> None:
        """Call the application, and see to the end if it does not."""
        link = self._link
        try:
            result = await link.lane.app(self._scope, self.receive, self.send)
        except ClientDisconnected:
            self._end(CloseCode.NORMAL)
        except asyncio.CancelledError:
            self._end(CloseCode.RESTART)
            raise
        except BaseException:
            link.lane.log.exception("Exception in ASGI application\n")
            self._end(CloseCode.INTERNAL)
        else:
            if result is not None:
                link.lane.log.error("ASGI callable should return None, but returned %r.", result)
            self._end(CloseCode.NORMAL)

    def _end(self, code: int) -> None:
        """The application has returned. What it left open ends with it, unless it was adopted."""
        link = self._link
        if link.adopted:
            return
        if not link.accepted:
            if self.ended is None and code == CloseCode.NORMAL:
                link.lane.log.error("ASGI callable returned without completing handshake.")
            link.refuse(500, [(b"content-type", b"text/plain")], b"Internal Server Error")
        else:
            link.close(code, "")

    # -- what the server calls -----------------------------------------------------------------

    def finish(self) -> bool:
        """Whether the application has dealt with every message so far."""
        return not self._frames and not self._handling

    def frame(self, data: str | bytes) -> bool:
        """Keep a message for the application; False if that is enough for now."""
        frames, reader = self._frames, self._reader
        frames.append(data)
        self._bytes += len(data)
        if reader is not None and not reader.done():
            reader.set_result(None)
        return len(frames) < self._link.lane.most_waiting and self._bytes < INBOX

    def lost(self, code: int, reason: str) -> None:
        """The client is gone: told after the messages that wait."""
        if self.ended is None:
            self.ended = (code, reason)
            self._wake()

    def stop(self, code: int, reason: str) -> None:
        """The server stops: close, and let the application know."""
        self._link.close(code, reason)
        self.lost(code, reason)

    def handed_over(self) -> list[str | bytes]:
        """The messages that wait: somebody else takes them."""
        frames, self._frames, self._bytes = self._frames, [], 0
        return frames

    def _has_room(self) -> bool:
        return len(self._frames) < self._link.lane.most_waiting and self._bytes < INBOX

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # -- what the application calls ------------------------------------------------------------

    async def receive(self) -> Message:
        """The next message; once the client is gone, each time that."""
        if self._stage == Stage.CALLED:
            self._stage = Stage.CONNECTED
            return {"type": "websocket.connect"}
        link = self._link
        self._handling = False
        if self._taken % TAKES_PER_TURN == TAKES_PER_TURN - 1 and self._frames:
            await asyncio.sleep(0)  # nothing below suspends while messages wait
        while not self._frames:
            if self.ended is not None:
                code, reason = self.ended
                return {"type": "websocket.disconnect", "code": code, "reason": reason}
            if link.ending is not None:  # a close frame, or a fault, behind what was just handled
                link.settle()
                continue
            waiting = self._reader
            if waiting is not None and not waiting.done():  # for another task of the application
                await asyncio.wait([waiting])
                continue
            self._reader = link.lane.loop.create_future()
            await self._reader
        self._handling = True
        self._taken += 1
        frame = self._frames.pop(0)
        self._bytes -= len(frame)
        if link.held and self._has_room():
            link.resume()
        if type(frame) is str:
            return {"type": "websocket.receive", "text": frame}
        return {"type": "websocket.receive", "bytes": frame}

    async def send(self, message: Message) -> None:
        """Take a message, once the socket takes anything. Raises ``ClientDisconnected``, an
        ``OSError``, when the client is gone, ``RuntimeError`` for what does not fit here."""
        link = self._link
        if link.paused:
            await link.drained()
        kind = message["type"]
        if self._stage == Stage.OPEN and self.ended is None and kind == "websocket.send":
            data = message.get("bytes")
            if data is not None:
                link.push(link.framer.binary(data))
            else:
                link.push(link.framer.text(message.get("text") or ""))
        elif self.ended is not None and self._stage != Stage.CLOSED:
            if kind != "websocket.close":  # which many an endpoint's ``finally`` sends
                raise ClientDisconnected
            self._stage = Stage.CLOSED
        elif self._stage == Stage.OPEN:
            self._close(kind, message)
        elif self._stage < Stage.OPEN:
            self._answer(kind, message)
        elif self._stage == Stage.REFUSING:
            self._add_body(kind, message)
        else:
            raise RuntimeError(f"Unexpected ASGI message {kind!r} after the connection was closed.")

    def _close(self, kind: str, message: Message) -> None:
        if kind != "websocket.close":
            expected = "'websocket.send' or 'websocket.close'"
            raise RuntimeError(f"Expected ASGI message {expected}, but got {kind!r}.")
        code, reason = message.get("code", CloseCode.NORMAL), message.get("reason") or ""
        self._link.close(code, reason)
        self._stage = Stage.CLOSED
        self.lost(code, reason)

    def _answer(self, kind: str, message: Message) -> None:
        """The answer to the handshake."""
        if kind == "websocket.accept":
            headers = [*self._link.lane.default_headers, *message.get("headers", ())]
            self._link.accept(message.get("subprotocol"), headers)
            self._stage = Stage.OPEN
            self._log("[accepted]")
        elif kind == "websocket.close":
            self._log("403")
            self._stage = Stage.CLOSED
            self._link.refuse(403, [], b"")
            self.lost(CloseCode.ABNORMAL, "")
        elif kind == "websocket.http.response.start":
            status = message["status"]
            if not 200 <= status < 600:
                raise RuntimeError(f"Invalid HTTP status code {status!r} in response.")
            self._log(str(status))
            self._stage = Stage.REFUSING
            self._body = (status, list(message.get("headers", ())), b"")
        else:
            expected = "'websocket.accept', 'websocket.close' or 'websocket.http.response.start'"
            raise RuntimeError(f"Expected ASGI message {expected}, but got {kind!r}.")

    def _add_body(self, kind: str, message: Message) -> None:
        if kind != "websocket.http.response.body":
            expected = "'websocket.http.response.body'"
            raise RuntimeError(f"Expected ASGI message {expected}, but got {kind!r}.")
        assert self._body is not None
        status, headers, body = self._body
        body += message.get("body", b"")
        self._body = (status, headers, body)
        if not message.get("more_body", False):
            self._body = None
            self._stage = Stage.CLOSED
            self._link.refuse(status, headers, body)
            self.lost(CloseCode.ABNORMAL, "")

    def _log(self, outcome: str) -> None:
        lane = self._link.lane
        if lane.config.access_log and lane.log.isEnabledFor(logging.INFO):
            scope: Any = self._scope
            where = get_client_addr(scope), get_path_with_query_string(scope)
            lane.log.info('%s - "WebSocket %s" %s', *where, outcome)

    # -- for those who look behind ``send`` ----------------------------------------------------

    @property
    def transport(self) -> Any:
        """The connection's transport, as uvicorn's protocols have it."""
        return self._link.transport

    @property
    def config(self) -> Any:
        """Uvicorn's configuration."""
        return self._link.lane.config
