"""Where a browser can put a token for a WebSocket: never the query string, which proxies log.

Browsers cannot set headers on a WebSocket. What is left is a cookie, the subprotocol list, and the
first message.
"""

import asyncio
from typing import Any

from fastapi import HTTPException, WebSocketException
from starlette.requests import HTTPConnection

from holdfast.asgi.connection import Connection
from holdfast.asgi.entrance import pass_of, refuse
from holdfast.asgi.registration import CurrentConnection
from holdfast.errors import CloseCode, Disconnected


class CookieToken:
    """A dependency: the value of a cookie, else the handshake is refused with 401.

    Cookies travel with handshakes from any page: keep the Origin check on.

    >>> async def current_user(token: str = Depends(CookieToken("session"))) -> User: ...
    """

    def __init__(self, name: str = "token") -> None:
        self._name = name

    async def __call__(self, http: HTTPConnection) -> str:
        """Called by FastAPI."""
        token = http.cookies.get(self._name)
        if not token:
            refuse(http, 401, f"no cookie {self._name!r}")
        return token


class SubprotocolToken:
    """A dependency: the token that follows a marker in the list of subprotocols, else 401.

    The marker is what the server accepts with, so that the browser keeps the connection
    (RFC 6455 section 4.1). The token may hold letters, digits and ``!#$%&'*+-.^_`|~``.

    >>> new WebSocket(url, ["bearer", token])
    >>> async def current_user(token: str = Depends(SubprotocolToken())) -> User: ...
    """

    def __init__(self, marker: str = "bearer") -> None:
        self._marker = marker

    async def __call__(self, conn: CurrentConnection) -> str:
        """Called by FastAPI."""
        offered: list[str] = list(conn.http.scope.get("subprotocols") or [])
        if self._marker not in offered[:-1]:
            refuse(conn.http, 401, f"no token after the subprotocol {self._marker!r}")
        conn.subprotocol = self._marker
        return offered[offered.index(self._marker) + 1]


class FirstMessageToken:
    """A dependency: the first text message. Accepts the connection before it is known whose it is.

    Without one within ``deadline`` seconds it closes with 3502. What uses the token then has
    ``Limits.handshake`` seconds, else it closes with 3508. An HTTPException of that closes with
    3500 (401), 3507 (403) or the like, since no HTTP answer is possible any more.

    >>> async def current_user(token: str = Depends(FirstMessageToken(deadline=10))) -> User: ...
    """

    def __init__(self, deadline: float = 10.0) -> None:
        self._deadline = deadline

    async def __call__(self, conn: CurrentConnection) -> str:
        """Called by FastAPI."""
        if conn.http.scope["type"] != "websocket":
            raise HTTPException(401, "a token in the first message needs a WebSocket")
        await conn.accept()
        clock = pass_of(conn.http)
        clock.stop_clock()  # the deadline here is another
        token = await self._token(conn)
        await clock.start_clock()
        return token

    async def _token(self, conn: Connection[Any]) -> str:
        try:
            async with asyncio.timeout(self._deadline):
                frame = await conn.inbox.take()
        except TimeoutError:
            reason = f"no token within {self._deadline:g} s"
            raise WebSocketException(CloseCode.STALE, reason) from None
        if frame is None:
            raise Disconnected(CloseCode.ABNORMAL, "gone before it sent a token")
        if not isinstance(frame, str):
            raise WebSocketException(CloseCode.BAD_REQUEST, "the token must be a text message")
        return frame
