"""Several channels with news at once: each connection is given its own in one write."""

from __future__ import annotations

import logging

import pytest
from typing_extensions import override

from holdfast.errors import CloseCode
from holdfast.hub import flush
from holdfast.hub.link import WRITE_LIMIT, Batch
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions

from .support import Peer, Text, World, offsets

NAMES = ["a", "b", "c", "d"]
WALKED, PLANNED = 0, 50
"""How many connections take no part: with so many it is planned who does."""

both_ways = pytest.mark.parametrize("others", [WALKED, PLANNED])


def crowd(world: World, size: int, others: int) -> list[Peer]:
    """Each in three of the four channels; beside them some in another one."""
    for _ in range(others):
        world.joined("other")
    readers = [world.open() for _ in range(size)]
    for number, reader in enumerate(readers):
        for name in NAMES[: number % 4] + NAMES[number % 4 + 1 :]:
            world.join(reader, name)
    return readers


def publish_everywhere(world: World, data: str | None = None) -> None:
    for name in NAMES:
        world.publish(name, data)


def channels_by_write(reader: Peer) -> list[list[str]]:
    return [sorted(batch.channel for batch in write) for write in reader.socket.writes]


@both_ways
def test_one_write_brings_the_news_of_all_channels(others: int) -> None:
    world = World()
    readers = crowd(world, 8, others)
    publish_everywhere(world)
    publish_everywhere(world)
    world.loop.turn()
    for reader in readers:
        assert channels_by_write(reader) == [sorted(reader.subscriptions)]
        assert all(offsets(reader, name) == [1, 2] for name in reader.subscriptions)


@both_ways
def test_a_channel_without_news_is_not_in_it(others: int) -> None:
    world = World()
    readers = crowd(world, 8, others)
    world.publish("a")
    world.publish("b")
    world.loop.turns()
    assert [offsets(reader, "c") for reader in readers] == [[]] * 8
    assert channels_by_write(readers[3]) == [["a", "b"]]
    assert channels_by_write(readers[0]) == [["b"]]


@both_ways
def test_who_needs_a_closer_look_is_given_the_same(others: int) -> None:
    world = World()
    readers = crowd(world, 8, others)
    stuck, stranger, early = readers[3], world.open(), readers[7]
    stuck.socket.stall()
    stuck.socket.direct("x")
    for name in NAMES:
        world.join(stranger, name, Text("another"))
    publish_everywhere(world)
    world.hub.flush_connection(early)
    late = world.joined("a")
    world.loop.turns()
    assert list(stuck.behind) == list(stuck.subscriptions.values())
    assert channels_by_write(stranger) == [NAMES]
    assert channels_by_write(early) == [["a"], ["b"], ["c"]]
    assert offsets(late, "a") == []
    stuck.socket.drain()
    publish_everywhere(world)
    world.loop.turns()
    for reader in (*readers, stranger):
        assert all(offsets(reader, name) == [1, 2] for name in reader.subscriptions)
    assert offsets(late, "a") == [2]


@both_ways
def test_more_than_a_write_may_carry_is_several_writes(others: int) -> None:
    world = World(**{name: ChannelOptions(ring=Ring(64, 1 << 21)) for name in NAMES})
    readers = crowd(world, 8, others)
    publish_everywhere(world, "x" * (WRITE_LIMIT // 2 - 100))
    world.loop.turns()
    for reader in readers:
        assert [len(write) for write in reader.socket.writes] == [2, 1]


@both_ways
def test_more_news_than_a_write_may_carry_are_one_write_for_who_is_in_a_few(others: int) -> None:
    world = World(**{name: ChannelOptions(ring=Ring(64, 1 << 21)) for name in NAMES})
    readers = crowd(world, 8, others)
    publish_everywhere(world, "x" * (WRITE_LIMIT // 3 - 100))
    world.loop.turns()
    assert [len(reader.socket.writes) for reader in readers] == [1] * 8


@both_ways
def test_one_that_fails_ends_alone(others: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "holdfast")
    world = World()
    readers = crowd(world, 8, others)

    def fails() -> None:
        raise OSError("broken")

    readers[5].socket.broken = fails
    publish_everywhere(world)
    world.loop.turns()
    assert readers.pop(5).lapses == [(CloseCode.INTERNAL, "flush failed")]
    assert all(len(reader.socket.batches) == 3 for reader in readers)


@both_ways
def test_planning_and_offering_take_slices_and_nothing_is_repeated(others: int) -> None:
    world = World()
    readers = crowd(world, 4 * flush.STRIDE, others * 4 * flush.STRIDE)
    world.loop.cost_of_a_look = flush.SLICE
    publish_everywhere(world)
    for turn in range(100):
        if world.loop.idle:
            break
        before = world.loop.now
        world.loop.turn()
        assert world.loop.now - before <= 4 * flush.SLICE
        world.hub.flush_connection(readers[turn])  # before its turn, or after it
        readers[turn].socket.direct("hello")
        assert len(readers[turn].socket.batches) == 3
    else:
        raise AssertionError("the pass does not end")
    for reader in readers:
        assert all(offsets(reader, name) == [1] for name in reader.subscriptions)


class Counted(Text):
    """Two messages for each publication that is not a dot, as far as the hub is told."""

    @override
    def render(self, batch: Batch) -> bytes:
        batch.count = 2 * sum(publication.data != "." for publication in batch.publications)
        return super().render(batch)


@both_ways
def test_every_message_is_counted_once(others: int) -> None:
    world = World()
    readers = crowd(world, 8, others)
    publish_everywhere(world)
    world.loop.turns()
    assert world.hub.written == 24
    world.publish("a")
    world.loop.turns()
    assert world.hub.written == 30
    world.publish("b")
    world.hub.flush_connection(readers[0])
    assert world.hub.written == 31
    world.loop.turns()
    assert world.hub.written == 36
    late = world.joined("a", replay="all", rendering=Counted("counted"))
    world.loop.turns()
    assert (len(late.socket.batches), world.hub.written) == (1, 40)


def test_a_batch_without_a_message_is_not_written() -> None:
    world = World()
    readers = [world.joined(rendering=rendering) for rendering in (Counted("counted"), Text())]
    for data in (".", "x", "."):
        world.publish(data=data)
        world.loop.turns()
    assert offsets(readers[0]) == [2]
    assert offsets(readers[1]) == [1, 2, 3]
    assert world.hub.written == 5
