"""Routes whose clients only listen: streams and channel endpoints, over WebSocket and SSE."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import params
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.websockets import WebSocket

from holdfast.asgi.adopted import life_for
from holdfast.asgi.codec import Decoder
from holdfast.asgi.connection import Connection, Settings
from holdfast.asgi.entrance import claimed
from holdfast.asgi.events import EventsLife, EventsResponse, upgrade_required, wants_events
from holdfast.asgi.life import Life
from holdfast.asgi.registration import USER, endpoint_for, no_user_depends, with_connection
from holdfast.asgi.render import ENVELOPE, EVENTS, PLAIN
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.websocket import WebSocketLife
from holdfast.backplane.port import Position

SINCE = "since"  # the query parameter that carries a position where no header can
NOWHERE = Position("", 0)
CONNECTION = "holdfast_connection"  # the parameter that carries the connection


class ViewerOptions(msgspec.Struct, frozen=True):
    """The options that streams and channel endpoints share."""

    user: params.Depends | None = None
    envelope: bool = False
    sse: bool = True
    adopt: bool = True


class Viewer(ABC):
    """One such route: a WebSocket endpoint and, on the same path, a GET endpoint."""

    def __init__(
        self,
        function: Callable[..., Any],
        signature: inspect.Signature,
        runtime: Callable[[], Runtime],
        options: ViewerOptions,
    ) -> None:
        no_user_depends(options.user)
        self.function = function
        self.runtime = runtime
        self.options = options
        self._resumes = SINCE not in signature.parameters  # else the function has its own
        hidden = inspect.Parameter(CONNECTION, inspect.Parameter.KEYWORD_ONLY)
        parameters = [*signature.parameters.values(), hidden]
        plain = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
        self._signature = with_connection(inspect.Signature(plain), CONNECTION, options.user)
        rendering = ENVELOPE if options.envelope else PLAIN
        self._settings = Settings(Decoder(str), rendering)
        self._sse_settings = Settings(Decoder(str), EVENTS)

    def position(self, conn: Connection[Any]) -> Position | None:
        """Where the client wants to go on, which browsers and pages say in different places.

        None if it does not say. What is no position of ours is one that nothing can follow: a page
        that outlives an upgrade is told of a gap, and not refused for ever.
        """
        text = conn.http.headers.get("last-event-id")
        if not text and self._resumes:
            text = conn.http.query_params.get(SINCE)
        if not text:
            return None
        try:
            return Position.parse(text)
        except ValueError:
            return NOWHERE

    async def prepared(self, values: dict[str, Any]) -> dict[str, Any]:
        """What ``view`` is given. Over HTTP it runs before the response begins: some dependencies
        are closed by then."""
        return values

    @abstractmethod
    async def view(self, conn: Connection[Any], values: dict[str, Any]) -> None:
        """Accept, subscribe, and stay until the client is gone."""

    def websocket_endpoint(self) -> Callable[..., Any]:
        """The function for the WebSocket route."""
        return endpoint_for(self.function, self._signature, self, self._websocket)

    def get_endpoint(self) -> Callable[..., Any]:
        """The function for the GET route."""
        return endpoint_for(self.function, self._signature, self, self._get)

    def connect(self, http: HTTPConnection[Any]) -> Connection[Any]:
        """A connection for this handshake or request."""
        if isinstance(http, WebSocket):
            conn: Connection[Any] = Connection(http, self._settings)
            life_for(self.runtime(), conn, http, reads=False, adopts=self.options.adopt)
        else:
            conn = Connection(http, self._sse_settings)
            EventsLife(self.runtime(), conn)
        return conn

    async def _websocket(self, values: dict[str, Any]) -> None:
        conn = self._connection(values)
        life = conn.owner
        assert isinstance(life, WebSocketLife)

        async def body() -> None:
            await self.view(conn, await self.prepared(values))

        await life.run(claimed(conn, body), accept=False)

    async def _get(self, values: dict[str, Any]) -> Response:
        conn = self._connection(values)
        if not self.options.sse or not wants_events(conn.http):
            return upgrade_required(conn.http, self.options.sse)
        life = conn.owner
        assert isinstance(life, EventsLife)
        prepared = await self.prepared(values)
        return EventsResponse(life, claimed(conn, lambda: self.view(conn, prepared)))

    def _connection(self, values: dict[str, Any]) -> Connection[Any]:
        conn: Connection[Any] = values.pop(CONNECTION)
        conn.user = values.pop(USER, None)
        return conn


async def stay(
    conn: Connection[Any],
    complete: bool,
    channel: str,
    on_end: Callable[[Connection[Any]], None] | None = None,
) -> None:
    """Say if the replay has a hole, where there is a word for it; then stay, as lives do.

    What came with a token, before that, is dropped.
    """
    life = conn.owner
    assert isinstance(life, Life)
    if not complete and (notice := conn.settings.rendering.gap(channel, None)):
        life.push(notice)
    await life.stay(None, on_end)
