"""Four workers over one Redis are one server, on whichever of them a client is."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from holdfast.testing import Ended, Peer, until
from tests.servers.fleet import (
    Fleet,
    envelope_of,
    event_source,
    offset_of,
    position,
    worker_of,
)
from tests.support.http import get_json, post, request
from tests.support.redis import RedisServer

pytestmark = [pytest.mark.servers, pytest.mark.newest, pytest.mark.timeout(90)]


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module")
def fleet(redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path_factory.mktemp("fleet"), redis.url_for(prefix="fleet"))
    yield fleet
    fleet.close()


@asynccontextmanager
async def one_on_each(fleet: Fleet, path: str) -> AsyncIterator[list[Peer]]:
    peers = [await fleet.on(pid, path) for pid in fleet.pids]
    try:
        yield peers
    finally:
        for peer in peers:
            peer.transport.abort()


async def test_what_is_published_in_one_reaches_the_clients_of_all(fleet: Fleet) -> None:
    async with one_on_each(fleet, "/talk/news") as peers:
        for peer in peers:
            assert await peer.receive_json() == {"complete": True}
        async with event_source(fleet.port, "/feed/news") as source:
            for n, peer in enumerate(peers):
                for k in range(25):
                    peer.send_text(f"{n}-{k}")
            seen = [[await envelope_of(peer) for _ in range(100)] for peer in peers]
            assert seen[0] == seen[1] == seen[2] == seen[3]
            assert [one["offset"] for one in seen[0]] == list(range(1, 101))
            for n in range(4):  # and each publisher's in its order
                own = [one["data"] for one in seen[0] if one["data"].startswith(f"{n}-")]
                assert own == [f"{n}-{k}" for k in range(25)]
            events = [await source.event() for _ in range(100)]
            assert [one["id"] for one in events] == [position(one) for one in seen[0]]


async def test_a_broadcast_reaches_every_client_of_every_worker(fleet: Fleet) -> None:
    async with one_on_each(fleet, "/talk/one") as some, one_on_each(fleet, "/talk/two") as more:
        for peer in [*some, *more]:
            assert await peer.receive_json() == {"complete": True}
        sent = [await post(fleet.port, "/broadcast") for _ in range(6)]
        for peer in [*some, *more]:
            got = [await peer.receive_json() for _ in range(6)]
            assert [one.get("data", one)["from"] for one in got] == sent


# --- resuming elsewhere, while others publish


@asynccontextmanager
async def websocket(fleet: Fleet, channel: str, since: str, last: int | None) -> AsyncIterator[Any]:
    peer = await fleet.elsewhere(last, f"/feed/{channel}" + (since and f"?since={since}"))

    async def read() -> tuple[str, Any]:
        envelope = await envelope_of(peer)
        return position(envelope), envelope["data"]

    try:
        yield worker_of(peer), read
    finally:
        peer.transport.abort()
        await peer.end()


@asynccontextmanager
async def events(fleet: Fleet, channel: str, since: str, last: int | None) -> AsyncIterator[Any]:
    for _ in range(100):
        async with event_source(fleet.port, f"/feed/{channel}", since) as source:
            if source.worker == last:
                continue

            async def read() -> tuple[str, Any]:
                event = await source.event()
                assert "event" not in event, event
                return event["id"], event["data"]

            yield source.worker, read
            return
    raise AssertionError("no connection came to another worker")


async def wander(way: Any, fleet: Fleet, channel: str, end: int) -> dict[int, Any]:
    """Read on, each time on another worker, until the offset ``end``: what was read, by offset."""
    seen: dict[int, Any] = {}
    since, last = "", None
    while not seen or max(seen) < end:
        async with way(fleet, channel, since, last) as (pid, read):
            for _ in range(random.randrange(1, 120)):
                since, data = await read()
                offset = offset_of(since)
                assert not seen or offset == max(seen) + 1, f"{offset} after {max(seen)}"
                seen[offset] = data
                if offset >= end:
                    break
            last = pid
    return seen


@pytest.mark.parametrize("way", [websocket, events])
async def test_a_client_resumes_on_another_worker_under_load(fleet: Fleet, way: Any) -> None:
    channel = f"kept.{way.__name__}"
    async with asyncio.TaskGroup() as group:
        wanderers = [group.create_task(wander(way, fleet, channel, 1600)) for _ in range(6)]
        path = f"/publish/{channel}?count=400&pause=0.003"
        publishers = [group.create_task(post(fleet.port, path)) for _ in range(4)]
    last = [offset_of(task.result()["position"]) for task in publishers]
    assert max(last) == 1600
    for task in wanderers:
        seen = task.result()
        for publisher in {data.partition("-")[0] for data in seen.values()}:
            own = [data for data in seen.values() if data.startswith(f"{publisher}-")]
            assert len(own) > 1
        first = wanderers[0].result()
        assert all(first[offset] == seen[offset] for offset in first if offset in seen)


async def stay(fleet: Fleet, victim: int, stays: bool, seen: list[int]) -> None:
    """Read offsets up to 800, on the victim as long as there is one, and elsewhere then."""
    path = "/feed/kept.killed"
    peer = await (fleet.on if stays else fleet.elsewhere)(victim, path)
    since = ""
    while not seen or seen[-1] < 800:
        try:
            envelope = await envelope_of(peer)
        except Ended:
            peer = await fleet.elsewhere(victim, path + since)
        else:
            since = f"?since={position(envelope)}"
            seen.append(envelope["offset"])
    peer.transport.abort()


async def test_the_clients_of_a_killed_worker_recover_elsewhere(fleet: Fleet) -> None:
    started = fleet.text.count("Application startup complete")
    victim = fleet.pids[0]
    seen: list[list[int]] = [[] for _ in range(8)]

    async def kill() -> None:
        await until(lambda: all(len(offsets) > 50 for offsets in seen), 20)
        os.kill(victim, signal.SIGKILL)

    async def publish() -> None:
        survivor = await fleet.elsewhere(victim, "/talk/kept.killed")
        for n in range(800):
            survivor.send_text(str(n))
            if n % 10 == 9:
                await asyncio.sleep(0.02)  # pacing
        await until(lambda: all(own and own[-1] == 800 for own in seen), 40)
        survivor.transport.abort()

    async with asyncio.TaskGroup() as group:
        for n, own in enumerate(seen):
            _ = group.create_task(stay(fleet, victim, n < 4, own))
        _ = group.create_task(kill())
        _ = group.create_task(publish())
    for offsets in seen:
        assert offsets == list(range(offsets[0], 801))
    fleet.wait_until_complete(started + 1)  # another one has taken its place


async def test_a_page_shows_a_history_and_goes_on_from_it(fleet: Fleet) -> None:
    done = await post(fleet.port, "/publish/kept.page?count=10")
    pages = [await get_json(fleet.port, "/history/kept.page") for _ in range(12)]
    assert all(page == pages[0] for page in pages)  # whoever is asked
    page = pages[0]
    assert page["values"] == [f"{done['pid']}-{n}" for n in range(10)]
    assert page["position"] == done["position"]
    await post(fleet.port, "/publish/kept.page?count=5")
    async with one_on_each(fleet, f"/feed/kept.page?since={page['position']}") as peers:
        for peer in peers:
            offsets = [(await envelope_of(peer))["offset"] for _ in range(5)]
            assert offsets == [11, 12, 13, 14, 15]
    epoch, offset, tag = page["position"].split("-")
    after = await get_json(fleet.port, f"/history/kept.page?since={page['position']}")
    assert (after["complete"], len(after["values"])) == (True, 5)
    for other in (f"{epoch}x-{offset}-{tag}", f"{epoch}-{offset}-{tag}x", f"{epoch}-99-{tag}"):
        after = await get_json(fleet.port, f"/history/kept.page?since={other}")
        assert not after["complete"], other
    strange = f"/talk/kept.page?since={epoch}-{offset}-{tag}x"
    async with one_on_each(fleet, strange) as peers:
        for peer in peers:  # all that is left, and the word that it may not be all
            seen = [await peer.receive_json() for _ in range(16)]
            assert {"complete": False} in seen
            seen.remove({"complete": False})
            assert [one["offset"] for one in seen] == list(range(1, 16))


async def test_every_worker_says_when_it_is_not_ready(fleet: Fleet, redis: RedisServer) -> None:
    async def statuses() -> set[int]:
        answers = [await request("GET", fleet.port, "/readyz") for _ in range(16)]
        return {answer.status for answer in answers}

    async def all_say(status: int) -> bool:
        return await statuses() == {status}

    async with one_on_each(fleet, "/talk/ready") as peers:
        for peer in peers:
            assert await peer.receive_json() == {"complete": True}
        assert await statuses() == {200}
        away, back = fleet.text.count("It is tried again"), fleet.text.count(" is back after ")
        redis.kill()
        await until(lambda: all_say(503), 10)
        assert (await request("GET", fleet.port, "/healthz")).status == 200  # it lives
        answer = await request("POST", fleet.port, "/publish/ready")
        assert answer.status == 503
        redis.start()
        await until(lambda: all_say(200), 15)
        await until(lambda: fleet.text.count(" is back after ") == back + 4)
        assert fleet.text.count("It is tried again") == away + 4  # once each
        await post(fleet.port, "/publish/ready")
        for peer in peers:  # the log is another: it is closed to come again, and joins that
            with pytest.raises(Ended) as ended:
                await peer.receive()
            assert ended.value.code == 3010
