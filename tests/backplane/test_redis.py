"""What Redis is asked for, and the ways to it: TLS, users, sockets, sentinels, prefixes."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from holdfast import BackplaneUnavailable
from holdfast.backplane.port import History, Message
from holdfast.testing import until
from tests.backplane.brokers import RedisBroker, Side, opened
from tests.backplane.proxy import Proxy
from tests.support.redis import RedisServer, Settings, program
from tests.support.servers import free_port

pytestmark = [pytest.mark.newest, pytest.mark.timeout(60)]

KEPT = {"kept": History(size=100, ttl=60)}

# The rights that an app's user needs, where P is the app's prefix. docs/scale.md says the same.
RIGHTS = (
    "resetchannels resetkeys ~P:* &P:to:* -@all +info +script|load +evalsha +subscribe"
    " +unsubscribe +publish +hset +hmget +hvals +get +set +del +expire +pexpire +time"
    " +xadd +xrange +xrevrange"
)

Make = Callable[..., RedisServer]


async def works(broker: RedisBroker) -> None:
    """Everything that a backplane does, once."""
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        await one.watch("kept")
        await one.watch("other")
        once = Message("x", key="k", idempotency_key="i", version=3)
        position = await two.backplane.publish("kept", once)
        assert await two.backplane.publish("kept", once) == position
        await two.publish("other", b"y")
        await one.reaches("kept", position.offset)
        await one.reaches("other", 1)
        assert one.backplane.store is not None
        page = await one.backplane.store.history("kept", position, 10, True)
        assert (page.complete, page.position) == (True, position)
        one.backplane.unwatch("other")
        await until(lambda: broker.watchers("other") == 0)


# --- what it costs


async def test_a_publish_is_one_call_and_reaches_who_is_interested(
    redis_server: RedisServer,
) -> None:
    async with Proxy(redis_server.port) as proxy:
        url = redis_server.url_for(port=proxy.port, prefix="far")
        near = RedisBroker(redis_server, redis_server.url_for(prefix="far"))
        async with (
            opened(RedisBroker(redis_server, url), KEPT) as bored,
            opened(near, KEPT) as interested,
            opened(near, KEPT) as publisher,
        ):
            await interested.watch("kept")
            await interested.watch("other")
            await bored.watch("its own")
            proxy.brought = 0
            redis_server.reset()
            for n in range(100):
                await publisher.publish("kept", str(n) + "x" * 1000)
            await asyncio.gather(*(publisher.publish("other", "y") for _ in range(100)))
            await interested.reaches("kept", 100)
            await interested.reaches("other", 100)
            calls = redis_server.calls()
            beats = calls["publish"] - 200
            assert 0 <= beats <= 6  # a few of each process
            assert calls["evalsha"] == calls["publish"]
            assert calls["xadd"] == 100  # only where there is a history
            assert "subscribe" not in calls
            assert redis_server.call("PUBSUB", "NUMSUB", "far:to:kept") == ["far:to:kept", 1]
            assert interested.sink.delivered == {"kept": 100, "other": 100}
            assert not bored.sink.delivered
            assert proxy.brought < 400 * (beats + 1)  # its own beats


async def test_publishes_at_once_go_in_few_packets(redis_server: RedisServer) -> None:
    async with Proxy(redis_server.port) as proxy:
        broker = RedisBroker(redis_server, redis_server.url_for(port=proxy.port))
        async with opened(broker) as one:
            await one.publish("a", "x")
            proxy.delay = 0.2  # for each answer: one by one they would take 100 s
            async with asyncio.timeout(20):
                await asyncio.gather(*(one.publish("a", str(n)) for n in range(500)))


async def test_a_join_is_one_subscription_and_one_reading(redis_server: RedisServer) -> None:
    broker = RedisBroker(redis_server)
    async with opened(broker, KEPT) as one:
        redis_server.reset()
        await asyncio.gather(*(one.watch(f"c{n}") for n in range(100)))
        calls = redis_server.calls()
        assert calls["subscribe"] == 1
        assert 100 <= calls["evalsha"] <= 103  # of which some are beats


async def test_nothing_is_left_of_what_is_not_used(redis_server: RedisServer) -> None:
    """Every key goes by itself: none is without an end."""
    broker = RedisBroker(redis_server)
    async with opened(broker, KEPT) as one:
        await one.watch("kept")
        await one.watch("silent")
        message = Message("x", idempotency_key="i", version=1)
        for channel in ("kept", "other"):
            await one.backplane.publish(channel, message)
        keys = redis_server.call("KEYS", "*")
        eternal = [key for key in keys if redis_server.call("TTL", key) < 0]
        assert keys
        assert eternal in ([], [f"{broker.prefix}:rules"])  # as many as an app has patterns
        assert all(key.startswith(f"{broker.prefix}:") for key in keys)


# --- the ways to it


@pytest.mark.parametrize(
    "settings",
    [Settings(tls=True), Settings(unix=True), Settings(password="p@ss:w/rd%")],
    ids=["tls", "unix", "password"],
)
async def test_over(make_redis: Make, settings: Settings) -> None:
    server = make_redis(settings)
    await works(RedisBroker(server))


async def test_a_user_with_few_rights(make_redis: Make) -> None:
    rights = RIGHTS.replace("P:", "mine:")
    server = make_redis(Settings(users=[f"app on >secret {rights}", "default off"]))
    broker = RedisBroker(server, server.url_for("app", "secret", prefix="mine"))
    broker.prefix = "mine"
    await works(broker)


@pytest.mark.parametrize("missing", ["+publish", "+subscribe", "+evalsha", "&P:to:*", "~P:*"])
async def test_a_right_that_is_missing_is_told(
    make_redis: Make, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    rights = RIGHTS.replace(missing, "").replace("P:", "mine:")
    server = make_redis(Settings(users=[f"app on >s3cret {rights}", "default off"]))
    broker = RedisBroker(server, server.url_for("app", "s3cret", prefix="mine"))
    async with opened(broker, wait=False):
        await until(lambda: " is away: " in caplog.text)
    assert "right" in caplog.text or "permission" in caplog.text or "can't run" in caplog.text
    assert "s3cret" not in caplog.text


async def test_a_prefix_separates_two_apps(shared_redis: RedisServer) -> None:
    one, two = RedisBroker(shared_redis), RedisBroker(shared_redis)
    async with opened(one, KEPT) as mine, opened(two, KEPT) as theirs:
        await mine.watch("kept")
        await theirs.watch("kept")
        assert (await mine.publish("kept", "mine")).offset == 1
        assert (await theirs.publish("kept", "theirs")).offset == 1
        await mine.reaches("kept", 1)
        await theirs.reaches("kept", 1)
        assert (mine.sink.data("kept"), theirs.sink.data("kept")) == (["mine"], ["theirs"])


async def test_another_database(shared_redis: RedisServer) -> None:
    url = shared_redis.url_for(prefix="third").replace("/0?", "/3?")
    broker = RedisBroker(shared_redis, url)
    broker.prefix = "third"
    await works(broker)
    assert not shared_redis.call("KEYS", "third:*")  # of the first database
    assert "db3" in shared_redis.info("keyspace")


# --- sentinels


class Sentinel:
    """One sentinel, which is enough to choose a new master."""

    def __init__(self, folder: Path, master: RedisServer) -> None:
        self.port = free_port()
        path = folder / "sentinel.conf"
        path.write_text(
            f"port {self.port}\nbind 127.0.0.1\ndir {folder}\nlogfile {folder}/sentinel.log\n"
            f"sentinel monitor main 127.0.0.1 {master.port} 1\n"
            "sentinel down-after-milliseconds main 300\n"
            "sentinel failover-timeout main 1000\n"
        )
        self.process = subprocess.Popen([program("redis-server"), str(path), "--sentinel"])


@pytest.fixture
def watched_over(make_redis: Make, tmp_path: Path) -> Iterator[tuple[Sentinel, RedisServer]]:
    """A master with a replica, and a sentinel that has seen both."""
    master = make_redis()
    make_redis(Settings(extra=[f"replicaof 127.0.0.1 {master.port}", "repl-diskless-sync-delay 0"]))
    sentinel = Sentinel(tmp_path, master)
    yield sentinel, master
    sentinel.process.kill()
    sentinel.process.wait()


async def test_a_failover_by_sentinels(watched_over: tuple[Sentinel, RedisServer]) -> None:
    sentinel, master = watched_over
    url = f"redis+sentinel://127.0.0.1:{sentinel.port}/main/0?prefix=ha"
    broker = RedisBroker(master, url)
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        await one.watch("kept")
        await two.publish("kept", "before")
        await until(lambda: knows_replica(sentinel), 15)
        master.kill()
        await accepted(two, "after")
        await until(lambda: one.sink.data("kept")[-1:] == ["after"], 15)
        assert one.sink.data("kept") == ["before", "after"]


def knows_replica(sentinel: Sentinel) -> bool:
    command = [program("redis-cli"), "-p", str(sentinel.port), "SENTINEL", "REPLICAS", "main"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return "master-link-status" in told and "\nok\n" in told


async def accepted(side: Side, data: str) -> None:
    async with asyncio.timeout(25):
        while True:
            try:
                await side.publish("kept", data)
                return
            except BackplaneUnavailable:
                await asyncio.sleep(0.05)  # polling
