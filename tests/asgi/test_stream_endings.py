"""Producers and their viewers when several things happen at once."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient

from holdfast import Connection, Holdfast
from holdfast.asgi import producer as producers
from holdfast.testing import Peer, serve, until
from tests.support.http import events as sse


async def watch(port: int, path: str) -> tuple[Peer, list[bytes]]:
    received: list[bytes] = []
    peer = await Peer.connect(port, path, on_message=lambda text: received.append(bytes(text)))
    return peer, received


async def test_a_producer_whose_clean_up_fails_is_not_begun_again(
    app: FastAPI, hf: Holdfast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(producers, "BACKOFF", (0.01, 0.01))
    runs: list[str] = []

    @hf.stream("/s")
    async def broken() -> AsyncIterator[str]:
        runs.append("began")
        try:
            yield "value"
            await asyncio.Event().wait()
        finally:
            runs.append("ended")
            raise RuntimeError("in the clean-up")

    async with serve(app) as server:
        peer, received = await watch(server.port, "/s")
        await until(lambda: received)
        peer.vanish()
        await until(lambda: len(runs) == 2)
        await asyncio.sleep(0.1)  # pacing: ten times the backoff
    assert runs == ["began", "ended"]


async def test_a_producer_that_swallows_its_cancellation_ends(app: FastAPI, hf: Holdfast) -> None:
    calls: list[asyncio.Event] = []

    @hf.stream("/s", every=0.01)
    async def stubborn() -> int:
        calls.append(asyncio.Event())
        try:
            await calls[-1].wait()
        except asyncio.CancelledError:
            calls[-1].set()
        return len(calls)

    async with serve(app) as server:
        peer, _ = await watch(server.port, "/s")
        await until(lambda: calls)
        peer.vanish()
        await until(calls[0].is_set)
        await asyncio.sleep(0.05)  # pacing: five beats
    assert len(calls) == 1


async def test_an_end_that_comes_late_forgets_no_later_producer(app: FastAPI, hf: Holdfast) -> None:
    """The first takes its cancellation for its end, and would be forgotten again after ``keep``."""
    runs: list[int] = []

    @hf.stream("/s", keep=0.05)
    async def endless() -> AsyncIterator[int]:
        runs.append(len(runs))
        yield runs[-1]
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            runs.append(-1)

    async with serve(app) as server:
        peer, received = await watch(server.port, "/s")
        await until(lambda: received)
        peer.vanish()
        await until(lambda: runs == [0, -1])
        second, received = await watch(server.port, "/s")
        await until(lambda: received == [b"2"])
        await asyncio.sleep(0.1)  # pacing: twice as long as the log of the first is kept
        assert [info.viewers for info in hf.streams] == [1]
        second.vanish()


class SlowAccept:
    """A middleware that holds the handshake of some connections up."""

    entered = asyncio.Event()
    go_on = asyncio.Event()

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def held(message: Any) -> None:
            if message["type"] == "websocket.accept" and scope["query_string"] == b"held":
                self.entered.set()
                await self.go_on.wait()
            await send(message)

        await self.app(scope, receive, held)


async def test_a_viewer_that_comes_as_the_last_one_leaves(app: FastAPI, hf: Holdfast) -> None:
    SlowAccept.entered, SlowAccept.go_on = asyncio.Event(), asyncio.Event()

    @hf.stream("/s", every=0.01)
    async def value() -> int:
        return 1

    app.add_middleware(SlowAccept)
    async with serve(app) as server:
        first, received = await watch(server.port, "/s")
        await until(lambda: received)
        coming = asyncio.create_task(watch(server.port, "/s?held"))
        await SlowAccept.entered.wait()
        first.vanish()
        await until(lambda: not hf.connections)
        SlowAccept.go_on.set()
        second, received = await coming
        await until(lambda: received)
        assert not second.ended.is_set()
        second.vanish()
        await until(lambda: not hf.streams)


async def test_two_streams_on_the_same_path_of_two_routers(app: FastAPI, hf: Holdfast) -> None:
    one, two = APIRouter(), APIRouter()

    @hf.stream("/s", every=0.01, router=one)
    async def ones() -> str:
        return "one"

    @hf.stream("/s", every=0.01, router=two)
    async def twos() -> str:
        return "two"

    app.include_router(one, prefix="/1")
    app.include_router(two, prefix="/2")
    async with serve(app) as server:
        first, of_one = await watch(server.port, "/1/s")
        second, of_two = await watch(server.port, "/2/s")
        await until(lambda: len(of_one) > 5 and len(of_two) > 5)
        assert (set(of_one), set(of_two)) == ({b"one"}, {b"two"})
        first.vanish()
        second.vanish()


def test_a_stream_of_a_loop_that_is_closed_takes_no_room(app: FastAPI, hf: Holdfast) -> None:
    @hf.stream("/s", every=1.0, linger=60, max_streams=1)
    async def value() -> int:
        return 1

    for _ in range(2):
        with TestClient(app) as client, client.websocket_connect("/s") as ws:
            assert ws.receive_text() == "1"
        assert hf.streams == []


def test_a_thread_publishes_while_no_loop_runs(hf: Holdfast) -> None:
    loop = asyncio.new_event_loop()

    async def publish() -> int:
        return (await hf.publish("lobby", "first")).offset

    try:
        assert loop.run_until_complete(publish()) == 1
        offsets: list[int] = []
        thread = threading.Thread(
            target=lambda: offsets.append(hf.publish_threadsafe("lobby", "second").offset),
            daemon=True,
        )
        thread.start()
        thread.join(5)
        assert offsets == [2]
    finally:
        loop.close()


async def test_a_thread_may_look_at_the_connections(app: FastAPI, hf: Holdfast) -> None:
    faults: list[Exception] = []
    over = threading.Event()

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        async for _ in conn:
            pass

    def look() -> None:
        while not over.is_set():
            try:
                assert len(hf.connections) >= 0
            except RuntimeError as error:
                faults.append(error)
                return

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        async with serve(app) as server:
            stay = [await server.connect("/ws") for _ in range(100)]
            thread = threading.Thread(target=look)
            thread.start()
            for _ in range(100):
                (await server.connect("/ws")).vanish()
            over.set()
            thread.join()
            for peer in stay:
                peer.vanish()
    finally:
        over.set()
        sys.setswitchinterval(interval)
    assert faults == []


async def test_what_a_gap_callback_returns_is_awaited(app: FastAPI, hf: Holdfast) -> None:
    hf.channel("news", overflow="skip")

    @hf.websocket("/ws")
    async def handler(conn: Connection[str]) -> None:
        conn.on_gap(lambda channel, missed: conn.send(f"{missed} missed in {channel}"))
        conn.gap("news", 3)  # what the hub calls
        async for _ in conn:
            pass

    async with serve(app) as server:
        peer, received = await watch(server.port, "/ws")
        await until(lambda: received == [b"3 missed in news"])
        peer.vanish()


@pytest.mark.parametrize("scope", ["request", "function"])
async def test_a_channel_is_chosen_while_its_dependencies_stand(
    app: FastAPI, hf: Holdfast, scope: Literal["request", "function"]
) -> None:
    events: list[str] = []

    async def session() -> AsyncIterator[None]:
        events.append("open")
        yield
        events.append("closed")

    @hf.subscribe("/c")
    async def channel(db: None = Depends(session, scope=scope)) -> str:
        events.append("chosen")
        return "news"

    async with serve(app) as server:
        async with sse(server.port, "/c"):
            await until(lambda: hf.connections)
        await until(lambda: events == ["open", "chosen", "closed"])
