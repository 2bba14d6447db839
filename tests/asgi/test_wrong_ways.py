"""Every wrong way of the contract gives a sentence of its own that says what to do."""

import asyncio
import gc
import logging
import threading

import msgspec
import pytest
from fastapi import APIRouter, Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.testclient import WebSocketDenialResponse

from holdfast import ConfigurationError, Connection, CurrentConnection, Endpoint, Holdfast
from holdfast.errors import NotAccepted, WrongThread
from tests.support.testclient import closed


def test_a_sync_handler(hf: Holdfast) -> None:
    def handler(conn: Connection[str]) -> None: ...

    with pytest.raises(ConfigurationError, match=r"handler .*wrong_ways.* must be `async def`"):
        hf.websocket("/ws")(handler)  # type: ignore[type-var]


def test_a_sync_method_of_an_endpoint(hf: Holdfast) -> None:
    class Room(Endpoint[str]):
        def on_message(self, conn: Connection[str], message: str) -> None: ...  # type: ignore[override]

    with pytest.raises(ConfigurationError, match=r"Room\.on_message.* must be `async def`"):
        hf.websocket("/ws")(Room)


def test_a_connection_without_annotation(hf: Holdfast) -> None:
    async def handler(conn) -> None: ...  # type: ignore[no-untyped-def]

    with pytest.raises(ConfigurationError, match=r"`conn` has no annotation: write `conn: Conn"):
        hf.websocket("/ws")(handler)


def test_no_connection_at_all(hf: Holdfast) -> None:
    async def handler(websocket: WebSocket) -> None: ...

    with pytest.raises(ConfigurationError, match=r"takes no Connection: add a parameter `conn: Co"):
        hf.websocket("/ws")(handler)


@pytest.mark.parametrize("annotation", [Connection, Connection[str], Connection[dict]])
def test_a_connection_on_a_plain_websocket_route(app: FastAPI, annotation: object) -> None:
    async def handler(conn) -> None: ...  # type: ignore[no-untyped-def]

    handler.__annotations__["conn"] = annotation
    with pytest.raises(ConfigurationError, match=r"with @hf\.websocket instead of @app\.websocket"):
        app.websocket("/ws")(handler)


def test_a_connection_in_a_dependency(hf: Holdfast) -> None:
    async def who(conn: Connection[str]) -> str:
        return conn.id

    async def handler(conn: Connection[str], name: str = Depends(who)) -> None: ...

    with pytest.raises(ConfigurationError, match="annotate the parameter with CurrentConnection"):
        hf.websocket("/ws")(handler)


def test_the_current_connection_where_there_is_none(app: FastAPI) -> None:
    async def who(conn: CurrentConnection) -> str:
        return conn.id

    @app.get("/")
    async def page(name: str = Depends(who)) -> str:
        return name

    with pytest.raises(ConfigurationError, match="a route that is not Holdfast's"):
        TestClient(app).get("/")


async def test_a_publish_without_await(hf: Holdfast) -> None:
    with pytest.warns(RuntimeWarning, match=r"hf\.publish\('lobby', \.\.\.\) was not awaited") as w:
        hf.publish("lobby", "hi")
        gc.collect()
    assert w[0].filename == __file__


def test_a_send_without_await(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        conn.send("hi")
        gc.collect()

    with (
        pytest.warns(RuntimeWarning, match=r"write `await conn\.send\(\.\.\.\)`") as w,
        TestClient(app).websocket_connect("/ws"),
    ):
        pass
    assert w[0].filename == __file__


async def test_a_publish_can_be_a_task(hf: Holdfast) -> None:
    first = asyncio.create_task(hf.publish("lobby", "a"))
    second, third = await asyncio.gather(hf.publish("lobby", "b"), hf.publish("lobby", "c"))
    assert {(await first).offset, second.offset, third.offset} == {1, 2, 3}


@pytest.mark.parametrize("name", ["publish", "publish_nowait", "broadcast"])
def test_a_publish_from_a_thread(hf: Holdfast, name: str) -> None:
    arguments = ("hi",) if name == "broadcast" else ("lobby", "hi")
    with pytest.raises(WrongThread, match="use hf.publish_threadsafe"):
        getattr(hf, name)(*arguments)


async def test_a_blocking_publish_on_the_loop(hf: Holdfast) -> None:
    with pytest.raises(WrongThread, match=r"use `await hf\.publish\(\.\.\.\)`"):
        hf.publish_threadsafe("lobby", "hi")


async def test_a_publish_from_another_thread_is_accepted(hf: Holdfast) -> None:
    await hf.publish("lobby", "a")
    position = await asyncio.to_thread(hf.publish_threadsafe, "lobby", "b")
    assert position.offset == 2


def test_a_publish_before_any_loop(hf: Holdfast) -> None:
    assert hf.publish_threadsafe("lobby", "a").offset == 1
    assert threading.active_count() >= 1


def test_installed_twice(app: FastAPI, hf: Holdfast) -> None:
    with pytest.raises(ConfigurationError, match="installed on that app already"):
        hf.install(app)


def test_a_name_that_only_a_function_knows(hf: Holdfast) -> None:
    async def handler(conn) -> None: ...  # type: ignore[no-untyped-def]

    handler.__annotations__["conn"] = "Connection[Hidden]"
    with pytest.raises(ConfigurationError, match="'Hidden' cannot be found.*top level"):
        hf.websocket("/ws")(handler)


def test_binary_where_text_is_expected(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    with TestClient(app).websocket_connect("/ws") as client:
        client.send_bytes(b"\0")
        assert client.receive_json() == {
            "holdfast": "error",
            "code": "text_expected",
            "message": "a binary message arrived where text is expected",
        }
        client.send_text("still here")
        assert client.receive_text() == "still here"


def test_a_server_without_websockets(
    app: FastAPI, hf: Holdfast, caplog: pytest.LogCaptureFixture
) -> None:
    """Such a server passes the handshake on as the GET that it is."""

    @hf.websocket("/ws/{name}")
    async def handler(conn: Connection[str], name: str) -> None: ...

    @hf.stream("/metrics", every=1)
    async def metrics() -> int:
        return 1

    handshake = {"Upgrade": "websocket", "Connection": "Upgrade"}
    for path in ("/ws/a", "/metrics"):
        answer = TestClient(app).get(path, headers=handshake)
        assert answer.status_code == 501
        assert "pip install 'uvicorn[standard]'" in answer.text
    assert "speaks no WebSocket" in caplog.text
    assert TestClient(app).get("/elsewhere", headers=handshake).status_code == 404


def test_use_before_accept(app: FastAPI, hf: Holdfast) -> None:
    said = []

    @hf.websocket("/ws", accept=False)
    async def handler(conn: Connection[str]) -> None:
        for use in (conn.send("x"), conn.receive(), conn.join("lobby")):
            with pytest.raises(NotAccepted, match=r"`await conn\.accept\(\)` first"):
                await use
            said.append(use)
        await conn.accept(subprotocol="v1", headers={"X-Answer": "42"})
        await conn.send("accepted")

    with TestClient(app).websocket_connect("/ws", subprotocols=["v1"]) as client:
        assert client.receive_text() == "accepted"
        assert client.accepted_subprotocol == "v1"
        assert (b"x-answer", b"42") in client.extra_headers
    assert len(said) == 3


class TestStreams:
    """Definitions of streams that cannot work."""

    def test_a_dependency_in_a_producer(self, hf: Holdfast) -> None:
        async def producer(user: str = Depends(lambda: "me")) -> int:
            return 1

        with pytest.raises(ConfigurationError, match=r"'user' .* dependencies=\[Depends\("):
            hf.stream("/s", every=1)(producer)

    def test_a_websocket_in_a_producer(self, hf: Holdfast) -> None:
        async def producer(websocket: WebSocket) -> int:
            return 1

        with pytest.raises(ConfigurationError, match="no path or query parameter"):
            hf.stream("/s", every=1)(producer)

    def test_neither_interval_nor_generator(self, hf: Holdfast) -> None:
        async def producer() -> int:
            return 1

        with pytest.raises(ConfigurationError, match="give every=SECONDS or make it a generator"):
            hf.stream("/s")(producer)

    def test_a_sync_generator(self, hf: Holdfast) -> None:
        def producer():  # type: ignore[no-untyped-def]
            yield 1

        with pytest.raises(ConfigurationError, match="make it `async def`"):
            hf.stream("/s")(producer)

    def test_append_on_values(self, hf: Holdfast) -> None:
        async def producer() -> int:
            return 1

        with pytest.raises(ConfigurationError, match="append=True is for async generators"):
            hf.stream("/s", every=1, append=True)(producer)


def test_types_of_two_libraries_in_one_union(hf: Holdfast) -> None:
    class Left(msgspec.Struct):
        a: int

    class Right(BaseModel):
        b: int

    async def handler(conn) -> None: ...  # type: ignore[no-untyped-def]

    handler.__annotations__["conn"] = Connection[Left | Right]
    with pytest.raises(ConfigurationError, match="goes with msgspec's own types only"):
        hf.websocket("/ws")(handler)


class TestValues:
    """Options that cannot work."""

    def test_backplane(self) -> None:
        with pytest.raises(ConfigurationError, match="no URL of a broker: expected memory://"):
            Holdfast(backplane="localhost:6379")

    def test_origins_as_one_string(self) -> None:
        with pytest.raises(ConfigurationError, match="expected a list"):
            Holdfast(origins="https://example.com")

    def test_an_origin_without_scheme(self) -> None:
        with pytest.raises(ConfigurationError, match="is no origin"):
            Holdfast(origins=["example.com"])

    def test_a_proxy_by_name(self) -> None:
        with pytest.raises(ConfigurationError, match="no IP address or network"):
            Holdfast(trusted_proxies=["proxy.internal"])

    def test_an_overflow_policy(self, hf: Holdfast) -> None:
        with pytest.raises(ConfigurationError, match="close, skip, latest, latest_by_key, concat"):
            hf.channel("a", overflow="drop")  # type: ignore[arg-type]

    def test_a_user_that_is_no_dependency(self, hf: Holdfast) -> None:
        async def handler(conn: Connection[str]) -> None: ...

        with pytest.raises(ConfigurationError, match=r"expected user=Depends\(a_function\)"):
            hf.websocket("/ws", user="me")(handler)

    @pytest.mark.parametrize("name", ["", "x" * 256, 7])
    async def test_a_channel_name(self, hf: Holdfast, name: str) -> None:
        with pytest.raises(ConfigurationError, match="no channel name"):
            hf.publish(name, "x")

    async def test_a_channel_name_of_ours(self, hf: Holdfast) -> None:
        with pytest.raises(ConfigurationError, match="'holdfast:' are Holdfast's own"):
            hf.publish("holdfast:everyone", "x")

    async def test_what_json_cannot_say(self, hf: Holdfast) -> None:
        with pytest.raises(TypeError, match="a object cannot be written as JSON"):
            hf.publish("a", object())

    async def test_a_tag(self, hf: Holdfast) -> None:
        with pytest.raises(TypeError, match="pairs of str"):
            hf.publish("a", "x", tags={"n": 1})  # type: ignore[dict-item]


class TestStartUp:
    """Routes that nobody can reach are said when the app starts."""

    @pytest.fixture(autouse=True)
    def log(self, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
        caplog.set_level(logging.WARNING, "holdfast")
        return caplog

    def _start(self, app: FastAPI, log: pytest.LogCaptureFixture) -> str:
        with TestClient(app):
            pass
        return log.text

    def test_nothing_to_say(
        self, app: FastAPI, hf: Holdfast, log: pytest.LogCaptureFixture
    ) -> None:
        router = APIRouter(prefix="/r")

        @hf.websocket("/ws/{n:int}", router=router)
        @hf.websocket("/ws")
        async def handler(conn: Connection[str]) -> None: ...

        app.include_router(router, prefix="/deep/{tenant}")
        app.mount("/static", FastAPI())
        assert self._start(app, log) == ""

    def test_a_router_never_included(
        self, app: FastAPI, hf: Holdfast, log: pytest.LogCaptureFixture
    ) -> None:
        @hf.websocket("/ws", router=APIRouter())
        async def handler(conn: Connection[str]) -> None: ...

        assert "its router was never included" in self._start(app, log)

    def test_without_a_lifespan_it_is_said_at_the_first_connection(
        self, app: FastAPI, hf: Holdfast, log: pytest.LogCaptureFixture
    ) -> None:
        @hf.websocket("/lost", router=APIRouter())
        @hf.websocket("/ws")
        async def handler(conn: Connection[str]) -> None: ...

        for _ in range(2):
            with TestClient(app).websocket_connect("/ws"):
                pass
        assert log.text.count("its router was never included") == 1

    def test_a_duplicate_path(
        self, app: FastAPI, hf: Holdfast, log: pytest.LogCaptureFixture
    ) -> None:
        @hf.websocket("/ws/{b}")
        @hf.websocket("/ws/{a}")
        async def handler(conn: Connection[str]) -> None: ...

        assert "/ws/{a} in front of it answers first" in self._start(app, log)

    def test_the_same_path(self, app: FastAPI, hf: Holdfast, log: pytest.LogCaptureFixture) -> None:
        @app.websocket("/ws")
        async def plain(websocket: WebSocket) -> None: ...

        @hf.websocket("/ws")
        async def handler(conn: Connection[str]) -> None: ...

        assert "another WebSocket route with the same path" in self._start(app, log)

    def test_a_mount_in_front(
        self, app: FastAPI, hf: Holdfast, log: pytest.LogCaptureFixture
    ) -> None:
        app.mount("/", FastAPI())

        @hf.websocket("/ws")
        async def handler(conn: Connection[str]) -> None: ...

        assert "in front of it answers first: mount later" in self._start(app, log)


def test_a_channel_name_of_a_clients_making_is_refused_without_a_traceback(
    app: FastAPI, hf: Holdfast, caplog: pytest.LogCaptureFixture
) -> None:
    @hf.subscribe("/feed/{room}")
    async def feed(room: str) -> str:
        return f"room.{room}"

    @hf.websocket("/joins")
    async def joins(conn: Connection[str]) -> None:
        async for name in conn:
            await conn.join(name)

    client = TestClient(app)
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect("/feed/" + "x" * 300),
    ):
        pass
    assert refused.value.status_code == 404
    with client.websocket_connect("/joins") as socket:
        socket.send_text("x" * 300)
        assert closed(socket).code == 3501
    assert "Traceback" not in caplog.text
