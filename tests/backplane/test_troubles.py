"""What one bad thing must not do to the rest: a strange entry, a full disk, a slow read, a name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from fastapi import FastAPI

from holdfast import BackplaneUnavailable, ConfigurationError, Holdfast
from holdfast.backplane.keeper import Patience
from holdfast.backplane.port import History, Message
from holdfast.testing import until
from tests.backplane.brokers import RedisBroker, Side, opened
from tests.backplane.proxy import Proxy
from tests.support.redis import RedisServer, Settings

pytestmark = [pytest.mark.newest, pytest.mark.timeout(60)]

KEPT = {name: History(size=100, ttl=60) for name in ("kept", "kept{n}")}
SOON = Patience(publish=0.5, join=0.5)

Make = Callable[..., RedisServer]


@asynccontextmanager
async def unhurt(redis: RedisServer) -> AsyncIterator[tuple[RedisBroker, Side]]:
    """A side whose other channels work on, without an outage, whatever happens in between."""
    broker = RedisBroker(redis, patience=Patience(publish=2, join=2))
    async with opened(broker, KEPT) as one:
        await one.watch("kept")
        yield broker, one
        position = await one.publish("kept", "still there")
        await one.reaches("kept", position.offset)
        assert one.sink.beginnings("kept") == 1
        assert one.backplane.health.outages == 0


async def test_a_message_that_is_none_of_ours(shared_redis: RedisServer) -> None:
    async with unhurt(shared_redis) as (broker, one):
        for garbage in ("", "hello", "a,b,c\nd", "e,1,,t,0\n", b"e,1,,t,0\n\xc1\xff"):
            shared_redis.call("PUBLISH", f"{broker.prefix}:to:kept", garbage)
        await one.publish("kept", "x")
        await one.reaches("kept", 1)
        assert one.sink.data("kept") == ["x"]


async def test_an_entry_that_nobody_can_read(shared_redis: RedisServer) -> None:
    async with unhurt(shared_redis) as (broker, one):
        await one.publish("kept-bad", "x")
        shared_redis.call("XADD", f"{broker.prefix}:entries:kept-bad", "2-0", "e", "garbage")
        shared_redis.call("HSET", f"{broker.prefix}:log:kept-bad", "offset", "2")
        others = asyncio.gather(*(one.publish("other", str(n)) for n in range(50)))
        with suppress(BackplaneUnavailable):
            await one.watch("kept-bad")
        await others


async def test_a_key_of_another_kind(shared_redis: RedisServer) -> None:
    async with unhurt(shared_redis) as (broker, one):
        shared_redis.call("SET", f"{broker.prefix}:log:bad", "a string")
        others = asyncio.gather(*(one.publish("other", str(n)) for n in range(50)))
        with pytest.raises(BackplaneUnavailable):
            await one.watch("bad")
        with pytest.raises(BackplaneUnavailable):
            await one.publish("bad", "x")
        with pytest.raises(BackplaneUnavailable):
            assert one.backplane.store is not None
            await one.backplane.store.history("bad", None, 10, False)
        await others


async def test_what_is_refused_for_a_while_waits_where_that_was_chosen(
    redis_server: RedisServer,
) -> None:
    broker = RedisBroker(redis_server, patience=SOON, outage="buffer")
    async with opened(broker) as one:
        await one.watch("a")
        await one.publish("a", "before")
        redis_server.call("CONFIG", "SET", "maxmemory", 1)
        for n in range(5):
            one.backplane.publish_nowait("a", Message(f"nowait {n}"))
            await one.publish("a", f"buffered {n}")
        redis_server.call("CONFIG", "SET", "maxmemory", 0)
        await one.reaches("a", 11)
        expected = [f"{way} {n}" for n in range(5) for way in ("nowait", "buffered")]
        assert one.sink.data("a") == ["before", *expected]


async def test_histories_read_while_connections_are_lost_leave_none_behind(
    redis_server: RedisServer,
) -> None:
    async with Proxy(redis_server.port) as proxy:
        broker = RedisBroker(redis_server, redis_server.url_for(port=proxy.port))
        async with opened(broker, KEPT) as one:
            await one.watch("kept")
            stop = False

            async def read() -> None:
                while not stop:
                    with suppress(BackplaneUnavailable):
                        assert one.backplane.store is not None
                        page = await one.backplane.store.history("kept", None, 10, False)
                        assert page.position.epoch  # the answer to this, and to nothing else
                    await asyncio.sleep(0)

            async def write() -> None:
                while not stop:
                    with suppress(BackplaneUnavailable):
                        assert (await one.publish("kept", "x")).epoch
                    await asyncio.sleep(0)

            tasks = [asyncio.create_task(read()) for _ in range(8)] + [asyncio.create_task(write())]
            for _ in range(4):
                await asyncio.sleep(0.1)  # pacing
                proxy.cut()
                await until(lambda: one.backplane.health.away is not None)
                await until(lambda: one.backplane.health.away is None)
            stop = True
            await asyncio.gather(*tasks)
            assert one.backplane.health.outages == 4
    await until(lambda: len(redis_server.call("CLIENT", "LIST").splitlines()) == 1)  # who asks


async def test_who_joins_while_the_others_are_restored_is_not_deaf(
    redis_server: RedisServer,
) -> None:
    async with Proxy(redis_server.port) as proxy:
        url = redis_server.url_for(port=proxy.port, prefix="late")
        far = RedisBroker(redis_server, url, SOON, outage="local")
        near = RedisBroker(redis_server, redis_server.url_for(prefix="late"))
        async with opened(far) as one, opened(near) as two:
            await asyncio.gather(*(one.watch(f"c{n}") for n in range(300)))
            proxy.delay = 0.1
            proxy.cut()
            await until(lambda: one.backplane.health.away is not None)
            late = []
            while one.backplane.health.away is not None:
                late.append(f"late {len(late)}")
                await one.watch(late[-1])
                await asyncio.sleep(0.01)  # pacing
            assert len(late) > 10
            for name in late:
                await until(lambda name=name: one.sink.heads[name].epoch)
                position = await two.publish(name, "x")
                await one.reaches(name, position.offset)


async def test_an_app_without_the_history_leaves_no_hole_in_it(shared_redis: RedisServer) -> None:
    """While a new version is rolled out, the old one knows no history of the channel."""
    broker = RedisBroker(shared_redis)
    async with opened(broker, KEPT) as new, opened(broker) as old:
        for n in range(3):
            await new.publish("kept", f"new {n}")
        await old.watch("kept")
        await old.publish("kept", "old")
        await new.publish("kept", "new 3")
        await new.watch("kept")  # the sink looks for holes
        assert new.backplane.store is not None
        page = await new.backplane.store.history("kept", None, 10, False)
        offsets = [publication.offset for publication in page.publications]
        assert offsets == list(range(6 - len(offsets), 6))
        second = page.position._replace(offset=2, tag="")
        after = await new.backplane.store.history("kept", second, 10, False)
        assert not after.complete or [one.offset for one in after.publications] == [3, 4, 5]


@pytest.mark.parametrize("ttl", [float("inf"), float("nan"), -1.0, 0.0])
def test_a_history_of_no_length_is_refused(ttl: float) -> None:
    with pytest.raises(ConfigurationError, match="ttl"):
        Holdfast().channel("a", history=History(ttl=ttl))


async def refusal(url: str) -> str:
    app = FastAPI()
    Holdfast(app, backplane=url)
    with pytest.raises(ConfigurationError) as caught:
        async with app.router.lifespan_context(app):
            pass
    return str(caught.value)


async def test_a_user_without_channels_is_told_at_the_start(make_redis: Make) -> None:
    """What ACL SETUSER gives to a new user of Redis 7."""
    server = make_redis(Settings(users=["app on >secret ~* resetchannels +@all"]))
    said = await refusal(server.url_for("app", "secret"))
    assert "channel" in said
    assert "secret" not in said


async def test_a_database_that_is_not_there_is_told_at_the_start(shared_redis: RedisServer) -> None:
    said = await refusal(shared_redis.url.replace("/0", "/99"))
    assert "index" in said or "database" in said


async def test_large_histories_are_read_in_parts(redis_server: RedisServer) -> None:
    """All channels of a worker that starts: 16 MB, which one answer must not bring at once."""
    async with Proxy(redis_server.port) as proxy:
        broker = RedisBroker(redis_server, redis_server.url_for(port=proxy.port))
        async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
            for n in range(80):
                calls = (one.publish(f"kept{n}", "x" * 2000) for _ in range(100))
                await asyncio.gather(*calls)
            await asyncio.gather(*(two.watch(f"kept{n}") for n in range(80)))
            assert all(len(two.sink.logs[f"kept{n}"]) == 100 for n in range(80))
            assert two.backplane.health.outages == 0
            assert 200_000 < proxy.largest < 15_000_000


PATTERNS: dict[str, Any] = {
    "{p}:{q}:{r}:{s}!": History(size=5),
    "{p}:{q}:{r}:{s}:{t}?": History(size=6),
}


async def test_no_name_keeps_anybody_busy(shared_redis: RedisServer) -> None:
    """Clients choose names: none may take long to be compared with the patterns."""
    name = ":" * 255
    hf = Holdfast()
    for pattern, history in PATTERNS.items():
        hf.channel(pattern, history=history)
    start = time.monotonic()
    assert hf._runtimes.options[name].history is None
    broker = RedisBroker(shared_redis)
    async with opened(broker, PATTERNS) as app, opened(broker, None) as outside:
        await outside.publish(name, "x")
        for n in range(8):
            await outside.publish("a:b:c:d!", str(n))
        assert app.backplane.store is not None
        page = await app.backplane.store.history("a:b:c:d!", None, 100, False)
        assert len(page.publications) == 5
    assert time.monotonic() - start < 20  # comparing it in every way would take for ever
