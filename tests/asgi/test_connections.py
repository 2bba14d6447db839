"""A connection's life and messages, through the test client; real servers are in tests/servers."""

import asyncio
import dataclasses
import datetime
from typing import Any

import msgspec
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from holdfast import Closed, Connection, Deadlines, Disconnected, Holdfast, InboxLimits, Position
from holdfast.testing import until_sync
from tests.support.testclient import closed

QUICK = Deadlines(grace=0.1, cleanup_timeout=0.1, close_timeout=0.5, inbox_timeout=0.2)


@pytest.fixture
def hf(app: FastAPI) -> Holdfast:
    return Holdfast(app, deadlines=QUICK)


class Pydantic(BaseModel):
    at: datetime.date


@dataclasses.dataclass
class Data:
    n: int


class Struct(msgspec.Struct):
    n: int


def test_what_can_be_sent(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        day = datetime.date(2026, 1, 2)
        for value in ("text", b"bytes", bytearray(b"more"), {"d": day}, Pydantic(at=day)):
            await conn.send(value)
        for value in (Data(1), Struct(2), [Pydantic(at=day)], None, 1.5):
            await conn.send(value)

    with TestClient(app).websocket_connect("/ws") as client:
        assert client.receive_text() == "text"
        assert client.receive_bytes() == b"bytes"
        assert client.receive_bytes() == b"more"
        received = [client.receive_json() for _ in range(7)]
        day = {"at": "2026-01-02"}
        assert received == [{"d": "2026-01-02"}, day, {"n": 1}, {"n": 2}, [day], None, 1.5]


@pytest.mark.parametrize(
    ("type_", "sent", "received"),
    [
        (bytes, b"\x00", "bytes"),
        (str | bytes, b"\x00", "bytes"),
        (str | bytes, "text", "str"),
        (dict[str, int], '{"a": 1}', "dict"),
        (Any, "[1]", "list"),
        (Pydantic, '{"at": "2026-01-02"}', "Pydantic"),
        (Data | Pydantic, '{"n": 1}', "Data"),
        (Struct, '{"n": 1}', "Struct"),
        (str | Struct, b'{"n": 1}', "Struct"),
        (int, "7", "int"),
    ],
)
def test_what_can_be_received(
    app: FastAPI, hf: Holdfast, type_: Any, sent: Any, received: str
) -> None:
    async def handler(conn: Any) -> None:
        await conn.send(type(await conn.receive()).__name__)

    handler.__annotations__["conn"] = Connection[type_]
    hf.websocket("/ws")(handler)
    with TestClient(app).websocket_connect("/ws") as client:
        (client.send_bytes if isinstance(sent, bytes) else client.send_text)(sent)
        assert client.receive_text() == received


def test_the_fifth_bad_message_in_a_row_closes(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[Struct]) -> None:
        async for message in conn:
            await conn.send(message)

    with TestClient(app).websocket_connect("/ws") as client:
        for _ in range(4):
            client.send_text('{"n": "secret"}')
            answer = client.receive_json()
            assert (answer["holdfast"], answer["code"]) == ("error", "invalid")
            assert "secret" not in answer["message"]
        client.send_text('{"n": 1}')
        assert client.receive_json() == {"n": 1}
        for bad in ("[", "{}", "null", "1", '"x"'):
            client.send_text(bad)
        assert closed(client).code == 3509


def test_receive_has_a_timeout_and_says_when_the_client_is_gone(app: FastAPI, hf: Holdfast) -> None:
    ends: list[Any] = []

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        with pytest.raises(TimeoutError):
            await conn.receive(timeout=0.01)
        await conn.send("now")
        await conn.send(await conn.receive(timeout=5))
        try:
            await conn.receive()
        except Disconnected as gone:
            ends.append((gone.code, conn.closed))
            raise

    with TestClient(app) as client, client.websocket_connect("/ws") as ws:
        assert ws.receive_text() == "now"
        ws.send_text("a")
        assert ws.receive_text() == "a"
        ws.close(4001, "bye")
        until_sync(lambda: bool(ends))
    assert ends == [(4001, Closed(4001, "bye"))]


def test_a_handler_that_goes_on_is_cancelled_after_grace(app: FastAPI, hf: Holdfast) -> None:
    events: list[str] = []

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        conn.on_disconnect(lambda conn, closed: events.append(f"over {closed.code}"))
        await conn.send("ready")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)  # pacing: a clean-up that awaits
            events.append("cleaned up")

    with TestClient(app) as client:
        with client.websocket_connect("/ws") as ws:
            assert ws.receive_text() == "ready"
            ws.close(1001)
            until_sync(lambda: len(events) == 2)
        assert events == ["cleaned up", "over 1001"]
        assert hf.connections == []


def test_a_send_only_handler_learns_at_once(app: FastAPI, hf: Holdfast) -> None:
    sent: list[int] = []

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        while True:
            await conn.send("tick")
            sent.append(1)
            await asyncio.sleep(0.005)  # pacing

    with TestClient(app) as client:
        with client.websocket_connect("/ws") as ws:
            ws.receive_text()
            ws.close()
            until_sync(lambda: hf.connections == [])
            count = len(sent)
        assert len(sent) <= count + 1


def test_on_disconnect_may_be_a_coroutine_and_runs_once(app: FastAPI, hf: Holdfast) -> None:
    calls: list[Closed] = []

    async def over(conn: Connection[Any], closed: Closed) -> None:
        await asyncio.sleep(0)
        calls.append(closed)

    async def broken(conn: Connection[Any], closed: Closed) -> None:
        raise RuntimeError("in a callback")

    async def endless(conn: Connection[Any], closed: Closed) -> None:
        await asyncio.Event().wait()

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        for callback in (broken, endless, over):
            conn.on_disconnect(callback)
        await conn.close(4000, "enough")
        await conn.close(4001)

    with TestClient(app) as client, client.websocket_connect("/ws") as ws:
        assert closed(ws).code == 4000
        until_sync(lambda: bool(calls))
    assert calls == [Closed(4000, "enough")]


@pytest.mark.parametrize(("code", "reason"), [(1005, ""), (999, ""), (5000, ""), (4000, "ä" * 62)])
def test_a_close_frame_must_be_valid(app: FastAPI, hf: Holdfast, code: int, reason: str) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        with pytest.raises(ValueError, match="RFC 6455|123 bytes"):
            await conn.close(code, reason)

    with TestClient(app).websocket_connect("/ws") as client:
        assert closed(client).code == 1000


def test_an_inbox_that_nobody_reads_ends_the_connection(app: FastAPI) -> None:
    hf = Holdfast(app, deadlines=QUICK)

    @hf.websocket("/ws", inbox=InboxLimits(messages=4))
    async def handler(conn: Connection[str]) -> None:
        await asyncio.Event().wait()

    with TestClient(app).websocket_connect("/ws") as client:
        for _ in range(10):
            client.send_text("x")
        assert closed(client).code == 3013


def test_disconnect_by_user(app: FastAPI, hf: Holdfast) -> None:
    class User(BaseModel):
        id: int

    @hf.websocket("/ws/{id}")
    async def handler(conn: Connection[str], id: int) -> None:
        conn.user = User(id=id)
        await conn.send("in")
        async for _ in conn:
            pass

    @app.delete("/users/{id}")
    async def ban(id: int) -> int:
        return await hf.disconnect(user=id, reason="banned")

    with (
        TestClient(app) as client,
        client.websocket_connect("/ws/1") as one,
        client.websocket_connect("/ws/2") as two,
        client.websocket_connect("/ws/1") as again,
    ):
        for ws in (one, two, again):
            ws.receive_text()
        assert client.delete("/users/1").json() == 2
        for ws in (one, again):
            assert (closed(ws).code, len(hf.connections)) == (3503, 1)
        assert [conn.user for conn in hf.connections] == [User(id=2)]


def test_broadcast_reaches_handlers_and_leaves_streams_alone(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        await conn.send("in")
        async for text in conn:
            await hf.broadcast(text)

    @hf.stream("/s", every=60)
    async def stream() -> int:
        return 1

    with (
        TestClient(app) as client,
        client.websocket_connect("/ws") as one,
        client.websocket_connect("/s") as viewer,
    ):
        assert (one.receive_text(), viewer.receive_json()) == ("in", 1)
        one.send_text("first")
        assert one.receive_text() == "first"
        with client.websocket_connect("/ws") as two:
            assert two.receive_text() == "in"
            two.send_text("second")
            assert one.receive_text() == two.receive_text() == "second"
        viewer.close()


def test_the_envelope_and_filters(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws", envelope=True)
    async def handler(conn: Connection[str]) -> None:
        await conn.join("c", where={"kind": ["a", "b"]})
        for kind, data in (("a", "text"), ("x", 1), ("b", {"n": 1}), ("a", b"\x00")):
            await hf.publish("c", data, tags={"kind": kind})
        async for _ in conn:
            pass

    with TestClient(app).websocket_connect("/ws") as client:
        messages = [client.receive_json() for _ in range(3)]
        assert {message.pop("channel") for message in messages} == {"c"}
        assert len({message.pop("epoch") for message in messages}) == 1
        assert messages == [
            {"offset": 1, "data": "text"},
            {"offset": 3, "data": {"n": 1}},
            {"offset": 4, "data": "AA==", "encoding": "base64"},
        ]


def test_join_replays_and_leave_leaves(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/keeper")
    async def keeper(conn: Connection[str]) -> None:
        await conn.join("c")
        for n in range(5):
            await hf.publish("c", str(n))
        async for _ in conn:
            pass

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        here = await hf.publish("c", "5")
        assert await conn.join("c", since=Position(here.epoch, 3))
        assert await conn.join("c", since="all")  # joined already: nothing
        await hf.publish("c", "6")
        await conn.leave("c")
        await hf.publish("c", "7")
        assert not await conn.join("c", since=Position("other", 3))
        await conn.leave("c")
        await conn.join("c", since=1)
        async for _ in conn:
            pass

    with TestClient(app) as client, client.websocket_connect("/keeper") as first:
        assert [first.receive_text() for _ in range(5)] == list("01234")
        with client.websocket_connect("/ws") as second:
            received = [second.receive_text() for _ in range(4)]
            assert received == ["3", "4", "5", "6"]
            assert [second.receive_text() for _ in range(9)] == [*"01234567", "7"]
