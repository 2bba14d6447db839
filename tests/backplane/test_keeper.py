"""What the keeper makes of a broker that is away, hangs, forgets or comes back as another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from typing_extensions import override

from holdfast import BackplaneUnavailable
from holdfast.backplane.driver import Receive
from holdfast.backplane.keeper import Keeper, Patience
from holdfast.backplane.patience import BEAT
from holdfast.backplane.port import NOWHERE, History, Message, Position
from holdfast.backplane.redis.address import RedisAddress
from holdfast.backplane.redis.driver import RedisDriver
from holdfast.hub.options import OptionTable
from holdfast.testing import until
from tests.backplane.brokers import LONG, RedisBroker, Side, opened
from tests.backplane.proxy import Proxy
from tests.backplane.sinks import Listener
from tests.support.redis import RedisServer, Settings

pytestmark = [pytest.mark.newest, pytest.mark.timeout(60)]

KEPT = {name: History(size=10_000, ttl=60) for name in ("kept", "kept{n}")}
SOON = Patience(publish=0.5, join=0.5)

Make = Callable[..., RedisServer]


@asynccontextmanager
async def through_a_proxy(server: RedisServer) -> AsyncIterator[tuple[Proxy, Side, Side]]:
    """Two sides that reach the server through a proxy."""
    async with Proxy(server.port) as proxy:
        broker = RedisBroker(server, server.url_for(port=proxy.port, prefix="proxied"))
        async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
            yield proxy, one, two


async def publish_some(side: Side, channel: str, first: int, count: int) -> list[Position]:
    return [await side.publish(channel, str(n)) for n in range(first, first + count)]


async def publish_until_accepted(side: Side, channel: str, data: str) -> Position:
    """As a patient caller does."""
    while True:
        try:
            return await side.publish(channel, data)
        except BackplaneUnavailable:
            await asyncio.sleep(0.02)  # polling, until the test's own deadline


async def history(side: Side, channel: str, since: Position | None) -> Any:
    assert side.backplane.store is not None
    return await side.backplane.store.history(channel, since, 1000, False)


def said(caplog: pytest.LogCaptureFixture, words: str) -> int:
    return sum(words in record.getMessage() for record in caplog.records)


# --- away, and back


async def test_a_broker_that_comes_late(make_redis: Make, caplog: pytest.LogCaptureFixture) -> None:
    server = make_redis(start=False)
    two = Patience(publish=2, join=2)
    async with opened(RedisBroker(server, patience=two), KEPT, wait=False) as side:
        start = time.monotonic()
        with pytest.raises(BackplaneUnavailable, match="Connect call failed"):
            await side.publish("kept", "early")
        assert time.monotonic() - start < 8
        start = time.monotonic()
        with pytest.raises(BackplaneUnavailable, match="kept"):
            await side.watch("kept")
        with pytest.raises(BackplaneUnavailable):
            await side.publish("kept", "later")
        with pytest.raises(BackplaneUnavailable):
            await history(side, "kept", None)
        assert time.monotonic() - start < 4  # at once: each would else be tried for 2 s
        server.start()
        position = await publish_until_accepted(side, "kept", "late")
        await side.watch("kept")
        assert side.sink.data("kept") == ["late"]
        assert position.offset == 1  # what had raised was not published later
    assert said(caplog, " is away: ") == said(caplog, " is back after ") == 1
    assert "secret" not in caplog.text


async def test_nothing_is_said_of_a_broker_that_is_there(
    shared_redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(RedisBroker(shared_redis)) as side:
        await side.watch("a")
        await side.publish("a", "x")
        await side.reaches("a", 1)
    assert not caplog.records


async def test_who_waits_for_a_broker_that_was_away_is_served_when_it_is_back(
    make_redis: Make,
) -> None:
    server = make_redis(Settings("always"))
    async with opened(RedisBroker(server), KEPT) as side:
        server.kill()
        watch = asyncio.create_task(side.watch("kept"))
        call = asyncio.create_task(side.publish("kept", "x"))
        await asyncio.sleep(0)
        server.start()
        await watch
        assert (await call).offset == 1
        await side.reaches("kept", 1)


async def test_after_a_restart_all_is_complete_and_resubscribed_in_few_calls(
    make_redis: Make, caplog: pytest.LogCaptureFixture
) -> None:
    server = make_redis(Settings("always"))
    names = [f"kept{n}" for n in range(1000)]
    broker = RedisBroker(server, patience=LONG)
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        await asyncio.gather(*(one.watch(name) for name in names))
        await asyncio.gather(*(two.publish(name, "before") for name in names))
        server.kill()
        server.start()
        await asyncio.gather(*(publish_until_accepted(two, name, "after") for name in names))
        for name in names:
            await one.reaches(name, 2)
            assert one.sink.data(name) == ["before", "after"]
            assert one.sink.beginnings(name) == 1
        assert server.calls()["subscribe"] < 40
    assert said(caplog, " is away: ") == said(caplog, " is back after ") == 2  # of each once
    assert "1000 channels are complete, 0 began anew" in caplog.text


async def test_a_subscription_that_is_killed_loses_nothing(redis_server: RedisServer) -> None:
    broker = RedisBroker(redis_server)
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        for name in ("kept1", "kept2"):
            await one.watch(name)
        for n in range(600):
            await publish_until_accepted(two, f"kept{n % 2 + 1}", str(n))
            if n % 150 == 75:
                redis_server.call("CLIENT", "KILL", "TYPE", "pubsub")
            if n % 150 == 149:
                redis_server.call("CLIENT", "KILL", "TYPE", "normal")
        for k, name in enumerate(("kept1", "kept2")):
            await one.reaches(name, 300)
            assert one.sink.data(name) == [str(n) for n in range(600) if n % 2 == k]
            assert one.sink.beginnings(name) == 1


async def test_a_burst_arrives_once_and_in_order_however_often_it_is_cut(
    redis_server: RedisServer,
) -> None:
    async with through_a_proxy(redis_server) as (proxy, one, two):
        await one.watch("kept")

        async def cut() -> None:
            for _ in range(6):
                await asyncio.sleep(0.08)  # pacing
                proxy.cut()

        task = asyncio.create_task(cut())
        for n in range(3000):
            two.backplane.publish_nowait("kept", Message(str(n)))
            if n % 10 == 0:
                await asyncio.sleep(0.002)  # pacing
        await task
        last = await publish_until_accepted(two, "kept", "last")
        assert last.offset == 3001
        await one.reaches("kept", 3001)
        assert one.sink.data("kept") == [*map(str, range(3000)), "last"]
        assert one.sink.beginnings("kept") == 1


async def test_without_a_history_a_gap_is_told_and_nothing_else_is_lost(
    redis_server: RedisServer,
) -> None:
    async with through_a_proxy(redis_server) as (proxy, one, _), straight(redis_server) as two:
        for name in "ab":
            await one.watch(name)
            await two.publish(name, "first")
            await one.reaches(name, 1)
        proxy.refusing = True
        proxy.cut()
        await two.publish("a", "missed")
        proxy.refusing = False
        await until(lambda: one.sink.beginnings("a") == 2)
        last = await two.publish("a", "third")
        await one.reaches("a", last.offset)
        assert one.sink.pages["a"][1].position.offset == 2
        await two.publish("b", "second")
        await one.reaches("b", 2)
        assert one.sink.beginnings("b") == 1  # nothing was published there meanwhile


def straight(server: RedisServer) -> AbstractAsyncContextManager[Side]:
    """The same keys without the proxy."""
    return opened(RedisBroker(server, server.url_for(prefix="proxied")), KEPT)


# --- it hangs


async def test_a_broker_that_hangs_is_noticed_and_nothing_comes_twice_or_late(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    broker = RedisBroker(redis_server)
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        await one.watch("kept")
        await publish_some(two, "kept", 0, 3)
        redis_server.pause()
        try:
            start = time.monotonic()
            calls = [asyncio.create_task(two.publish("kept", f"hung {n}")) for n in range(50)]
            await asyncio.wait(calls)
            assert 3 < time.monotonic() - start < 9  # 5 s
            assert all(isinstance(call.exception(), BackplaneUnavailable) for call in calls)
            await until(lambda: said(caplog, " is away: ") == 2, 15 - (time.monotonic() - start))
        finally:
            redis_server.resume()
        last = await publish_until_accepted(two, "kept", "after")
        await one.reaches("kept", last.offset)
        seen = one.sink.data("kept")
        # What raised may have been published or not: in its order, once, and not after the end.
        hung = [f"hung {n}" for n in range(50)]
        assert seen[:3] == ["0", "1", "2"]
        assert seen[-1] == "after"
        assert seen[3:-1] == hung[: len(seen) - 4]
        assert said(caplog, " is away: ") == 2


# --- answers that are lost


async def test_a_call_whose_answer_was_lost_counts_once(redis_server: RedisServer) -> None:
    async with through_a_proxy(redis_server) as (proxy, one, two):
        await one.watch("kept")
        for n in range(8):
            proxy.loses_answers = True
            position = await two.publish("kept", str(n))
            assert position.offset == n + 1
        assert proxy.lost == 8
        await one.reaches("kept", 8)
        assert one.sink.data("kept") == [str(n) for n in range(8)]


async def test_a_batch_whose_answers_were_lost_is_answered_as_it_was(
    redis_server: RedisServer,
) -> None:
    """Also what of it was dropped as a repetition, or as too old a version."""
    async with through_a_proxy(redis_server) as (proxy, one, two):
        await one.watch("kept")
        once = Message("once", idempotency_key="k")
        first = await two.backplane.publish("kept", once)
        second = await two.backplane.publish("kept", Message("v5", version=5))
        for turn in range(5):
            proxy.loses_answers = True
            batch = [once, Message("v4", version=4), Message(f"new {turn}")]
            calls = [two.backplane.publish("kept", message) for message in batch]
            again, dropped, new = await asyncio.gather(*calls)
            assert again == first
            assert dropped.offset == second.offset + turn
            assert new.offset == 3 + turn
        await one.reaches("kept", 7)
        assert one.sink.data("kept") == ["once", "v5", *(f"new {turn}" for turn in range(5))]


async def test_who_gave_up_may_publish_again_and_it_counts_once(redis_server: RedisServer) -> None:
    async with Proxy(redis_server.port) as proxy:
        url = redis_server.url_for(port=proxy.port)
        async with opened(RedisBroker(redis_server, url, SOON), KEPT) as one:
            await one.watch("kept")
            proxy.hold()
            with pytest.raises(BackplaneUnavailable):
                await one.publish("kept", "x", idempotency_key="k")
            proxy.go_on()  # what was given up arrives now
            first = await one.publish("kept", "x", idempotency_key="k")
            assert (await one.publish("kept", "y")).offset == first.offset + 1 == 2
            await one.reaches("kept", 2)
            assert one.sink.data("kept") == ["x", "y"]


async def test_a_publish_that_is_cancelled_is_not_sent_later(redis_server: RedisServer) -> None:
    async with opened(RedisBroker(redis_server), KEPT) as one:
        redis_server.kill()
        await until(lambda: one.backplane.health.away is not None)
        call = asyncio.create_task(one.publish("kept", "cancelled"))
        await until(lambda: one.backplane.health.waiting == 1)
        call.cancel()
        await asyncio.wait([call])
        redis_server.start()
        assert (await publish_until_accepted(one, "kept", "x")).offset == 1


# --- it comes back as another


async def rolled_back(server: RedisServer, side: Side) -> list[Position]:
    """Sixty publications, of which the server forgets fifty, as with its default persistence."""
    positions = await publish_some(side, "kept", 1, 10)
    server.call("SAVE")
    positions += await publish_some(side, "kept", 11, 50)
    server.kill()
    server.start()
    return positions


async def test_a_rollback_is_announced_to_all_who_watch(make_redis: Make) -> None:
    server = make_redis(Settings("snapshots"))
    broker = RedisBroker(server)
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        for side in (one, two):
            await side.watch("kept")
        lost = await rolled_back(server, two)
        for side in (one, two):
            await until(lambda side=side: side.sink.beginnings("kept") == 2)
            assert side.sink.pages["kept"][1].position.epoch != lost[0].epoch
        new = [await publish_until_accepted(two, "kept", f"new {n}") for n in range(60)]
        for side in (one, two):
            await side.reaches("kept", new[-1].offset)
            assert side.sink.data("kept")[-60:] == [f"new {n}" for n in range(60)]
        assert one.sink.logs["kept"] == two.sink.logs["kept"]
        assert {position.epoch for position in new} == {one.sink.heads["kept"].epoch}
        for position in lost[10:]:  # none of the lost branch is passed off as one of the new
            assert not (await history(one, "kept", position)).complete


async def test_a_rollback_that_nobody_saw_deceives_nobody(make_redis: Make) -> None:
    """No process followed the log: only the tags can tell."""
    server = make_redis(Settings("snapshots"))
    broker = RedisBroker(server)
    async with opened(broker, KEPT) as one:
        lost = await rolled_back(server, one)
    async with opened(broker, KEPT) as two:
        new = await publish_some(two, "kept", 11, 60)
        assert new[49].offset == lost[59].offset == 60
        assert new[49] != lost[59]
        for position in lost[10:]:
            page = await history(two, "kept", position)
            assert not page.complete
        page = await history(two, "kept", lost[9])  # this one both branches have
        assert (page.complete, len(page.publications)) == (True, 60)
        assert (await history(two, "kept", new[49])).complete


async def test_an_old_position_watched_again_is_another_log(make_redis: Make) -> None:
    """The process was away while the others went on with the new branch, past its position."""
    server = make_redis(Settings("snapshots"))
    async with Proxy(server.port) as proxy:
        behind = RedisBroker(server, server.url_for(port=proxy.port, prefix="proxied"))
        async with opened(behind, KEPT) as one:
            await one.watch("kept")
            lost = await rolled_back_unseen(server, proxy, one)
            proxy.refusing = False
            await until(lambda: one.sink.beginnings("kept") == 2)
            page = one.sink.pages["kept"][1]
            assert page.position.epoch != lost[-1].epoch
            assert page.publications[-1].data == "new 59"


async def rolled_back_unseen(server: RedisServer, proxy: Proxy, one: Side) -> list[Position]:
    async with straight(server) as two:
        lost = await publish_some(two, "kept", 1, 10)
        server.call("SAVE")
        lost += await publish_some(two, "kept", 11, 50)
        await one.reaches("kept", 60)
        proxy.refusing = True
        server.kill()
        server.start()
        for n in range(60):
            await publish_until_accepted(two, "kept", f"new {n}")
    return lost


async def test_a_broker_that_lost_everything_is_announced(redis_server: RedisServer) -> None:
    broker = RedisBroker(redis_server)
    async with opened(broker, KEPT) as one:
        await one.watch("kept")
        await one.watch("other")
        old = await publish_some(one, "kept", 0, 3)
        await one.reaches("kept", 3)
        redis_server.kill()
        redis_server.start()
        await until(lambda: one.sink.beginnings("kept") == 2 == one.sink.beginnings("other"))
        position = await one.publish("kept", "new")
        assert position.offset == 1
        assert position.epoch != old[0].epoch
        await one.reaches("kept", 1)
        assert one.sink.data("kept") == ["new"]


async def test_a_flush_under_way_is_noticed(redis_server: RedisServer) -> None:
    """FLUSHALL, or a key that was evicted: the connection stays, the log is another."""
    broker = RedisBroker(redis_server)
    async with opened(broker, KEPT) as one, opened(broker, KEPT) as two:
        await one.watch("kept")
        await publish_some(two, "kept", 0, 3)
        await one.reaches("kept", 3)
        redis_server.call("FLUSHALL")
        position = await two.publish("kept", "new")
        assert position.offset == 1
        await until(lambda: one.sink.data("kept") == ["new"])
        assert one.sink.beginnings("kept") == 2


# --- it refuses


async def test_scripts_that_were_flushed_are_loaded_again(redis_server: RedisServer) -> None:
    broker = RedisBroker(redis_server)
    async with opened(broker, KEPT) as one:
        await one.watch("kept")
        for n in range(5):
            redis_server.call("SCRIPT", "FLUSH")
            one.backplane.publish_nowait("kept", Message(f"{n} first"))
            assert (await one.publish("kept", f"{n} second")).offset == 2 * n + 2
        await one.reaches("kept", 10)
        assert one.sink.beginnings("kept") == 1


async def test_a_server_that_becomes_a_replica_is_away_until_it_is_a_master(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    broker = RedisBroker(redis_server, patience=SOON)
    async with opened(broker, KEPT) as one:
        await one.watch("kept")
        await one.publish("kept", "before")
        redis_server.call("REPLICAOF", "127.0.0.1", 1)
        with pytest.raises(BackplaneUnavailable, match="(?i)read.?only"):
            await one.publish("kept", "meanwhile")
        redis_server.call("REPLICAOF", "NO", "ONE")
        last = await publish_until_accepted(one, "kept", "after")
        await one.reaches("kept", last.offset)
        assert one.sink.data("kept") == ["before", "after"]
        assert said(caplog, " is away: ") == 1


async def test_a_server_without_memory_refuses_and_takes_again(
    redis_server: RedisServer,
) -> None:
    broker = RedisBroker(redis_server, patience=SOON)
    async with opened(broker, KEPT) as one:
        await one.watch("kept")
        await one.publish("kept", "before")
        redis_server.call("CONFIG", "SET", "maxmemory", 1)
        for _ in range(3):
            with pytest.raises(BackplaneUnavailable, match="(?i)OOM|memory"):
                await one.publish("kept", "too much")
        redis_server.call("CONFIG", "SET", "maxmemory", 0)
        await publish_until_accepted(one, "kept", "after")
        await one.reaches("kept", 2)
        assert one.sink.data("kept") == ["before", "after"]
        assert one.sink.beginnings("kept") == 1


async def test_one_that_is_full_when_it_is_found_says_so(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    redis_server.call("CONFIG", "SET", "maxmemory", 1)
    async with opened(RedisBroker(redis_server, patience=SOON), KEPT, wait=False) as one:
        with pytest.raises(BackplaneUnavailable, match="(?i)OOM|memory"):
            await one.publish("kept", "x")
        redis_server.call("CONFIG", "SET", "maxmemory", 0)
        await publish_until_accepted(one, "kept", "y")


async def test_a_password_that_is_changed_is_told(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(RedisBroker(redis_server, patience=SOON), KEPT) as one:
        redis_server.call("CONFIG", "SET", "requirepass", "s3cret")
        redis_server.call("CLIENT", "KILL", "TYPE", "pubsub")
        await until(lambda: said(caplog, " is away: ") == 1)
        with pytest.raises(BackplaneUnavailable, match="password"):
            await one.publish("kept", "x")
        redis_server.call("CONFIG", "SET", "requirepass", "")
        await publish_until_accepted(one, "kept", "y")
    assert said(caplog, " is back after ") == 1


# --- many publications at once


async def test_more_than_is_held_while_a_log_is_read(redis_server: RedisServer) -> None:
    """A channel so busy that thousands come between its subscription and its reading, and more
    while it is read again."""
    async with through_a_proxy(redis_server) as (proxy, one, _), straight(redis_server) as two:
        proxy.hold()
        task = asyncio.create_task(one.watch("kept"))
        await until(lambda: redis_server.call("PUBSUB", "NUMSUB", "proxied:to:kept")[1] == 1)
        for n in range(5000):  # more than watching.HOLD
            two.backplane.publish_nowait("kept", Message(str(n)))
        await two.publish("kept", "5000")
        proxy.delay = 0.1
        proxy.go_on()
        for n in range(5001, 5400):
            await two.publish("kept", str(n))
        await task
        await one.reaches("kept", 5400)
        assert one.sink.beginnings("kept") == 1
        assert one.sink.data("kept")[-10:] == [str(n) for n in range(5390, 5400)]


async def test_a_look_at_a_busy_channel_breaks_nothing(redis_server: RedisServer) -> None:
    """The keeper compares channels with the broker, one or more at every beat. What is published
    that moment is on its way, and no gap, also where no history could close one."""
    async with through_a_proxy(redis_server) as (proxy, one, _), straight(redis_server) as two:
        await one.watch("plain")
        proxy.lag = 0.05
        end, count = time.monotonic() + BEAT + 0.5, 0
        while time.monotonic() < end:
            await two.publish("plain", str(count))
            count += 1
            await asyncio.sleep(0.005)  # pacing
        await one.reaches("plain", count)
        assert one.sink.beginnings("plain") == 1
        assert one.sink.data("plain") == [str(n) for n in range(count)]


async def test_a_slow_subscription_begins_once(redis_server: RedisServer) -> None:
    """What comes late was in the page that the log began with, and is not news."""
    names = [f"{kind}{n}" for kind in ("plain", "kept") for n in range(5)]
    async with through_a_proxy(redis_server) as (proxy, one, _), straight(redis_server) as two:
        proxy.lag = 0.05
        counts = dict.fromkeys(names, 0)
        for turn in range(100):
            for name in names:
                await two.publish(name, str(counts[name]))
                counts[name] += 1
            if turn == 30:
                watches = [asyncio.create_task(one.watch(name)) for name in names]
            await asyncio.sleep(0.002)  # pacing
        await asyncio.gather(*watches)
        for name in names:
            await one.reaches(name, 100)
            assert one.sink.beginnings(name) == 1, name
            assert one.sink.data(name)[-1] == "99"


async def test_what_is_shown_here_only_leaves_nothing_behind(redis_server: RedisServer) -> None:
    broker = RedisBroker(redis_server, outage="local")
    async with opened(broker) as one:
        await one.watch("a")
        redis_server.kill()
        await until(lambda: one.backplane.health.away is not None)
        for n in range(200):
            assert await one.publish(f"nobody-watches-{n}", "x") == NOWHERE
        assert await one.publish("a", "here") == NOWHERE
        assert ("a", "here") in [(channel, message.data) for channel, message in one.sink.local]
        redis_server.start()
        await until(lambda: one.backplane.health.away is None)
        await until(lambda: one.sink.beginnings("a") == 2)
        assert len(redis_server.call("PUBSUB", "CHANNELS", f"{broker.prefix}:to:nobody*")) == 0


class FailsWhenCancelled(RedisDriver):
    """As a connection does that breaks in the same moment."""

    @override
    async def listen(self, receive: Receive) -> None:
        try:
            await super().listen(receive)
        except asyncio.CancelledError:
            raise ConnectionError("it broke") from None


async def test_a_keeper_ends_though_something_fails_while_it_is_closed(
    redis_server: RedisServer,
) -> None:
    driver = FailsWhenCancelled(RedisAddress(redis_server.url))
    keeper = Keeper(driver, OptionTable(), Patience())
    keeper.start(Listener())
    await keeper.tried()
    async with asyncio.timeout(5):
        await keeper.close()
    assert not [one for one in asyncio.all_tasks() if "keeper" in one.get_name()]
