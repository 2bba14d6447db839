"""``HoldfastGuard`` in the process of the test: what it refuses, warns of, and leaves alone."""

import asyncio
import logging
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.middleware.cors import CORSMiddleware
from starlette.testclient import TestClient
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from holdfast import Connection, Deadlines, Holdfast, HoldfastGuard, Limits, Rate
from holdfast.asgi.admission import Pass
from holdfast.testing import serve, until

QUICK = Deadlines(send_timeout=0.5, blind_timeout=1.0, close_timeout=0.5, grace=0.2)


def guarded(**options: Any) -> FastAPI:
    app = FastAPI()

    @app.websocket("/echo")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(text)

    @app.websocket("/floods")
    async def floods(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text("x" * 65536)
        except WebSocketDisconnect:
            app.state.told = True
            raise

    @app.websocket("/slow-to-accept")
    async def slow(websocket: WebSocket) -> None:
        await asyncio.sleep(30)  # pacing: longer than any handshake may take

    app.add_middleware(HoldfastGuard, **{"deadlines": QUICK, **options})
    return app


async def end_of(client: Any) -> ConnectionClosed:
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            await client.recv()
    return caught.value


async def test_messages_pass_in_order() -> None:
    async with serve(guarded()) as server, connect(f"ws://127.0.0.1:{server.port}/echo") as client:
        texts = [f"message {i}" for i in range(500)]
        for text in texts:
            await client.send(text)
        assert [await client.recv() for _ in texts] == texts


async def test_a_page_of_another_origin_is_refused() -> None:
    async with serve(guarded(origins=["https://friend.example"])) as server:
        url = f"ws://127.0.0.1:{server.port}/echo"
        with pytest.raises(InvalidStatus) as caught:
            await connect(url, origin="https://evil.example").__aenter__()
        assert caught.value.response.status_code == 403
        async with connect(url, origin="https://friend.example") as client:
            await client.send("hello")
            assert await client.recv() == "hello"


async def test_its_limits_are_those_of_holdfast() -> None:
    limits = Limits(
        message_bytes=1000, rate=Rate(per_second=1, burst=5), connections=2, handshake=0.3
    )
    async with serve(guarded(limits=limits)) as server:
        url = f"ws://127.0.0.1:{server.port}"
        async with connect(f"{url}/echo") as large, connect(f"{url}/echo") as fast:
            with pytest.raises(InvalidStatus) as caught:
                await connect(f"{url}/echo").__aenter__()
            assert caught.value.response.status_code == 503
            await large.send("x" * 1001)
            assert (await end_of(large)).rcvd.code == 1009  # type: ignore[union-attr]
            for _ in range(10):
                await fast.send("x")
            assert (await end_of(fast)).rcvd.code == 3013  # type: ignore[union-attr]
        with pytest.raises(InvalidStatus) as late:
            await connect(f"{url}/slow-to-accept").__aenter__()
        assert late.value.response.status_code == 503


async def test_what_was_counted_is_handed_back() -> None:
    async with serve(guarded(limits=Limits(connections=1))) as server:
        for _ in range(5):
            async with connect(f"ws://127.0.0.1:{server.port}/echo") as client:
                await client.send("hello")
                assert await client.recv() == "hello"


class Hiding:
    """Middleware that wraps send, and says that the client is somebody else, as a proxy's does."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def wrapped(message: Any) -> None:
            await send(message)

        await self.app({**scope, "client": ("192.0.2.7", 7)}, receive, wrapped)


async def test_a_hidden_send_is_warned_of_and_still_ends(caplog: Any) -> None:
    app = guarded()
    app.add_middleware(Hiding)
    with caplog.at_level(logging.WARNING, "holdfast"):
        async with serve(app) as server:
            assert "add HoldfastGuard last: Hiding" in caplog.text
            async with server.peer("/floods") as client:
                client.stall()
                await until(lambda: hasattr(app.state, "told"), 10)
                guard = app.state.holdfast_guard
                await until(lambda: not guard.connections)
    assert "could not be reached" in caplog.text


async def test_what_is_around_the_whole_application_is_named_too(caplog: Any) -> None:
    async with (
        serve(Hiding(guarded())) as server,
        connect(f"ws://127.0.0.1:{server.port}/echo"),
    ):
        pass
    assert "Hiding.__call__" in caplog.text


async def test_middleware_that_hides_nothing_is_not_warned_of(caplog: Any) -> None:
    app = guarded()
    app.add_middleware(CORSMiddleware, allow_origins=["*"])
    async with serve(app) as server, connect(f"ws://127.0.0.1:{server.port}/echo"):
        pass
    assert "add HoldfastGuard last" not in caplog.text


async def test_it_stands_aside_for_endpoints_of_holdfast() -> None:
    app = guarded()
    hf = Holdfast(app)

    @hf.websocket("/own")
    async def own(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    async with serve(app) as server, connect(f"ws://127.0.0.1:{server.port}/own") as client:
        await client.send("hello")
        assert await client.recv() == "hello"
        assert len(hf.connections) == 1
        assert app.state.holdfast_guard.connections == []
        link = hf.connections[0].link
        assert link is not None
        assert link._steps  # type: ignore[attr-defined]  # it found uvicorn's own send below


async def test_a_guard_inside_a_guard_is_one() -> None:
    inner = guarded()
    outer = FastAPI()
    outer.mount("/inner", inner)
    outer.add_middleware(HoldfastGuard, deadlines=QUICK)
    async with (
        serve(outer) as server,
        connect(f"ws://127.0.0.1:{server.port}/inner/echo") as client,
    ):
        await client.send("hello")
        assert await client.recv() == "hello"
        assert len(outer.state.holdfast_guard.connections) == 1


def test_unless_asked_it_limits_no_public_address() -> None:
    admission = HoldfastGuard(guarded()).gate.admission
    passes = [admission.enter("8.8.8.8", "/echo") for _ in range(1001)]
    assert all(isinstance(each, Pass) for each in passes)


async def test_a_protocol_error_is_a_disconnect_like_any_other() -> None:
    """Uvicorn closes then, and raises RuntimeError for what is sent before its socket is closed."""
    app = FastAPI()
    ends: list[BaseException] = []

    @app.websocket("/sends")
    async def sends(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text("x")
                await asyncio.sleep(0)
        except BaseException as error:
            ends.append(error)
            raise

    app.add_middleware(HoldfastGuard, deadlines=QUICK)
    async with serve(app) as server, connect(f"ws://127.0.0.1:{server.port}/sends") as client:
        await client.recv()
        client.transport.write(b"\xff" * 5)
        await until(lambda: bool(ends))
        (error,) = ends
        assert isinstance(error, WebSocketDisconnect)
        assert error.code == 1002


async def test_what_was_rescued_is_told_by_route_and_not_by_path() -> None:
    async def bare(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1005})

    guard = HoldfastGuard(bare, deadlines=QUICK)
    async with serve(guard) as server:
        for number in range(3):
            async with connect(f"ws://127.0.0.1:{server.port}/secret-{number}") as client:
                await end_of(client)
    assert [(one.endpoint, one.count) for one in guard.rescues()] == [("an ASGI application", 3)]


def test_the_test_client_works() -> None:
    with TestClient(guarded()).websocket_connect("/echo") as client:
        client.send_text("hello")
        assert client.receive_text() == "hello"
