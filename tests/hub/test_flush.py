"""The flush: shared batches, bounded writes, slices, and what the stuck cost."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from typing_extensions import override

from holdfast.errors import CloseCode
from holdfast.hub import flush
from holdfast.hub.link import WRITE_LIMIT, Batch
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions
from holdfast.hub.overflow import Overflow

from .support import RENDERED, SocketLink, Text, World, offsets


def test_all_at_the_same_place_share_one_batch_rendered_once() -> None:
    world = World()
    one, other = Text("shared"), Text("other")
    readers = [world.joined(rendering=one) for _ in range(20)]
    stranger = world.joined(rendering=other)
    world.publish()
    world.publish()
    world.loop.turns()
    assert len({id(reader.socket.batches[0]) for reader in readers}) == 1
    assert stranger.socket.batches[0] is not readers[0].socket.batches[0]
    assert (RENDERED[one], RENDERED[other]) == (1, 1)
    assert offsets(readers[0]) == [1, 2]


def test_laggards_at_the_same_place_share_too() -> None:
    world = World()
    readers = [world.joined(room=0, rendering=Text("laggards")) for _ in range(5)]
    for _ in range(3):
        world.publish()
        world.loop.turns()
    assert RENDERED[Text("laggards")] == 1  # the write that filled the sockets
    for reader in readers:
        reader.socket.drain()
    assert RENDERED[Text("laggards")] == 2
    assert len({id(reader.socket.batches[1]) for reader in readers}) == 1


def test_policies_never_share_what_differs() -> None:
    world = World(news=ChannelOptions("concat", Ring(8, 4096)))
    policies: list[Overflow] = ["concat", "close", "latest", "skip", "latest_by_key"]
    readers = {policy: world.joined(room=0, overflow=policy) for policy in policies}
    for _ in range(4):
        world.publish(key="k")
        world.loop.turns()
    for reader in readers.values():
        reader.socket.drain()
    assert readers["concat"].socket.text == "1;2;3;4;"
    assert offsets(readers["concat"]) == [1, 4]
    assert offsets(readers["close"]) == offsets(readers["skip"]) == [1, 2, 3, 4]
    assert offsets(readers["latest"]) == offsets(readers["latest_by_key"]) == [1, 4]


def test_one_write_is_at_most_the_limit_or_one_publication() -> None:
    world = World(news=ChannelOptions(ring=Ring(1024, 1 << 22)))
    reader = world.joined()
    late = world.joined(room=0)
    world.publish(data="x")
    world.loop.turns()
    for size in [100_000] * 7 + [400_000, 100, 100]:
        world.publish(data="y" * size)
    world.loop.turns()
    late.socket.drain()
    for peer in (reader, late):
        for batch in peer.socket.batches:
            assert batch.size <= WRITE_LIMIT or len(batch.publications) == 1
        assert offsets(peer) == list(range(1, 12))


def test_one_write_per_socket_and_turn_for_several_channels() -> None:
    world = World()
    reader = world.open()
    for name in ("a", "b", "c"):
        world.join(reader, name)
    for name in ("a", "b", "c", "a"):
        world.publish(name)
    world.loop.turn()
    assert [[b.channel for b in write] for write in reader.socket.writes] == [["a", "b", "c"]]
    assert offsets(reader, "a") == [1, 2]


def test_nothing_is_offered_before_the_end_of_the_turn() -> None:
    world = World()
    reader = world.joined()
    world.publish()
    assert offsets(reader) == []
    world.loop.turn()
    assert offsets(reader) == [1]


def test_what_is_published_in_a_slice_belongs_to_the_next_pass() -> None:
    world = World()
    world.loop.cost_of_a_look = flush.SLICE
    readers = [world.joined() for _ in range(3 * flush.STRIDE)]
    world.publish()
    world.loop.turn()
    world.publish()
    served = [offsets(reader) for reader in readers]
    assert served.count([1]) == flush.STRIDE
    assert served.count([]) == 2 * flush.STRIDE
    world.loop.turns()
    assert all([b.upto for b in reader.socket.batches] == [1, 2] for reader in readers)


def test_slices_are_no_longer_than_allowed_and_start_elsewhere_each_time() -> None:
    world = World()
    world.loop.cost_of_a_look = flush.SLICE / 2
    readers = [world.joined() for _ in range(20 * flush.STRIDE)]
    first: set[int] = set()
    for offset in range(1, 5):
        world.publish()
        before = world.loop.now
        world.loop.turn()
        assert world.loop.now - before <= 3 * flush.SLICE
        done = [n for n, reader in enumerate(readers) if offset in offsets(reader)]
        assert len(done) <= 3 * flush.STRIDE
        first.add(done[0])
        world.loop.turns()
    assert len(first) > 1


def test_the_more_there_is_to_write_the_more_often_the_clock_is_looked_at() -> None:
    world = World()
    world.loop.cost_of_a_look = flush.SLICE
    readers = [world.joined() for _ in range(flush.STRIDE)]
    for _ in range(4):
        world.publish()
    world.loop.turn()
    assert sum(bool(offsets(reader)) for reader in readers) == flush.STRIDE // 4
    world.loop.turns()
    assert all(len(reader.socket.writes) == 1 for reader in readers)


@pytest.mark.parametrize("served", [True, False])
def test_a_direct_send_between_two_slices_repeats_nothing(served: bool) -> None:
    world = World()
    world.loop.cost_of_a_look = flush.SLICE
    readers = [world.joined() for _ in range(2 * flush.STRIDE)]
    world.publish()
    world.loop.turn()
    reader = next(r for r in readers if bool(offsets(r)) is served)
    world.publish()
    world.hub.flush_connection(reader)
    reader.socket.direct("hello")
    world.loop.turns()
    assert offsets(reader) == [1, 2]
    assert reader.socket.writes[-1] == ["hello"]


def test_a_direct_send_does_not_repeat_what_another_pass_offered() -> None:
    world = World()
    reader = world.joined("a")
    world.join(reader, "b")
    world.publish("a")
    world.loop.turns()
    world.publish("b")
    world.hub.flush_connection(reader)
    assert offsets(reader, "a") == offsets(reader, "b") == [1]


class Counting(SocketLink):
    """Counts every touch of ``paused`` and every write: time would prove nothing."""

    def __init__(self) -> None:
        self.touched = 0
        super().__init__(0)

    @property  # type: ignore[override]
    def paused(self) -> bool:
        self.touched += 1
        return self.__dict__["stuck"]

    @paused.setter
    def paused(self, value: bool) -> None:
        self.__dict__["stuck"] = value

    @override
    def write(self, batches: Any) -> None:
        self.touched += 1
        super().write(batches)


@pytest.mark.parametrize("overflow", ["close", "skip", "latest"])
def test_the_stuck_cost_nothing_per_message(overflow: Overflow) -> None:
    world = World(news=ChannelOptions(overflow, Ring(4096)))
    healthy = world.joined()
    stuck = []
    for _ in range(1000):
        peer = world.open()
        peer.link = Counting()
        world.join(peer)
        stuck.append(peer.link)
    for _ in range(2):  # the first fills the sockets, at the second they leave the head list
        world.publish()
        world.loop.turns()
    channel = world.hub.channels["news"]
    assert (len(channel.head), len(channel.behind)) == (1, 1000)
    before = [link.touched for link in stuck]
    for _ in range(300):
        world.publish()
        world.loop.turns()
    assert [link.touched for link in stuck] == before
    assert offsets(healthy) == list(range(1, 303))


def test_a_lapped_subscriber_is_closed_without_a_trace() -> None:
    world = World(news=ChannelOptions(ring=Ring(4, 4096)))
    stuck = world.joined(room=0)
    world.join(stuck, "other")
    for _ in range(8):
        world.publish()
        world.loop.turns()
    assert stuck.socket.closed == (CloseCode.GAP, "missed 1 publications of news")
    assert list(stuck.subscriptions) == ["other"]
    assert not stuck.behind
    assert "news" not in world.hub.channels


def test_a_lapsed_subscription_is_not_offered_anything_out_of_turn() -> None:
    world = World(news=ChannelOptions(ring=Ring(4, 4096)))
    stuck = world.joined(room=0)
    world.join(stuck, "other")
    lapses: list[int] = []

    def lapsed(code: int, reason: str) -> None:
        world.publish("other")
        world.hub.flush_connection(stuck)  # as a face does before it closes
        lapses.append(code)

    object.__setattr__(stuck, "link", stuck.socket)
    stuck.socket.close = lapsed  # type: ignore[method-assign]
    for _ in range(8):
        world.publish()
        world.loop.turns()
    assert lapses == [CloseCode.GAP]
    assert offsets(stuck) == [1]


class Broken(Text):
    @override
    def render(self, batch: Batch) -> bytes:
        raise ValueError("cannot render")


@pytest.mark.parametrize("way", ["head", "behind", "direct"])
def test_one_failure_ends_one_connection(way: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "holdfast")
    world = World()
    healthy = world.joined()
    world.publish()
    world.loop.turns()
    broken = world.joined(rendering=Broken("broken"), replay="all" if way == "behind" else None)
    world.publish()
    if way == "direct":
        world.hub.flush_connection(broken)
    world.loop.turns()
    world.publish()
    world.loop.turns()
    assert offsets(healthy) == [1, 2, 3]
    assert broken.lapses == [(CloseCode.INTERNAL, "flush failed")]
    assert not broken.subscriptions


@pytest.mark.parametrize("channels", [1, 2])
def test_a_link_that_ends_in_its_own_write_leaves_nothing_behind(channels: int) -> None:
    world = World(**{n: ChannelOptions(ring=Ring(64, 1 << 21)) for n in ("c0", "c1")})
    peer, healthy = world.open(), world.open()
    for name in [f"c{n}" for n in range(channels)]:
        world.join(peer, name)
        world.join(healthy, name)

    def lost() -> None:
        peer.socket.paused = True  # a dead link takes nothing
        world.hub.close(peer)

    peer.socket.broken = lost
    for name in [f"c{n}" for n in range(channels)]:
        for _ in range(3):
            world.publish(name, "x" * 200_000)
    world.loop.turns()
    for channel in world.hub.channels.values():
        assert [s.connection for s in [*channel.head, *channel.behind]] == [healthy]
    assert not peer.behind
