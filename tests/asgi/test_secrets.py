"""Tokens travel in queries, cookies, subprotocols and messages: no log line of ours shows one."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from holdfast import (
    Connection,
    CookieToken,
    CurrentConnection,
    Deadlines,
    FirstMessageToken,
    Holdfast,
    Limits,
    Rate,
    SubprotocolToken,
)
from holdfast.asgi.logs import NoQueries, hide_queries
from holdfast.testing import serve, until
from tests.asgi.test_limits import client
from tests.support.http import request

SECRET = "s3cr3t"
LIMITS = Limits(
    message_bytes=100,
    rate=Rate(per_second=1, burst=10),
    connections_per_user=1,
    channels=1,
    handshake=0.2,
)


async def judge(token: str) -> str:
    if "wrong" in token:
        raise HTTPException(401, "wrong token")
    if "slow" in token:
        await asyncio.sleep(3600)  # pacing: until it is cancelled
    return token


async def by_query(token: str) -> str:
    return await judge(token)


async def by_cookie(token: str = Depends(CookieToken("session"))) -> str:
    return await judge(token)


async def by_subprotocol(token: str = Depends(SubprotocolToken())) -> str:
    return await judge(token)


async def by_message(token: str = Depends(FirstMessageToken(deadline=0.2))) -> str:
    return await judge(token)


async def by_bad_header(conn: CurrentConnection) -> str:
    token = conn.http.query_params["token"]
    await conn.accept(headers={"x-token": f"{token}\r\n"})
    return token


def secretive() -> FastAPI:
    app = FastAPI()
    hf = Holdfast(app, limits=LIMITS, deadlines=Deadlines(grace=0.1, cleanup_timeout=0.1))
    for source in (by_query, by_cookie, by_subprotocol, by_message, by_bad_header):

        @hf.websocket(f"/{source.__name__}", user=Depends(source))
        async def handler(conn: Connection[str]) -> None:
            async for text in conn:
                await act(hf, conn, text)

        @hf.stream(f"/{source.__name__}/stream", every=60, user=Depends(source))
        async def stream() -> int:
            return 1

    @hf.stream("/fails", every=60)
    async def fails(token: str) -> int:
        raise RuntimeError("as the test wants it")

    @hf.subscribe("/subscribe")
    async def subscribe(token: str) -> str:
        return [token]  # type: ignore[return-value]

    @hf.websocket("/number")
    async def number(conn: Connection[str], token: int) -> None: ...

    return app


async def act(hf: Holdfast, conn: Connection[str], text: str) -> None:
    """Fail as a handler may, with what its client sent at hand."""
    match text.split()[0]:
        case "join":
            await conn.join(f"{text} 1")
            await conn.join(f"{text} 2")
        case "surrogate":
            await conn.send(f"{text} \ud800")
        case "key":
            await hf.publish("x", "x", key=[text])  # type: ignore[arg-type]
        case "tags":
            await hf.publish("x", "x", tags={text: [text]})  # type: ignore[dict-item]
        case "task":
            await conn.close(4000, text)
            await conn.send(text)
        case "busy":
            await asyncio.sleep(3600)  # pacing: until it is cancelled


def ways(source: str, token: str) -> tuple[str, dict[str, Any], list[str]]:
    """Path, options and first messages that bring a token by this source."""
    match source:
        case "by_cookie":
            return "", {"additional_headers": {"cookie": f"session={token}"}}, []
        case "by_subprotocol":
            return "", {"subprotocols": ["bearer", token]}, []
        case "by_message":
            return "", {}, [token]
    return f"?token={token}", {}, []


async def visit(
    port: int, path: str, sends: list[str], options: dict[str, Any], end: str = "wait"
) -> None:
    """Connect, send, and stay until the server ends it or end it so."""
    with suppress(ConnectionClosed, InvalidHandshake, InvalidMessage, EOFError):
        async with client(port, path, **options) as websocket:
            for text in sends:
                await websocket.send(text)
            if end == "reset":
                websocket.transport.abort()
            elif end == "close":
                await websocket.close(4000, f"{SECRET} as a reason")
            else:
                async with asyncio.timeout(5):
                    await websocket.wait_closed()


async def provoke(port: int, source: str) -> None:
    """Whatever makes something of ours speak, by each way that a token can come."""
    path, options, first = ways(source, f"{SECRET}-right")
    for word in ("join", "surrogate", "key", "tags", "task", "x" * 200):
        await visit(port, f"/{source}{path}", [*first, f"{word} {SECRET}"], options)
    await visit(port, f"/{source}{path}", [*first, *[SECRET] * 30], options)
    for end in ("reset", "close"):
        await visit(port, f"/{source}{path}", [*first, f"busy {SECRET}"], options, end)
    for token in ("wrong", "slow"):
        path, options, first = ways(source, f"{SECRET}-{token}")
        for more in ("", "/stream"):
            await visit(port, f"/{source}{more}{path}", first, options)
            await visit(
                port, f"/{source}{more}{path}", [], {**options, "origin": "http://evil.net"}
            )
        events = {"Accept": "text/event-stream", "Cookie": f"session={SECRET}-{token}"}
        await request("GET", port, f"/{source}/stream?token={SECRET}-{token}", headers=events)


async def test_no_log_line_of_ours_shows_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "holdfast")
    sources = ("by_query", "by_cookie", "by_subprotocol", "by_message", "by_bad_header")
    async with serve(secretive()) as server:
        await asyncio.gather(*(provoke(server.port, source) for source in sources))
        for path in ("/fails", "/subscribe", "/number"):
            with suppress(TimeoutError):
                await visit(server.port, f"{path}?token={SECRET}", [], {})
        await two_of_one_user(server.port)
    for said in (
        "refused Origin http://evil.net on /by_cookie ",
        "its dependencies took more than 0.2 s",
        "too many connections of this user",
        "with 3505: the connection is in 1 channels",
        "accepting ",
        "the producer of holdfast:stream:/fails failed",
        "a lone surrogate",
        "tags are pairs of str",
    ):
        assert said in caplog.text
    assert SECRET not in caplog.text


async def two_of_one_user(port: int) -> None:
    path, options, _ = ways("by_cookie", f"{SECRET}-right")
    async with client(port, f"/by_cookie{path}", **options):
        await visit(port, f"/by_cookie{path}", [], options)


async def test_uvicorns_log_shows_queries_unless_they_are_hidden(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Measured, so that the documentation and the doctor say no wrong thing."""
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "uvicorn.access")]
    async with serve(secretive()) as server:
        for logger in loggers:
            caplog.set_level(logging.DEBUG, logger.name)

        async def seen() -> str:
            caplog.clear()
            events = {"Accept": "text/event-stream", "Cookie": f"session={SECRET}"}
            options = {"additional_headers": {"cookie": SECRET}, "subprotocols": [SECRET]}
            await visit(server.port, f"/by_cookie?token={SECRET}", [], options)
            await visit(server.port, f"/by_query?token={SECRET}", [SECRET], options, "close")
            await request(
                "GET", server.port, f"/by_query/stream?token=wrong-{SECRET}", headers=events
            )
            await until(lambda: "/by_query/stream" in caplog.text, what="the access log")
            return caplog.text

        shown = await seen()
        assert f'"WebSocket /by_query?token={SECRET}" [accepted]' in shown
        assert f"cookie: {SECRET}" in shown
        try:
            hide_queries()
            hide_queries()
            assert [len(logger.filters) for logger in loggers] == [1, 1]
            hidden = await seen()
        finally:
            for logger in loggers:
                logger.filters = [one for one in logger.filters if not isinstance(one, NoQueries)]
        assert '"WebSocket /by_query?..." [accepted]' in hidden
        assert '"GET /by_query/stream?... HTTP/1.1" 401' in hidden
        assert SECRET not in hidden
