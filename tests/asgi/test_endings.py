"""How connections end when several things happen at once. Each test failed before."""

import asyncio
import logging
from typing import Any

import pytest
from fastapi import Depends, FastAPI, HTTPException, WebSocketException
from fastapi.testclient import TestClient

from holdfast import Closed, Connection, Deadlines, FirstMessageToken, Holdfast
from holdfast.asgi.link import AsgiLink
from holdfast.errors import CloseCode, NotAccepted
from holdfast.testing import Peer, serve, until

QUICK = Deadlines(grace=0.1, cleanup_timeout=0.3, close_timeout=0.5)


@pytest.fixture
def hf(app: FastAPI) -> Holdfast:
    return Holdfast(app, deadlines=QUICK)


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]


async def test_a_link_that_dies_before_its_task_began_is_drained(hf: Holdfast) -> None:
    async def send(message: Any) -> None: ...

    link = AsgiLink(send, {}, hf.runtime().watch)
    link.push({})
    assert link.paused
    link.drop()
    async with asyncio.timeout(10):
        await link.drained()


async def test_a_send_that_its_server_cancels_ends_the_link(hf: Holdfast) -> None:
    async def send(message: Any) -> None:
        raise asyncio.CancelledError

    lost = asyncio.Event()
    link = AsgiLink(send, {}, hf.runtime().watch)
    link.on_lost = lambda code, reason: lost.set()
    link.push({})
    async with asyncio.timeout(10):
        await lost.wait()


async def test_a_handler_that_only_sends_lets_others_run(app: FastAPI, hf: Holdfast) -> None:
    """The transport of a dead socket takes everything: without a turn it is never found dead."""
    sent = 0

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        nonlocal sent
        while sent < 100_000:
            await conn.send("tick")
            sent += 1

    async with serve(app) as server:
        peer = await server.connect("/ws")
        peer.reset()
        await until(lambda: not hf.connections)
    assert sent < 100_000


async def test_a_client_that_goes_while_its_user_is_looked_up(app: FastAPI, hf: Holdfast) -> None:
    looked_up = asyncio.Event()
    handler: list[str] = []

    async def user(token: str = Depends(FirstMessageToken())) -> None:
        await looked_up.wait()

    @hf.websocket("/ws", user=Depends(user))
    async def idle(conn: Connection[str]) -> None:
        handler.append("began")
        try:
            await asyncio.Event().wait()
        finally:
            handler.append("ended")

    async with serve(app) as server:
        peer = await server.connect("/ws")
        await until(lambda: hf.connections)
        peer.vanish()
        peer = await server.connect("/ws")
        peer.send_text("token")
        peer.vanish()
        await until(lambda: not hf.connections)
        looked_up.set()
        await until(lambda: handler == ["began", "ended"])


async def test_a_stream_takes_a_token_in_the_first_message(app: FastAPI, hf: Holdfast) -> None:
    async def guard(token: str = Depends(FirstMessageToken(deadline=5))) -> None:
        if token != "right":
            raise HTTPException(401)

    @hf.stream("/s", every=60, dependencies=[Depends(guard)])
    async def numbers() -> int:
        return 1

    async with serve(app) as server:
        received: list[bytes] = []
        peer = await server.connect("/s", on_message=received.append)
        for text in ("right", "more", "and more"):
            peer.send_text(text)
        await until(lambda: received)
        assert not peer.ended.is_set()
        peer.close()
        stranger = await server.connect("/s")
        stranger.send_text("wrong")
        assert await stranger.end() == 3500


async def test_a_task_group_that_ends_by_a_gone_client_is_no_error(
    app: FastAPI, hf: Holdfast, caplog: pytest.LogCaptureFixture
) -> None:
    over: list[Closed] = []

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        conn.on_disconnect(lambda conn, closed: over.append(closed))

        async def tick() -> None:
            while True:
                await conn.send("tick")
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as group:
            group.create_task(tick())

    async with serve(app) as server:
        (await server.connect("/ws")).close(1000)
        await until(lambda: over)
    assert not errors(caplog)


@pytest.mark.parametrize("path", ["/handler", "/dependency"])
async def test_a_refusal_of_who_is_gone_already_is_no_error(
    app: FastAPI, hf: Holdfast, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    gone, done = asyncio.Event(), asyncio.Event()

    async def user(token: str = Depends(FirstMessageToken())) -> None:
        await gone.wait()
        done.set()
        raise HTTPException(401)

    @hf.websocket("/handler")
    async def late(conn: Connection[str]) -> None:
        async for _ in conn:
            pass
        done.set()
        raise WebSocketException(4000)

    @hf.websocket("/dependency", user=Depends(user))
    async def never(conn: Connection[str]) -> None: ...

    async with serve(app) as server:
        peer = await server.connect(path)
        peer.send_text("token")
        peer.close()
        await peer.end()
        await until(lambda: not hf.connections)
        gone.set()
        await done.wait()
    assert not errors(caplog)


async def test_news_come_before_the_close_of_a_refusal(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        await conn.join("lobby")
        await hf.publish("lobby", "first")
        raise WebSocketException(4000)

    async with serve(app) as server:
        received: list[bytes] = []
        peer = await server.connect("/ws", on_message=received.append)
        assert await peer.end() == 4000
        assert received == [b"first"]


async def test_a_server_that_loses_patience_does_not_skip_the_clean_up(
    app: FastAPI, hf: Holdfast
) -> None:
    """It cancels the task a second time, while that already closes."""
    over: list[str] = []
    tasks: list[Any] = []

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        tasks.append(asyncio.current_task())

        async def slow(conn: Any, closed: Closed) -> None:
            over.append("began")
            await asyncio.Event().wait()

        conn.on_disconnect(slow)
        conn.on_disconnect(lambda conn, closed: over.append("second"))

    async with serve(app) as server:
        peer = await server.connect("/ws")
        await until(lambda: over == ["began"])
        tasks[0].cancel()
        await until(lambda: over == ["began", "second"])
        await peer.end()


async def test_a_callback_that_awaits_what_it_cancelled(app: FastAPI, hf: Holdfast) -> None:
    over: list[str] = []

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        ticker = asyncio.create_task(asyncio.Event().wait())

        async def stop(conn: Any, closed: Closed) -> None:
            ticker.cancel()
            await ticker

        conn.on_disconnect(stop)
        conn.on_disconnect(lambda conn, closed: over.append("second"))

    async with serve(app) as server:
        peer = await server.connect("/ws")
        assert await peer.end() == 1000
        await until(lambda: over)


async def test_a_handler_that_ends_while_it_accepts(app: FastAPI, hf: Holdfast) -> None:
    """Two accepts at once: the second fails, and the first must not register what is over."""

    @hf.websocket("/ws", accept=False)
    async def handler(conn: Connection[str]) -> None:
        await asyncio.gather(conn.accept(), conn.accept(), return_exceptions=True)

    async with serve(app) as server:
        peer = await server.connect("/ws")
        await peer.end()
        await until(lambda: not hf.connections)


async def test_text_that_no_frame_can_carry_is_the_senders_error(
    app: FastAPI, hf: Holdfast
) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        await conn.join("lobby")
        async for _ in conn:
            pass

    async with serve(app) as server:
        received: list[bytes] = []
        await server.connect("/ws", on_message=received.append)
        await until(lambda: hf.statistics().channels)
        with pytest.raises(ValueError, match="lone surrogate"):
            await hf.publish("lobby", "\ud800")
        await hf.publish("lobby", "è")
        await until(lambda: received == ["è".encode()])


def test_json_nested_without_end_is_a_bad_message(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws")
    async def handler(conn: Connection[Any]) -> None:
        async for _ in conn:
            await conn.send("fine")

    with TestClient(app).websocket_connect("/ws") as client:
        client.send_text("[" * 60_000)
        assert client.receive_json()["code"] == "invalid_json"
        client.send_text("1")
        assert client.receive_text() == "fine"


async def test_a_stop_does_not_leave_a_stuck_client_to_itself(app: FastAPI) -> None:
    """The server outlives this app's lifespan: another app, or another's patience."""
    hf = Holdfast(app, deadlines=QUICK)
    over: list[int] = []

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        conn.on_disconnect(lambda conn, closed: over.append(closed.code))
        while True:
            await conn.send("x" * 30_000)

    async with serve(app) as server:
        peer = await server.connect("/ws", receive_buffer=4096)
        peer.stall()
        runtime = hf.runtime()
        await until(lambda: [c for c in hf.connections if c.link is not None and c.link.paused])
        await runtime.stop()
        await until(lambda: over == [CloseCode.SHUTDOWN])
        peer.reset()


async def test_an_app_that_stops_leaves_the_others_of_its_loop_alone() -> None:
    one, two = FastAPI(), FastAPI()
    hf = Holdfast(one, deadlines=QUICK)
    hf.install(two)

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        async for text in conn:
            await conn.send(text)

    async with serve(one) as server:
        received: list[bytes] = []
        async with serve(two):
            peer = await Peer.connect(
                server.port, "/ws", on_message=lambda text: received.append(bytes(text))
            )
        peer.send_text("still here")
        await until(lambda: received == [b"still here"])
        peer.vanish()


def test_closing_before_accepting_says_so(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/ws", accept=False)
    async def handler(conn: Connection[str]) -> None:
        with pytest.raises(NotAccepted):
            await conn.close(4000)
        await conn.accept()
        await conn.close(4001)
        await conn.close(4002)

    with TestClient(app).websocket_connect("/ws") as client:
        assert client.receive()["code"] == 4001
