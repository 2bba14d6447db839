"""Subscriptions, order on one connection, epochs, histories, and what an idle channel costs."""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
import weakref
from collections.abc import Callable

import pytest

from holdfast.backplane.port import Position, Publication
from holdfast.errors import ChannelClosed, CloseCode, Disconnected
from holdfast.hub import flush
from holdfast.hub.batches import BATCHES_KEPT
from holdfast.hub.channel import Connection
from holdfast.hub.histories import SWEEP
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions, History

from .support import SocketLink, Text, World, offsets

KEEPING = ChannelOptions(history=History(10, ttl=60))


def test_pending_news_come_before_a_leave() -> None:
    world = World()
    reader = world.joined()
    world.publish()
    assert world.hub.unsubscribe(reader, "news")
    assert offsets(reader) == [1]
    assert not world.hub.unsubscribe(reader, "news")
    assert "news" not in world.hub.channels


def test_pending_news_of_every_channel_come_before_a_direct_send() -> None:
    world = World()
    reader = world.joined("a")
    world.join(reader, "b")
    world.publish("a")
    world.publish("b")
    world.hub.flush_connection(reader)
    reader.socket.direct("hello")
    world.publish("a")
    world.loop.turns()
    assert offsets(reader, "a") == [1, 2]
    assert offsets(reader, "b") == [1]
    assert reader.socket.writes.index(["hello"]) == 2


def test_a_direct_send_to_a_full_socket_leaves_the_news_in_the_log() -> None:
    world = World()
    reader = world.joined(room=0)
    reader.socket.direct("x")
    world.publish()
    world.hub.flush_connection(reader)
    assert offsets(reader) == []
    reader.socket.drain()
    world.loop.turns()
    assert offsets(reader) == [1]


def test_a_second_join_replaces_the_first() -> None:
    world = World()
    reader = world.joined()
    world.join(reader)
    world.publish()
    world.loop.turns()
    assert offsets(reader) == [1]
    assert len(world.hub.channels["news"].head) == 1


@pytest.mark.parametrize("late", [True, False])
def test_a_connection_that_is_not_open_joins_nothing(late: bool) -> None:
    world = World()
    peer = world.open() if late else None
    if peer is not None:
        world.hub.close(peer)
    with pytest.raises(Disconnected):
        world.join(peer or Connection("x", SocketLink()))
    assert not world.hub.channels


@pytest.mark.parametrize(
    ("replay", "expected", "complete"),
    [
        (None, [], True),
        (0, [], True),
        (2, [9, 10], True),
        (99, [7, 8, 9, 10], True),
        ("all", [7, 8, 9, 10], True),
        (Position("e1", 8), [9, 10], True),
        (Position("e1", 6), [7, 8, 9, 10], True),
        (Position("e1", 5), [7, 8, 9, 10], False),
        (Position("e1", 11), [7, 8, 9, 10], False),
        (Position("other", 8), [7, 8, 9, 10], False),
    ],
)
def test_where_a_replay_starts(replay: object, expected: list[int], complete: bool) -> None:
    world = World(news=ChannelOptions(ring=Ring(4)))
    world.joined()
    for _ in range(10):
        world.publish()
    world.loop.turns()
    reader = world.open()
    assert world.join(reader, replay=replay) is complete
    world.loop.turn()
    assert offsets(reader) == expected
    world.publish()
    world.loop.turns()
    assert offsets(reader) == [*expected, 11]
    assert reader.gaps == []


def test_a_strict_reader_of_a_folding_channel_starts_in_the_ring() -> None:
    world = World(news=ChannelOptions("concat", Ring(4)))
    world.joined()
    for _ in range(10):
        world.publish()
    world.loop.turns()
    strict = world.joined(overflow="close", replay="all")
    late = world.joined(replay="all")
    world.loop.turns()
    assert (offsets(strict), strict.lapses) == ([7, 8, 9, 10], [])
    assert late.socket.text == "".join(f"{n};" for n in range(1, 11))


def test_a_new_epoch_ends_the_strict_and_is_told_to_the_others() -> None:
    world = World(news=ChannelOptions("skip"))
    strict, lenient = world.joined(overflow="close"), world.joined()
    stuck = world.joined(room=0)
    for _ in range(2):
        world.publish()
        world.loop.turns()
    world.publish()
    world.positions["news"] = Position("e2", 0)
    world.publish()
    world.loop.turns()
    assert strict.lapses == [(CloseCode.GAP, "the log of news began anew")]
    assert offsets(strict) == [1, 2, 3]  # what the old log still had to offer came first
    assert offsets(lenient) == [1, 2, 3, 1]
    assert lenient.gaps == stuck.gaps == [("news", 0)]
    stuck.socket.drain()
    world.loop.turns()
    assert offsets(stuck)[-1] == 1
    assert stuck.socket.batches[-1].epoch == "e2"


def test_a_hole_in_the_offsets_is_a_break() -> None:
    world = World()
    reader = world.joined()
    world.hub.deliver("news", "e1", Publication(3, "x"))
    assert reader.lapses[0][0] == CloseCode.GAP


def test_a_history_outlives_its_readers_until_it_is_too_old() -> None:
    world = World(news=KEEPING)
    released: list[str] = []
    world.hub.released = released.append
    world.publish()
    world.hub.close(world.joined())
    world.publish()
    world.loop.advance(SWEEP)
    again = world.joined(replay="all")
    world.loop.turns()
    assert offsets(again) == [1, 2]
    world.hub.close(again)
    world.publish(at=time.time() - 61)
    world.hub.channels["news"].log.expire(float("inf"), 2)
    world.loop.advance(SWEEP)
    world.loop.advance(SWEEP)
    assert released == ["news"]
    assert not world.hub.channels


def test_a_pinned_channel_is_not_swept_with_the_history_it_replaced() -> None:
    world = World()
    first = world.hub.pin("news", KEEPING, Position("e1", 0))
    world.hub.unpin(first)
    second = world.hub.pin("news", KEEPING, Position("e1", 0))
    world.loop.advance(SWEEP)
    assert world.hub.channels["news"] is second
    world.hub.unpin(second)
    world.loop.advance(SWEEP)
    assert not world.hub.channels


def test_old_age_does_not_take_what_was_not_offered() -> None:
    world = World(news=KEEPING)
    reader = world.joined()
    world.publish(at=1.0)
    world.publish(at=1.0)
    late = world.joined(replay="all")
    world.loop.turns()
    assert offsets(reader) == offsets(late) == [1, 2]


def test_nobody_is_kept_alive() -> None:
    world = World()
    gc.collect()
    gc.disable()
    try:
        refs = []
        for room in (0, 1, 1 << 40):
            peer = world.joined(room=room)
            world.join(peer, "other", replay=5)
            for _ in range(3):
                world.publish()
                world.publish("other")
                world.loop.turns()
            refs.append(weakref.ref(peer))
            world.hub.close(peer)
            del peer
        world.loop.turns()
        assert [ref() for ref in refs] == [None, None, None]  # and no collector was needed
    finally:
        gc.enable()
    assert not world.hub.connections
    assert not world.hub.channels


def test_a_connection_closed_between_slices_is_offered_nothing() -> None:
    world = World()
    world.loop.cost_of_a_look = 1.0
    peers = [world.joined() for _ in range(flush.STRIDE + 24)]
    world.publish()
    world.loop.turn()
    left = [peer for peer in peers if not offsets(peer)]
    for peer in left:
        world.hub.close(peer)
    world.loop.turns()
    assert all(offsets(peer) == [] for peer in left)
    assert len(left) == 24


def test_a_stopped_hub_takes_nothing_more() -> None:
    world = World()
    reader = world.joined()
    world.publish()
    world.hub.stop()
    world.publish()
    assert offsets(reader) == [1]
    with pytest.raises(ChannelClosed):
        world.open()


def test_laggards_at_many_places_do_not_pile_up_batches() -> None:
    world = World(news=ChannelOptions(ring=Ring(1024, 1 << 22)))
    world.joined(room=0)
    for _ in range(1000):
        world.publish(data="x" * 1000)
        world.loop.turns()
    for place in range(0, 1000, 3):
        world.joined(replay=Position("e1", place))
        world.loop.turns()
    rendered = world.hub.channels["news"].rendered
    assert rendered is not None
    assert 0 < len(rendered._kept) <= BATCHES_KEPT


def test_an_idle_channel_with_one_subscriber_costs_half_a_kilobyte(
    record_property: Callable[[str, object], None],
) -> None:
    world = World()
    peer = world.open()
    rendering = Text()
    names = [f"channel-{n}" for n in range(2000)]
    positions = {name: Position("e1", 0) for name in names}
    world.positions.update(positions)
    world.join(peer, "warm")
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for name in names:
        world.join(peer, name, rendering)
    gc.collect()
    each = (tracemalloc.get_traced_memory()[0] - before) / len(names)
    tracemalloc.stop()
    record_property("bytes per idle channel with one subscriber", round(each))
    sys.stdout.write(f"{each:.0f} bytes per idle channel with one subscriber\n")
    assert each <= 512


def test_a_history_that_holds_nothing_is_not_kept() -> None:
    world = World(news=ChannelOptions(history=History(5, 60)))
    reader = world.joined()
    world.hub.close(reader)
    assert not world.hub.channels
    world.publish()
    assert len(world.hub.channels["news"].log) == 1
