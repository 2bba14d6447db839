"""What handlers, clients and operators see of a Redis behind ``Holdfast(app, backplane=...)``."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from holdfast import (
    BackplaneUnavailable,
    ConfigurationError,
    Connection,
    Deadlines,
    History,
    Holdfast,
    Limits,
    Position,
)
from holdfast.testing import Ended, Peer, Server, serve, until
from tests.backplane.proxy import Proxy
from tests.support.http import get_json, post, request
from tests.support.redis import RedisServer, Settings

pytestmark = [pytest.mark.newest, pytest.mark.timeout(60)]

NUMBERS = itertools.count()
QUICK = Deadlines(publish_timeout=1.5, join_timeout=1.5)
NOWHERE = Position("", 0)


@pytest.fixture(scope="module")
def shared() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with RedisServer(Settings("always")) as server:
        yield server


class Running:
    """An app over a Redis, as one worker serves it; ``two`` of them are two workers."""

    def __init__(self, url: str, **options: Any) -> None:
        self.app = FastAPI()
        self.hf = hf = Holdfast(self.app, backplane=url, **options)
        hf.channel("kept.{n}", history=History(size=1000, ttl=60))
        hf.channel("told.{n}", overflow="skip")
        hf.channel("buffered.{n}", outage="buffer", history=History(size=1000, ttl=60))
        hf.channel("local.{n}", outage="local", overflow="skip")
        self.app.include_router(hf.health_router())
        self.server: Server
        add_handlers(self.app, hf)

    def client(self, path: str) -> Any:
        return self.server.peer(path)


def add_handlers(app: FastAPI, hf: Holdfast) -> None:
    @hf.websocket("/talk/{channel}", envelope=True)
    async def talk(conn: Connection[str], channel: str, since: str = "") -> None:
        complete = await conn.join(channel, since=Position.parse(since) if since else None)
        await conn.send({"complete": complete})
        async for text in conn:
            await hf.publish(channel, text)

    @hf.websocket("/moves", envelope=True)
    async def moves(conn: Connection[str]) -> None:
        """Joins and leaves as it is told: ``+name`` and ``-name``."""
        async for text in conn:
            if text[0] == "+":
                await conn.join(text[1:])
            else:
                await conn.leave(text[1:])
            await conn.send({"did": text})

    @hf.subscribe("/feed/{channel}", envelope=True)
    async def feed(channel: str) -> str:
        return channel

    @app.post("/publish/{channel}")
    async def publish(channel: str) -> str:
        return str(await hf.publish(channel, "posted"))

    @app.post("/from-a-thread/{channel}")
    def from_a_thread(channel: str) -> str:
        return str(hf.publish_threadsafe(channel, "threaded"))


@asynccontextmanager
async def running(url: str, **options: Any) -> AsyncIterator[Running]:
    one = Running(url, **options)
    async with serve(one.app) as server:
        one.server = server
        yield one


@asynccontextmanager
async def two(redis: RedisServer, **options: Any) -> AsyncIterator[tuple[Running, Running]]:
    url = redis.url_for(prefix=f"two{next(NUMBERS)}")
    async with running(url, **options) as one, running(url, **options) as other:
        yield one, other


async def joined(peer: Peer) -> Peer:
    assert await peer.receive_json() == {"complete": True}
    return peer


def place(envelope: dict[str, Any]) -> str:
    return f"{envelope['epoch']}-{envelope['offset']}-{envelope['tag']}"


async def data_of(peer: Peer, count: int) -> list[Any]:
    return [(await peer.receive_json())["data"] for _ in range(count)]


# --- two workers are one server


async def test_the_envelope_carries_what_a_page_needs_to_come_back(shared: RedisServer) -> None:
    async with two(shared) as (one, other), one.client("/talk/kept.a") as ann:
        await joined(ann)
        positions = [await other.hf.publish("kept.a", n) for n in range(5)]
        seen = [await ann.receive_json() for _ in range(5)]
        assert [list(one) for one in seen] == [
            ["channel", "offset", "epoch", "data", "tag"]
        ] * 5 or [list(one) for one in seen] == [["channel", "offset", "epoch", "tag", "data"]] * 5
        assert [place(one) for one in seen] == [str(position) for position in positions]
        async with other.client(f"/feed/kept.a?since={place(seen[2])}") as bob:
            assert await data_of(bob, 2) == [3, 4]
        by_hand = f"{seen[2]['epoch']}-3"
        async with other.client(f"/feed/kept.a?since={by_hand}") as bob:
            assert await data_of(bob, 2) == [3, 4]


async def test_a_position_that_is_ahead_of_this_worker_is_no_gap(shared: RedisServer) -> None:
    """What the client has seen elsewhere is on its way here."""
    url = shared.url_for(prefix="ahead")
    async with Proxy(shared.port) as proxy, running(url) as one:
        slow = shared.url_for(port=proxy.port, prefix="ahead")
        async with running(slow) as other, other.client("/talk/kept.a") as bob:
            await joined(bob)
            await one.hf.publish("kept.a", 1)
            assert await data_of(bob, 1) == [1]
            proxy.hold(subscriptions=True)
            ahead = await one.hf.publish("kept.a", 2)
            late = asyncio.get_running_loop().call_later(0.3, proxy.go_on)
            async with other.client(f"/talk/kept.a?since={ahead}") as ann:
                await joined(ann)
                proxy.go_on()
                late.cancel()
                await one.hf.publish("kept.a", 3)
                assert await data_of(ann, 1) == [3]
                assert await data_of(bob, 2) == [2, 3]


async def test_a_broadcast_reaches_every_connection_of_both(shared: RedisServer) -> None:
    async with (
        two(shared) as (one, other),
        one.client("/talk/a") as ann,
        other.client("/moves") as bob,
    ):
        await joined(ann)
        position = await one.hf.broadcast({"to": "all"})
        assert position.offset == 1
        for peer in (ann, bob):
            message = await peer.receive_json()
            assert message.get("data", message) == {"to": "all"}


async def test_a_stream_runs_in_each_worker_and_its_values_stay_there(shared: RedisServer) -> None:
    """What each producer yields is for the viewers of its own process."""
    url = shared.url_for(prefix="streams")
    async with AsyncExitStack() as stack:
        for name in ("one", "other"):
            worker = Running(url)

            @worker.hf.stream("/numbers")
            async def numbers(name: str = name) -> AsyncIterator[str]:
                for n in range(20):
                    yield f"{name} {n}"

            worker.server = await stack.enter_async_context(serve(worker.app))
            viewer = await stack.enter_async_context(worker.client("/numbers"))
            values = [await viewer.receive() for _ in range(20)]
            assert values == [f"{name} {n}" for n in range(20)]


async def test_publishing_from_a_thread(shared: RedisServer) -> None:
    async with two(shared) as (one, other), other.client("/talk/a") as ann:
        await joined(ann)
        position = await post(one.server.port, "/from-a-thread/a")
        message = await ann.receive_json()
        assert (message["data"], place(message)) == ("threaded", position)


async def test_a_join_overtaken_by_a_leave_is_a_join(shared: RedisServer) -> None:
    async with two(shared) as (one, other), AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(one.client("/moves")) for _ in range(4)]
        for turn in range(40):
            for n, peer in enumerate(peers):
                peer.send_text("+a" if (turn + n) % 2 else "-a")
        for peer in peers:
            peer.send_text("+a")
            done = [await peer.receive_json() for _ in range(41)]
            assert done[-1] == {"did": "+a"}
        position = await other.hf.publish("a", "x")
        for peer in peers:
            message = await peer.receive_json()
            assert (message["data"], place(message)) == ("x", str(position))
        for peer in peers:
            peer.transport.abort()
        await until(lambda: not one.hf.connections)
        await until(lambda: not shared.call("PUBSUB", "CHANNELS", f"{prefix_of(one)}:to:a"))


def prefix_of(running: Running) -> str:
    return f"two{next(NUMBERS) - 1}"


HALF = "\ud800"


@pytest.mark.parametrize(
    "options",
    [
        {"key": HALF},
        {"tags": {"a": HALF}},
        {"idempotency_key": HALF},
        {"version": True},
        {"version": -1},
    ],
    ids=str,
)
async def test_what_cannot_be_carried_is_refused_where_it_is_said(
    shared: RedisServer, options: dict[str, Any]
) -> None:
    async with two(shared) as (one, _):
        with pytest.raises((ValueError, TypeError)):
            await one.hf.publish("kept.a", "x", **options)
        assert (await one.hf.publish("kept.a", "x")).offset == 1


def test_the_test_client_works_with_a_lifespan(shared: RedisServer) -> None:
    worker = Running(shared.url_for(prefix="client"))
    with TestClient(worker.app) as client, client.websocket_connect("/talk/kept.a") as ws:
        assert ws.receive_json() == {"complete": True}
        client.post("/publish/kept.a")
        assert ws.receive_json()["data"] == "posted"


def test_the_test_client_works_without_a_lifespan(shared: RedisServer) -> None:
    """Each connection has a loop of its own then, which ends without a word."""
    worker = Running(shared.url_for(prefix="bare"))
    client = TestClient(worker.app)
    with client.websocket_connect("/talk/kept.a") as ws:
        assert ws.receive_json() == {"complete": True}
        assert client.post("/publish/kept.a").status_code == 200
        assert ws.receive_json()["data"] == "posted"


# --- the broker is away


async def test_whoever_needs_the_broker_is_told_soon(redis: RedisServer) -> None:
    async with running(redis.url, deadlines=QUICK) as one:
        redis.kill()
        await until(lambda: not one.hf.ready)
        start = time.monotonic()
        async with one.client("/talk/kept.a") as ann:
            with pytest.raises(Ended) as ended:
                await ann.receive()
            assert ended.value.code == 3004
        async with one.client("/feed/kept.a") as ann:
            with pytest.raises(Ended) as ended:
                await ann.receive()
            assert ended.value.code == 3004
        answer = await request("POST", one.server.port, "/publish/kept.a")
        assert answer.status == 503
        with pytest.raises(BackplaneUnavailable, match=f"redis://127.0.0.1:{redis.port}"):
            await one.hf.history("kept.a")
        assert time.monotonic() - start < 15  # each of the four waits for 1.5 s, and not for 5


async def test_a_worker_says_whether_it_is_ready(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "holdfast")
    async with running(redis.url, deadlines=QUICK) as one:
        port = one.server.port
        assert (one.hf.ready, one.hf.statistics().backplane) == (True, True)
        assert await get_json(port, "/readyz") == {"status": "ready"}
        redis.kill()
        await until(lambda: not one.hf.ready)
        answer = await request("GET", port, "/readyz")
        assert (answer.status, answer.json["status"]) == (503, "away")
        assert (await request("GET", port, "/healthz")).status == 200
        statistics = one.hf.statistics()
        assert (statistics.backplane, statistics.outages) == (False, 1)
        redis.start()
        await until(lambda: one.hf.ready)
        assert (await request("GET", port, "/readyz")).status == 200
        assert one.hf.statistics().backplane
    lines = [record.getMessage() for record in caplog.records if "backplane" in record.getMessage()]
    away, back = lines
    assert f"backplane redis://127.0.0.1:{redis.port}/0 is away: " in away
    assert f"backplane redis://127.0.0.1:{redis.port}/0 is back after " in back


async def test_an_app_starts_without_its_broker_and_is_whole_when_it_comes(
    redis: RedisServer,
) -> None:
    redis.kill()
    async with running(redis.url, deadlines=QUICK) as one:
        assert not one.hf.ready
        redis.start()
        await until(lambda: one.hf.ready)
        async with one.client("/talk/kept.a") as ann:
            await joined(ann)
            await one.hf.publish("kept.a", 1)
            assert await data_of(ann, 1) == [1]


async def test_what_is_buffered_comes_in_its_order_afterwards(redis: RedisServer) -> None:
    async with (
        two(redis, deadlines=QUICK) as (one, other),
        other.client("/talk/buffered.a") as ann,
    ):
        await joined(ann)
        await one.hf.publish("buffered.a", 0)
        redis.kill()
        await until(lambda: not one.hf.ready)
        for n in range(1, 200):
            assert await one.hf.publish("buffered.a", n) == NOWHERE
        assert one.hf.statistics().waiting == 199
        redis.start()
        assert await data_of(ann, 200) == list(range(200))
        await until(lambda: one.hf.ready)
        position = await one.hf.publish("buffered.a", 200)
        assert position.offset == 201
        assert place(await ann.receive_json()) == str(position)


async def test_a_buffer_has_a_bound_and_says_so(redis: RedisServer) -> None:
    async with running(redis.url, deadlines=QUICK, limits=Limits(buffer=20_000)) as one:
        redis.kill()
        await until(lambda: not one.hf.ready)
        accepted = itertools.count()
        with pytest.raises(BackplaneUnavailable, match=r"Limits\(buffer=") as caught:
            while next(accepted) < 1000:
                await one.hf.publish("buffered.a", "x" * 936)
        assert next(accepted) == 21  # of which the last was refused
        assert "buffered.a" in str(caught.value)
        redis.start()
        await until(lambda: one.hf.ready)
        await until(lambda: one.hf.statistics().waiting == 0)
        page = await one.hf.history("buffered.a")
        assert len(page.publications) == 20
        assert (await one.hf.publish("buffered.a", "y")).offset == 21


async def test_what_is_shown_here_only_has_no_position_and_is_told_as_a_gap(
    redis: RedisServer,
) -> None:
    async with (
        two(redis, deadlines=QUICK) as (one, other),
        one.client("/talk/local.a") as ann,
        other.client("/talk/local.a") as bob,
    ):
        for peer in (ann, bob):
            await joined(peer)
        await one.hf.publish("local.a", "before")
        for peer in (ann, bob):
            assert await data_of(peer, 1) == ["before"]
        redis.kill()
        await until(lambda: not one.hf.ready and not other.hf.ready)
        for n in range(3):
            assert await one.hf.publish("local.a", n) == NOWHERE
        seen = [await ann.receive_json() for _ in range(3)]
        assert [message["data"] for message in seen] == [0, 1, 2]
        assert all(not message.get("epoch") for message in seen)
        async with one.client("/talk/local.a") as late:  # a join needs no broker either
            await joined(late)
        redis.start()
        await until(lambda: one.hf.ready and other.hf.ready)
        position = await other.hf.publish("local.a", "after")
        for peer in (ann, bob):
            messages = []
            while not messages or messages[-1].get("data") != "after":
                messages.append(await peer.receive_json())
            assert place(messages[-1]) == str(position)
            gaps = [message for message in messages if message.get("holdfast") == "gap"]
            assert bool(gaps) is (peer is ann)


def test_a_history_cannot_be_shown_here_only() -> None:
    hf = Holdfast()
    with pytest.raises(ConfigurationError, match="local") as caught:
        hf.channel("a", outage="local", history=History())
    assert "history" in str(caught.value)
    with pytest.raises(ConfigurationError, match="raise, buffer, local"):
        hf.channel("a", outage="wait")  # type: ignore[arg-type]


async def test_subscribers_are_told_of_a_log_that_began_anew() -> None:
    with RedisServer(Settings("snapshots")) as redis:
        async with running(redis.url, deadlines=QUICK) as one, AsyncExitStack() as stack:
            closes, told = [
                await joined(await stack.enter_async_context(one.client(f"/talk/{name}")))
                for name in ("kept.a", "told.a")
            ]
            for n in range(10):
                for name in ("kept.a", "told.a"):
                    old = await one.hf.publish(name, n)
                if n == 4:
                    redis.call("SAVE")
            assert await data_of(told, 10) == list(range(10))
            lost = place([await closes.receive_json() for _ in range(10)][-1])
            redis.kill()
            redis.start()
            assert await told.receive_json() == {
                "holdfast": "gap",
                "channel": "told.a",
                "missed": None,
            }
            with pytest.raises(Ended) as ended:
                await closes.receive()
            assert ended.value.code == 3010
            for n in range(10):
                new = await one.hf.publish("told.a", f"new {n}")
                await one.hf.publish("kept.a", f"new {n}")
            assert new.epoch != old.epoch
            assert await data_of(told, 10) == [f"new {n}" for n in range(10)]
            async with one.client(f"/talk/kept.a?since={lost}") as ann:
                messages = [await ann.receive_json() for _ in range(16)]
                assert {"complete": False} in messages
                rest = [message["data"] for message in messages if "data" in message]
                assert rest == [*range(5), *(f"new {n}" for n in range(10))]


async def test_a_slow_broker_is_no_lost_one(redis: RedisServer) -> None:
    """Half a second for each answer: slower, and nothing else."""
    async with (
        Proxy(redis.port) as proxy,
        running(redis.url_for(port=proxy.port)) as one,
        one.client("/talk/kept.a") as ann,
    ):
        await joined(ann)
        proxy.delay = 0.5
        calls = [one.hf.publish("kept.a", n) for n in range(300)]
        assert [p.offset for p in await asyncio.gather(*calls)] == list(range(1, 301))
        assert await data_of(ann, 300) == list(range(300))
        assert one.hf.statistics().outages == 0


def test_json_is_what_travels(shared: RedisServer) -> None:
    worker = Running(shared.url_for(prefix="json"))
    with TestClient(worker.app) as client, client.websocket_connect("/talk/kept.a") as ws:
        ws.receive_json()
        ws.send_text("é\u0000🧀")
        assert json.loads(ws.receive_text())["data"] == "é\u0000🧀"
