"""The memory backplane: dense offsets for every loop and thread of the process."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.backplane import memory
from holdfast.backplane.memory import Exchange, Memory
from holdfast.backplane.port import History, Message, Position, Publication
from holdfast.hub.hub import Hub
from holdfast.hub.options import ChannelOptions, OptionTable
from tests.backplane.sinks import Listener

names = st.sampled_from("abcdef")


class Process(threading.Thread):
    """An event loop in a thread of its own, with a backplane and what that delivered."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(daemon=True)
        self.loop = asyncio.new_event_loop()
        self.backplane = Memory(exchange)
        self.sink = Listener()
        self.sink.on_deliver = self.note
        self.got: list[tuple[str, int]] = []
        self.changed = threading.Condition()
        self.start()
        self.do(self._begin())

    async def _begin(self) -> None:
        self.backplane.start(self.sink)

    def run(self) -> None:
        self.loop.run_forever()
        self.loop.close()

    def note(self, channel: str, publication: Publication) -> None:
        assert asyncio.get_running_loop() is self.loop
        with self.changed:
            self.got.append((channel, publication.offset))
            self.changed.notify_all()

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, 10)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join(10)


class One:
    """A backplane on the test's own loop, and what it brought."""

    def __init__(self, exchange: Exchange) -> None:
        self.backplane = Memory(exchange)
        self.sink = Listener()
        self.got: list[tuple[str, int]] = []
        self.sink.on_deliver = lambda channel, p: self.got.append((channel, p.offset))
        self.backplane.start(self.sink)

    async def publish(self, channel: str) -> Position:
        return await self.backplane.publish(channel, Message("x"))

    async def watch(self, channel: str) -> Position:
        """Where the channel begins."""
        await self.backplane.watch(channel)
        return self.sink.pages[channel][-1].position


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


async def test_offsets_are_dense_per_channel(exchange: Exchange) -> None:
    one = One(exchange)
    a = [await one.publish("a") for _ in range(3)]
    b = await one.publish("b")
    assert [p.offset for p in a] == [1, 2, 3]
    assert (b.offset, b.epoch != a[0].epoch) == (1, True)
    assert one.got == [("a", 1), ("a", 2), ("a", 3), ("b", 1)]
    assert await one.watch("a") == a[-1]


def test_threads_and_loops_receive_all_in_order(exchange: Exchange) -> None:
    processes = [Process(exchange) for _ in range(3)]

    async def publish(process: Process) -> None:
        for _ in range(300):
            await process.backplane.publish("a", Message("x"))

    def from_a_plain_thread() -> None:
        for _ in range(300):
            exchange.publish("a", Message("x"))

    plain = [threading.Thread(target=from_a_plain_thread) for _ in range(2)]
    futures = [asyncio.run_coroutine_threadsafe(publish(p), p.loop) for p in processes]
    for thread in plain:
        thread.start()
    for thread in plain:
        thread.join(10)
    for future in futures:
        future.result(10)
    for process in processes:
        process.wait_for(lambda p=process: len(p.got) == 1500)
        assert process.got == [("a", n) for n in range(1, 1501)]
        process.end()


def test_a_hub_that_begins_to_watch_meanwhile_sees_no_break(exchange: Exchange) -> None:
    process = Process(exchange)
    hubs: list[Hub] = []

    async def begin() -> None:
        hubs.append(Hub(asyncio.get_running_loop(), OptionTable()))
        process.backplane._sink = hubs[0]

    async def watch(name: str) -> tuple[Position, Position]:
        for _ in range(3):  # as other threads do it, while this loop is busy
            thread = threading.Thread(target=exchange.publish, args=(name, Message("x")))
            thread.start()
            thread.join(10)
        await process.backplane.watch(name)
        channel = hubs[0].channels[name]
        position = channel.position
        channel.pinned = True
        log = channel.log
        exchange.publish(name, Message("x"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert channel.log is log  # another log would mean a break
        return position, channel.position

    process.do(begin())
    position, end = process.do(watch("a"))
    assert (position.offset, end.offset) == (3, 4)
    process.end()


def test_a_closed_loop_is_forgotten_with_its_watches(exchange: Exchange) -> None:
    dead, alive = Process(exchange), Process(exchange)
    dead.do(dead.backplane.watch("a"))
    dead.end()
    alive.do(alive.backplane.publish("a", Message("x")))
    alive.wait_for(lambda: alive.got == [("a", 1)])
    assert exchange._members == [alive.backplane]
    assert not exchange._watched
    alive.do(alive.backplane.close())
    assert not exchange._members
    alive.end()


def test_another_loop_in_the_same_thread_delivers_nothing(exchange: Exchange) -> None:
    got: list[int] = []
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    backplanes = Memory(exchange), Memory(exchange)

    async def begin(backplane: Memory) -> None:
        loop = asyncio.get_running_loop()
        sink = Listener()

        def note(channel: str, publication: Publication) -> None:
            assert asyncio.get_running_loop() is loop
            got.append(publication.offset)

        sink.on_deliver = note
        backplane.start(sink)

    first.run_until_complete(begin(backplanes[0]))
    second.run_until_complete(begin(backplanes[1]))
    second.run_until_complete(backplanes[1].publish("a", Message("x")))
    assert got == [1]
    first.run_until_complete(asyncio.sleep(0))
    assert got == [1, 1]
    first.close()
    second.close()


async def test_a_publication_from_within_a_delivery_comes_after_it(exchange: Exchange) -> None:
    one = One(exchange)
    events: list[str] = []

    def deliver(channel: str, publication: Publication) -> None:
        events.append(f"begin {publication.offset}")
        if publication.offset == 1:
            one.backplane.publish_nowait("a", Message("y"))
        events.append(f"end {publication.offset}")

    one.sink.on_deliver = deliver
    one.backplane.publish_nowait("a", Message("x"))
    assert events == ["begin 1", "end 1", "begin 2", "end 2"]


async def test_idle_counters_are_bounded_and_a_forgotten_name_begins_anew(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "IDLE_CHANNELS", 100)
    one = One(exchange)
    watched = [await one.watch(f"watched {n}") for n in range(50)]
    first = await one.publish("once")
    for n in range(2000):
        await one.publish("busy")
        await one.publish(f"idle {n}")
    assert len(exchange._idle) <= 100
    assert len(exchange._watched) == 50
    assert (await one.publish("once")).epoch != first.epoch
    assert (await one.publish("busy")).offset == 2001
    for n, position in enumerate(watched):
        assert (await one.publish(f"watched {n}")).epoch == position.epoch


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["publish", "watch", "unwatch"]), st.integers(0, 1), names),
        max_size=60,
    )
)
def test_no_position_ever_means_two_things(steps: list[tuple[str, int, str]]) -> None:
    """Whatever is forgotten in between: a channel goes on, or begins with an epoch never used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "IDLE_CHANNELS", 2)
        exchange = Exchange()
        members = Memory(exchange), Memory(exchange)
        for member in members:
            exchange.join(member)
        last: dict[str, Position] = {}  # published
        told: dict[str, Position] = {}  # to those who watch
        used: dict[str, str] = {}  # epoch: name
        watches: Counter[tuple[Memory, str]] = Counter()
        for what, number, name in steps:
            member = members[number]
            if what == "unwatch":
                exchange.unwatch(member, name)
                watches[member, name] -= watches[member, name] > 0
                if not any(watches[one, name] for one in members):
                    told.pop(name, None)
                continue
            if what == "watch":
                watches[member, name] += 1
                position = before = exchange.watch(member, name)[0]
            else:
                position = exchange.publish(name, Message("x"))
                before = Position(position.epoch, position.offset - 1)
            if name in told:
                assert before == told[name]
            if before.offset:
                assert before == last[name]
            else:
                assert used.get(position.epoch) is None
            if position.offset:
                last[name] = position
                used[position.epoch] = name
            if any(watches[one, name] for one in members):
                told[name] = position
        for member in members:
            exchange.leave(member)
        assert not exchange._watched
        assert not exchange._busy


async def test_channels_that_wait_for_their_first_publication_share_what_they_keep(
    exchange: Exchange,
) -> None:
    one = One(exchange)
    a, b = await one.watch("a"), await one.watch("b")
    assert exchange._watched["a"] is exchange._watched["b"]
    assert a.epoch != b.epoch  # who comes to "b" with a position in "a" has missed all of it
    assert await one.publish("b") == Position(b.epoch, 1)
    assert await one.watch("a") == a
    for name in "aab":
        one.backplane.unwatch(name)
    assert not exchange._watched
    assert list(exchange._idle) == ["b"]  # nobody can have a position in the other


async def test_the_origin_is_renewed_only_for_what_began_with_it(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "IDLE_CHANNELS", 100)
    one = One(exchange)
    origins = set()
    for n in range(1000):
        await one.publish(f"once {n}")
        origins.add(exchange._origin)
    assert len(origins) == 10


async def test_one_who_never_watched_undoes_no_other_watch(exchange: Exchange) -> None:
    one, other = One(exchange).backplane, One(exchange).backplane
    await one.watch("a")
    await one.watch("a")
    other.unwatch("a")
    one.unwatch("a")
    assert exchange._watched["a"].watchers == (one,)
    one.unwatch("a")
    one.unwatch("a")
    assert not exchange._watched


async def test_a_history_is_kept_where_nobody_watches(exchange: Exchange) -> None:
    table = OptionTable()
    table.add("a", ChannelOptions(history=History(10)))
    hub = Hub(asyncio.get_running_loop(), table)
    backplane = Memory(exchange)
    backplane.start(hub)
    for _ in range(3):
        position = await backplane.publish("a", Message("x"))
    assert hub.channels["a"].position == position
    assert len(hub.channels["a"].log) == 3
    assert (await backplane.publish("b", Message("x"))).offset == 1
    assert "b" not in hub.channels
    hub.stop()
    await backplane.close()
