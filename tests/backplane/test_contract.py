"""What every backplane does, tried on each broker: the next driver is a line in ``BROKERS``."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from holdfast.backplane.port import Json, Message, Position
from holdfast.testing import until
from tests.backplane.brokers import BROKERS, Broker, Side, opened

NAMES = [
    "a",
    "a b",
    "orders.7",
    "chat:{room}",
    "{a}:{b}",
    "a:log",
    "a:meta",
    "a:s",
    "*",
    "[a-z]?",
    "\\",
    "%s",
    "käse/日本語/🧀",
    "n" * 255,
]


@pytest.fixture(params=BROKERS)
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    async with BROKERS[request.param](request) as one:
        yield one


def position_of(side: Side, channel: str) -> Position:
    return side.sink.heads[channel]


# --- offsets and positions


async def test_offsets_count_from_one_without_holes_in_each_channel(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        a = [await side.publish("a", "x") for side in (one, two, one, two, one)]
        b = await two.publish("b", "x")
        assert [position.offset for position in a] == [1, 2, 3, 4, 5]
        assert len({position.epoch for position in a}) == 1
        assert b.offset == 1
        assert b != a[0]  # a position in one channel is none in another
        await one.watch("a")
        assert position_of(one, "a") == a[-1]


async def test_concurrent_publishes_share_no_offset(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await one.watch("a")
        calls = [side.publish("a", str(n)) for n in range(200) for side in (one, two)]
        positions = await asyncio.gather(*calls)
        assert sorted(position.offset for position in positions) == list(range(1, 401))
        await one.reaches("a", 400)


async def test_two_backplanes_see_the_same_log(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await one.watch("a")
        await two.watch("a")
        answers = [await side.publish("a", str(n)) for n in range(20) for side in (one, two)]
        for side in (one, two):
            await side.reaches("a", 40)
            assert side.sink.beginnings("a") == 1
            log = side.sink.logs["a"]
            epoch = position_of(side, "a").epoch
            assert [Position(epoch, p.offset, p.tag) for p in log] == answers
        assert one.sink.logs["a"] == two.sink.logs["a"]


async def test_a_position_is_read_as_it_was_written(broker: Broker) -> None:
    async with opened(broker) as one:
        position = await one.publish("a", "x")
        assert Position.parse(str(position)) == position


# --- watching


async def test_a_watch_begins_with_the_position_and_brings_what_follows(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        before = [await two.publish("a", str(n)) for n in range(3)]
        await one.watch("a")
        (page,) = one.sink.pages["a"]
        assert page.position == before[-1]
        for n in range(3, 6):
            await two.publish("a", str(n))
        await one.reaches("a", 6)
        assert one.sink.data("a")[-3:] == ["3", "4", "5"]
        assert one.sink.beginnings("a") == 1


async def test_a_channel_that_nobody_published_to_begins_at_nothing(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await one.watch("a")
        first = await two.publish("a", "x")
        await one.reaches("a", 1)
        assert position_of(one, "a") == first
        assert one.sink.pages["a"][0].position.offset == 0
        assert one.sink.beginnings("a") == 1  # its epoch is known from the beginning


async def test_publishes_that_race_a_watch_are_before_it_or_delivered(broker: Broker) -> None:
    names = [f"c{n}" for n in range(20)]
    async with opened(broker) as one, opened(broker) as two, opened(broker) as here:
        # Which side publishes: another process's, and the one that begins to watch.
        async def publish(side: Side, name: str) -> None:
            for n in range(30):
                await side.publish(name, str(n))

        async def watch(name: str) -> None:
            for _ in range(random.randrange(60)):
                await asyncio.sleep(0)
            await here.watch(name)

        await asyncio.gather(
            *(publish(side, name) for name in names for side in (one, two, here)),
            *(watch(name) for name in names),
        )
        for name in names:
            await here.reaches(name, 90)
            assert here.sink.beginnings(name) == 1
            begun = here.sink.pages[name][0].position.offset
            new = [p.offset for p in here.sink.logs[name] if p.offset > begun]
            assert new == list(range(begun + 1, 91))


async def test_a_thousand_channels_are_watched_at_once(broker: Broker) -> None:
    names = [f"c{n}" for n in range(1000)]
    async with opened(broker) as one, opened(broker) as two:
        await asyncio.gather(*(one.watch(name) for name in names))
        await asyncio.gather(*(two.publish(name, name) for name in names))
        await until(lambda: len(one.sink.heads) == 1000 == one.sink.delivered.total())
        assert {name: one.sink.data(name) for name in names} == {name: [name] for name in names}


async def test_a_channel_is_left_and_joined_again_many_times(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for n in range(1, 41):
            await one.watch("a")  # overtakes the end of the last, which nobody waits for
            await two.publish("a", str(n))
            if n % 3:
                await one.reaches("a", n)
            one.backplane.unwatch("a")
        await one.watch("a")
        await two.publish("a", "last")
        await one.reaches("a", 41)
        assert one.sink.data("a")[-1] == "last"


async def test_watches_overtaken_by_the_end_of_others_begin_all_the_same(broker: Broker) -> None:
    """As connections come and go: each ends its own watch, whoever else has one."""
    async with opened(broker) as one, opened(broker) as two:

        async def come_and_go(seed: int) -> None:
            chance = random.Random(seed)
            for _ in range(25):
                name = chance.choice("abc")
                async with asyncio.timeout(5):
                    await one.watch(name)
                for _ in range(chance.randrange(4)):
                    await asyncio.sleep(0)
                one.backplane.unwatch(name)

        await asyncio.gather(*(come_and_go(seed) for seed in range(8)))
        for name in "abc":
            async with asyncio.timeout(5):
                await one.watch(name)
            position = await two.publish(name, "x")
            await one.reaches(name, position.offset)


async def test_who_waits_for_a_watch_may_be_cancelled(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for turns in range(12):
            task = asyncio.create_task(one.backplane.watch("a"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        async with asyncio.timeout(5):
            await one.watch("a")
        position = await two.publish("a", "x")
        await one.reaches("a", position.offset)


async def test_nothing_comes_for_a_channel_that_is_not_watched(broker: Broker) -> None:
    if not broker.selective:
        pytest.skip(f"{broker.name} delivers every channel")
    async with opened(broker) as one, opened(broker) as two:
        await one.watch("a")
        await one.watch("b")
        one.backplane.unwatch("a")
        await until(lambda: broker.watchers("a") == 0)
        for _ in range(5):
            await two.publish("a", "x")
            await two.publish("other", "x")
        last = await two.publish("b", "x")
        await one.reaches("b", last.offset)
        assert one.sink.delivered == {"b": 1}


# --- what travels


async def test_publishes_of_one_task_arrive_in_their_order(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for name in "ab":
            await two.watch(name)
        for n in range(300):
            name = "ab"[n // 3 % 2]
            if n % 3:
                one.backplane.publish_nowait(name, Message(str(n)))
            else:
                await one.publish(name, str(n))
        for k, name in enumerate("ab"):
            await two.reaches(name, 150)
            assert two.sink.data(name) == [str(n) for n in range(300) if n // 3 % 2 == k]


async def test_a_burst_without_waiting_keeps_its_order(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        for n in range(3000):
            one.backplane.publish_nowait("a", Message(str(n)))
        last = await one.publish("a", "last")
        assert last.offset == 3001
        await two.reaches("a", 3001)
        assert two.sink.data("a") == [*map(str, range(3000)), "last"]


EVERY_BYTE = bytes(range(256))
TEXT = "".join(map(chr, [*range(0x2000), 0x1F9C0, 0x10FFFF]))
DATA: dict[str, Any] = {
    "text": "hello",
    "no text": "",
    "every kind of text": TEXT,
    "bytes": EVERY_BYTE,
    "no bytes": b"",
    "looks like JSON": '{"a": 1}',
    "looks like a protocol": b"*1\r\n$4\r\nPING\r\n",
    "JSON": Json(b'{"a": [1, "\xc3\xa9"]}'),
    "1 MiB of text": "äb" * (1 << 19),
    "1 MiB of bytes": EVERY_BYTE * 4096,
    "1 MiB of JSON": Json(b"[" + b"1," * (1 << 19) + b"1]"),
}


@pytest.mark.parametrize("kind", DATA)
async def test_data_arrives_byte_for_byte(broker: Broker, kind: str) -> None:
    data = DATA[kind]
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        await one.publish("a", data)
        await two.reaches("a", 1)
        (publication,) = two.sink.logs["a"]
        assert publication.data == data
        assert type(publication.data) is type(data)


async def test_key_and_tags_arrive(broker: Broker) -> None:
    odd = (("", ""), ("a", "1"), ("ä\n", "\x00:,"), ("long", "x" * 5000))
    messages = [
        Message("x"),
        Message("x", key=""),
        Message("x", key="käse"),
        Message(b"\xff", key="k\x00\n", tags=(("a", "1"),)),
        Message(Json(b"1"), tags=odd),
    ]
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        for message in messages:
            await one.backplane.publish("a", message)
        await two.reaches("a", len(messages))
        found = [(p.data, p.key, tuple(p.tags)) for p in two.sink.logs["a"]]
        assert found == [(m.data, m.key, m.tags) for m in messages]


async def test_the_time_is_the_brokers_and_the_same_for_all(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for side in (one, two):
            await side.watch("a")
        await one.publish("a", "x")
        for side in (one, two):
            await side.reaches("a", 1)
        ours, theirs = one.sink.logs["a"][0].time, two.sink.logs["a"][0].time
        assert ours == theirs > 1_700_000_000


async def test_every_channel_name_is_its_own(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for name in NAMES:
            await two.watch(name)
        for name in NAMES:
            assert (await one.publish(name, name)).offset == 1
        for name in NAMES:
            await two.reaches(name, 1)
            assert two.sink.data(name) == [name]


HALF = "\ud800"  # half of a pair: no UTF-8
POISON: dict[str, Any] = {
    "data": Message(HALF),
    "key": Message("x", key=HALF),
    "tag": Message("x", tags=(("a", HALF),)),
    "idempotency key": Message("x", idempotency_key=HALF),
}


@pytest.mark.parametrize("kind", POISON)
async def test_what_cannot_be_carried_hurts_nobody(broker: Broker, kind: str) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        calls = [one.publish("a", "before"), one.backplane.publish("a", POISON[kind])]
        results = await asyncio.gather(*calls, one.publish("a", "after"), return_exceptions=True)
        assert not isinstance(results[0], Exception)
        assert not isinstance(results[2], Exception)
        await two.reaches("a", results[2].offset)
        refused = isinstance(results[1], Exception)
        assert len(two.sink.data("a")) == 3 - refused
        assert two.sink.data("a")[-1] == "after"


# --- idempotency and versions


async def test_the_same_idempotency_key_is_the_same_publication(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        once = Message("first", idempotency_key="k")
        first = await one.backplane.publish("a", once)
        between = await one.publish("a", "between")
        again = await one.backplane.publish("a", once)
        elsewhere = await two.backplane.publish("a", Message("second", idempotency_key="k"))
        assert again == elsewhere == first != between
        assert (await one.backplane.publish("b", once)).offset == 1  # another channel's
        last = await one.backplane.publish("a", Message("last", idempotency_key="k2"))
        assert last.offset == 3
        await two.reaches("a", 3)
        assert two.sink.data("a") == ["first", "between", "last"]


async def test_an_idempotency_key_counts_once_however_many_publish_it(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two, opened(broker) as here:
        await here.watch("a")
        calls = [
            side.backplane.publish("a", Message(str(n), idempotency_key=str(n % 10)))
            for n in range(100)
            for side in (one, two)
        ]
        positions = await asyncio.gather(*calls)
        last = await one.publish("a", "last")
        assert last.offset == 11
        assert len(set(positions)) == 10
        by_key = [set(positions[2 * n :: 20] + positions[2 * n + 1 :: 20]) for n in range(10)]
        assert all(len(found) == 1 for found in by_key)
        await here.reaches("a", 11)


async def test_a_version_that_is_not_newer_is_dropped(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")

        async def publish(side: Side, version: int) -> Position:
            return await side.backplane.publish("a", Message(str(version), version=version))

        first = await publish(one, 5)
        assert await publish(one, 5) == first
        assert await publish(two, 4) == first
        unversioned = await two.publish("a", "any")
        assert await publish(two, 5) == unversioned  # the answer is where the channel stands
        newer = await publish(two, 1 << 40)
        assert newer.offset == 3
        assert await publish(one, (1 << 40) - 1) == newer
        await two.reaches("a", 3)
        assert two.sink.data("a") == ["5", "any", str(1 << 40)]


VERSIONS = [0, 1, 9, 10, 1 << 31, 1 << 53, (1 << 53) + 1, 1_763_758_800_000_000_001, (1 << 63) - 1]


async def test_versions_may_be_as_large_as_nanoseconds_since_1970(broker: Broker) -> None:
    async with opened(broker) as one:
        await one.watch("a")
        for n, newest in enumerate(VERSIONS, 1):
            for version in (newest, *VERSIONS[:n]):
                message = Message(str(version), version=version)
                assert (await one.backplane.publish("a", message)).offset == n
        await one.reaches("a", len(VERSIONS))
        assert one.sink.data("a") == list(map(str, VERSIONS))


async def test_of_many_versions_at_once_they_only_rise(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        versions = random.Random(7).sample(range(1, 10_000), 200)
        await asyncio.gather(
            *(
                side.backplane.publish("a", Message(str(version), version=version))
                for version in versions
                for side in (one, two)
            )
        )
        last = await one.publish("a", "last")
        await two.reaches("a", last.offset)
        seen = [int(data) for data in two.sink.data("a")[:-1]]
        assert seen == sorted(set(seen))
        assert seen[-1] == max(versions)


# --- those who misbehave, and the end


async def test_a_sink_that_raises_stops_nobody(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for side in (one, two):
            for name in "ab":
                await side.watch(name)

        def fail(channel: str, publication: Any) -> None:
            if channel == "a":
                raise RuntimeError("this sink fails, as the test wants it")

        one.sink.on_deliver = fail
        for n in range(10):
            await one.publish("a", str(n))
            await two.publish("b", str(n))
        for side in (one, two):
            for name in "ab":
                await side.reaches(name, 10)
        assert "this sink fails" in caplog.text


async def test_a_sink_may_publish_watch_and_unwatch(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for name in "ab":
            await one.watch(name)
        await two.watch("a")

        def answer(channel: str, publication: Any) -> None:
            if channel == "a":
                one.backplane.publish_nowait("b", Message(publication.data))
                two.backplane.unwatch("a")

        one.sink.on_deliver = answer
        for n in range(10):
            await one.publish("a", str(n))
        await one.reaches("b", 10)
        assert one.sink.data("b") == one.sink.data("a")


async def test_close_is_final(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        for side in (one, two):
            await side.watch("a")
        await one.backplane.close()
        await one.backplane.close()
        one.backplane.unwatch("a")
        position = await two.publish("a", "x")
        await two.reaches("a", position.offset)
        assert one.sink.delivered.total() == 0


async def test_close_ends_who_waits(broker: Broker) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        tasks = [asyncio.create_task(one.watch(f"c{n}")) for n in range(50)]
        tasks += [asyncio.create_task(one.publish("a", str(n))) for n in range(50)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await one.backplane.close()
            await asyncio.wait(tasks)
        answered = [task.result() for task in tasks[50:] if not task.exception()]
        for n, position in enumerate(answered, 1):  # those that were accepted were the first
            assert position.offset == n
        last = await two.publish("a", "last")
        await two.reaches("a", last.offset)


async def test_what_was_published_without_waiting_is_gone_before_close_ends(
    broker: Broker,
) -> None:
    async with opened(broker) as one, opened(broker) as two:
        await two.watch("a")
        for n in range(100):
            one.backplane.publish_nowait("a", Message(str(n)))
        await one.backplane.close()
        await two.reaches("a", 100)
        assert two.sink.data("a") == [str(n) for n in range(100)]
