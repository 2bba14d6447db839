"""Server-sent events: the same channels over plain HTTP, for where WebSockets do not get through.

The position is the event's ``id``, so that a browser which reconnects sends it as
``Last-Event-ID`` and misses nothing (WHATWG HTML, section 9.2).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from typing_extensions import override

from holdfast.asgi.connection import Closed, Headers
from holdfast.asgi.entrance import pass_of
from holdfast.asgi.life import Life
from holdfast.asgi.link import AsgiLink
from holdfast.asgi.render import body_message, event, event_text
from holdfast.asgi.startup import NO_WEBSOCKETS
from holdfast.backplane.port import Data
from holdfast.errors import CloseCode

KEEP_ALIVE = 15.0  # seconds; proxies commonly cut what was silent for 30 or 60

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back
]


class EventsLink(AsgiLink):
    """Writes response body chunks; the last of them tells the close code as ``event: close``."""

    @override
    def goodbye(self, code: int, reason: str) -> Any:
        data = msgspec.json.encode({"code": code, "reason": reason}).decode()
        return {"type": "http.response.body", "body": event(data, name="close"), "more_body": False}


class EventsLife(Life):
    """The life of a connection that only listens, over an HTTP response."""

    _receive: Any
    _send: Any
    _beat: asyncio.TimerHandle | None = None

    @override
    async def open(self, subprotocol: str | None, headers: Headers) -> AsgiLink:
        pass_of(self.conn.http).stop_clock()
        await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        link = EventsLink(self._send, self.conn.http.scope, self.runtime.watch)
        link.push(body_message(b": connected\n\n"))  # so that the browser sees the head at once
        self._keep_alive(link)
        return link

    @override
    async def pump(self) -> Closed:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        return Closed(CloseCode.ABNORMAL, "the HTTP client is gone")

    @override
    def _message(self, data: Data) -> Any:
        return body_message(event(event_text(data)))

    async def respond(self, receive: Any, send: Any, body: Callable[[], Awaitable[None]]) -> None:
        """Answer the request with events until either side ends it."""
        self._receive, self._send = receive, send
        self.runtime.stopping.add(self)
        try:
            await self.run(body, accept=False)
        finally:
            self.runtime.stopping.discard(self)
            if self._beat is not None:
                self._beat.cancel()

    def _keep_alive(self, link: AsgiLink) -> None:
        def beat() -> None:
            if not link.paused:
                link.push(body_message(b": keep-alive\n\n"))
            self._keep_alive(link)

        self._beat = asyncio.get_running_loop().call_later(KEEP_ALIVE, beat)


class EventsResponse(Response):
    """The response FastAPI sends for a GET that asks for events."""

    def __init__(self, life: EventsLife, body: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._life = life
        self._body = body

    @override
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._life.respond(receive, send, self._body)


def wants_events(http: HTTPConnection[Any]) -> bool:
    """Whether Accept names ``text/event-stream``."""
    return "text/event-stream" in http.headers.get("accept", "")


def upgrade_required(http: HTTPConnection[Any], events: bool) -> Response:
    """The answer to a plain GET on a WebSocket path (RFC 9110 section 15.5.22)."""
    if http.headers.get("upgrade", "").lower() == "websocket":
        return PlainTextResponse(NO_WEBSOCKETS, 501)
    text = "this is a WebSocket endpoint"
    if events:
        text += "; with `Accept: text/event-stream` it sends the same as server-sent events"
    return PlainTextResponse(text + "\n", 426, {"Upgrade": "websocket", "Connection": "Upgrade"})
