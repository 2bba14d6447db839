"""``flush_interval`` and ``key``: a stream that is faster than anybody can look."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from holdfast import ConfigurationError, Connection, Holdfast, Ring
from holdfast.hub.overflow import Overflow
from holdfast.testing import serve, until

ROUNDS, KEYS = 50, 4


def client(port: int, path: str) -> connect:
    return connect(f"ws://127.0.0.1:{port}{path}", proxy=None)


async def receive(ws: ClientConnection, last: Any) -> list[Any]:
    """What comes, up to this one."""
    found: list[Any] = []
    async with asyncio.timeout(10):
        while not found or found[-1] != last:
            found.append(json.loads(await ws.recv()))
    return found


def ticks(hf: Holdfast, **options: Any) -> asyncio.Event:
    """A stream of ROUNDS prices for each of KEYS symbols, published once the event is set."""
    go = asyncio.Event()

    @hf.stream("/ticks", ring=Ring(4096, 1 << 22), flush_interval=0.2, **options)
    async def prices() -> AsyncIterator[list[int]]:
        yield [-1, 0]  # so that the interval has begun
        await go.wait()
        for number in range(ROUNDS):
            for symbol in range(KEYS):
                yield [symbol, number]
        await asyncio.Event().wait()

    return go


def symbol(tick: list[int]) -> str:
    return str(tick[0])


async def test_of_each_key_only_the_newest_goes_out(app: FastAPI, hf: Holdfast) -> None:
    go = ticks(hf, overflow="latest_by_key", key=symbol)
    async with serve(app) as server, client(server.port, "/ticks") as ws:
        assert await receive(ws, [-1, 0]) == [[-1, 0]]
        go.set()
        last = ROUNDS - 1
        assert await receive(ws, [KEYS - 1, last]) == [[s, last] for s in range(KEYS)]
        assert hf.statistics().delivered == 1 + KEYS
        assert hf.statistics().missed == 0
        assert hf.streams[0].published == 1 + ROUNDS * KEYS


async def test_with_latest_only_one_goes_out(app: FastAPI, hf: Holdfast) -> None:
    go = ticks(hf, overflow="latest")
    async with serve(app) as server, client(server.port, "/ticks") as ws:
        await receive(ws, [-1, 0])
        go.set()
        end = [KEYS - 1, ROUNDS - 1]
        assert await receive(ws, end) == [end]


@pytest.mark.parametrize("overflow", ["close", "skip"])
async def test_other_policies_lose_nothing_by_it(
    app: FastAPI, hf: Holdfast, overflow: Overflow
) -> None:
    go = ticks(hf, overflow=overflow)
    async with serve(app) as server, client(server.port, "/ticks") as ws:
        await receive(ws, [-1, 0])
        go.set()
        assert len(await receive(ws, [KEYS - 1, ROUNDS - 1])) == ROUNDS * KEYS


async def test_who_comes_late_gets_the_newest_of_each_key_at_once(
    app: FastAPI, hf: Holdfast
) -> None:
    go = ticks(hf, overflow="latest_by_key", key=symbol, since="all")
    async with serve(app) as server, client(server.port, "/ticks") as ws:
        go.set()
        last = ROUNDS - 1
        await receive(ws, [KEYS - 1, last])
        async with client(server.port, "/ticks") as late:
            found = await receive(late, [KEYS - 1, last])
            assert found == [[-1, 0], *([s, last] for s in range(KEYS))]


async def test_a_channel_gathers_for_the_policy_of_each_subscriber(
    app: FastAPI, hf: Holdfast
) -> None:
    hf.channel("prices", overflow="latest_by_key", flush_interval=0.2)

    @hf.websocket("/all")
    async def everything(conn: Connection[str]) -> None:
        await conn.join("prices", overflow="close")
        await conn.receive()

    @hf.subscribe("/newest")
    async def newest() -> str:
        return "prices"

    async with (
        serve(app) as server,
        client(server.port, "/newest") as few,
        client(server.port, "/all") as all_,
    ):
        await until(lambda: sum(len(c.subscriptions) for c in hf.connections) == 2)
        for number in range(20):
            await hf.publish("prices", number, key="a")
            await asyncio.sleep(0)
        assert await receive(few, 19) == [0, 19]
        assert await receive(all_, 19) == list(range(20))


async def test_of_those_with_a_tag_the_newest_goes_out(app: FastAPI, hf: Holdfast) -> None:
    hf.channel("prices", overflow="latest", flush_interval=0.2)

    @hf.websocket("/steel")
    async def steel(conn: Connection[str]) -> None:
        await conn.join("prices", where={"sector": "steel"})
        await conn.receive()

    async with serve(app) as server, client(server.port, "/steel") as ws:
        await until(lambda: sum(len(c.subscriptions) for c in hf.connections) == 1)
        for number in range(4):
            await hf.publish("prices", number, tags={"sector": "steel"})
            await hf.publish("prices", -1, tags={"sector": "glass"})
            await asyncio.sleep(0)  # the first one goes out alone
        assert await receive(ws, 3) == [0, 3]


@pytest.mark.parametrize("key", [lambda tick: tick, lambda tick: None, lambda tick: tick[9]])
async def test_a_key_function_that_fails_stops_the_producer_and_no_viewer(
    app: FastAPI, hf: Holdfast, key: Any
) -> None:
    go = ticks(hf, overflow="latest_by_key", key=lambda tick: key(tick) if tick[1] else "ok")
    async with serve(app) as server, client(server.port, "/ticks") as ws:
        await receive(ws, [-1, 0])
        go.set()
        await until(lambda: hf.streams[0].failures == 1)
        assert hf.streams[0].state == "waiting"
        assert hf.streams[0].published == 1 + KEYS
        assert len(await receive(ws, [KEYS - 1, 0])) == 1  # all of one key


def test_a_key_that_nothing_would_use_is_refused(hf: Holdfast) -> None:
    with pytest.raises(ConfigurationError, match="latest_by_key"):

        @hf.stream("/s", every=1, key=str)
        async def value() -> int:
            return 1


def test_an_interval_that_cannot_work_is_refused(hf: Holdfast) -> None:
    with pytest.raises(ConfigurationError, match=r"/s.*flush_interval"):

        @hf.stream("/s", every=1, flush_interval=-1)
        async def value() -> int:
            return 1


async def test_more_than_one_write_of_news_is_conflated_all_the_same(
    app: FastAPI, hf: Holdfast
) -> None:
    hf.channel("prices", overflow="latest_by_key", flush_interval=0.3, ring=Ring(40_000, 16 << 20))

    @hf.subscribe("/newest")
    async def newest() -> str:
        return "prices"

    async with serve(app) as server, client(server.port, "/newest") as ws:
        await until(lambda: sum(len(c.subscriptions) for c in hf.connections) == 1)
        await hf.publish("prices", -1, key="first")
        assert await receive(ws, -1) == [-1]
        for number in range(8000):  # half a megabyte, as it is accounted
            hf.publish_nowait("prices", number, key=str(number % 3))
        assert await receive(ws, 7999) == [7997, 7998, 7999]
