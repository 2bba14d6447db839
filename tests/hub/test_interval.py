"""Channels that gather their news for an interval before they flush."""

from __future__ import annotations

import gc

import pytest

from holdfast.errors import ConfigurationError
from holdfast.hub.channel import Channel
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions

from .support import World, offsets

GATHERED = ChannelOptions(flush_interval=0.5)


def test_the_first_news_go_out_at_once_and_the_next_after_the_interval() -> None:
    world = World(news=GATHERED)
    reader = world.joined()
    world.publish()
    world.loop.turns()
    assert offsets(reader) == [1]
    for _ in range(3):
        world.publish()
        world.loop.turns()
    world.loop.advance(0.4)
    assert offsets(reader) == [1]
    world.loop.advance(0.1)
    assert offsets(reader) == [1, 2, 3, 4]
    assert len(reader.socket.writes) == 2


def test_after_a_quiet_interval_there_is_nothing_to_wait_for() -> None:
    world = World(news=GATHERED)
    reader = world.joined()
    world.publish()
    world.loop.turns()
    world.loop.advance(0.6)
    world.publish()
    world.loop.turns()
    assert offsets(reader) == [1, 2]


def test_other_channels_do_not_wait() -> None:
    world = World(news=GATHERED)
    reader = world.joined()
    world.join(reader, "other")
    for _ in range(2):
        world.publish()
        world.publish("other")
        world.loop.turns()
    assert offsets(reader) == [1]
    assert offsets(reader, "other") == [1, 2]


def test_a_quarter_of_the_ring_does_not_wait() -> None:
    world = World(news=ChannelOptions(flush_interval=60, ring=Ring(16, 1 << 20)))
    reader = world.joined()
    for _ in range(20):
        world.publish()
        world.loop.turns()
    assert offsets(reader) == list(range(1, 18))
    assert len(reader.socket.writes) == 5  # the first one, then every four


def test_after_what_did_not_wait_a_whole_interval_begins() -> None:
    world = World(news=ChannelOptions(flush_interval=0.5, ring=Ring(16, 1 << 20)))
    reader = world.joined()
    for _ in range(3):
        world.publish()
        world.loop.turns()
    world.loop.advance(0.4)
    for _ in range(3):
        world.publish()
    assert offsets(reader) == [1, 2, 3, 4, 5]  # a quarter of the ring
    world.loop.turns()
    world.loop.advance(0.4)
    assert offsets(reader) == [1, 2, 3, 4, 5]
    world.loop.advance(0.1)
    assert offsets(reader) == [1, 2, 3, 4, 5, 6]


def test_whoever_hurries_a_channel_does_not_shorten_its_next_interval() -> None:
    world = World(news=GATHERED)
    reader = world.joined()
    for _ in range(2):
        world.publish()
        world.loop.turns()
    world.loop.advance(0.4)
    world.hub.hurry(world.channel("news"))
    world.loop.turns()
    world.publish()
    world.loop.advance(0.4)
    assert offsets(reader) == [1, 2]
    world.loop.advance(0.1)
    assert offsets(reader) == [1, 2, 3]


def test_what_a_full_socket_could_not_take_ahead_of_time_does_not_wait_either() -> None:
    world = World(news=GATHERED, other=GATHERED)
    leaver = world.joined()
    world.join(leaver, "other")
    for _ in range(2):
        world.publish()
        world.publish("other")
        world.loop.turns()
    leaver.socket.stall()
    leaver.socket.direct("x")
    world.hub.flush_connection(leaver)  # before it leaves: all that the channels brought
    world.loop.turns()
    leaver.socket.drain()
    assert offsets(leaver) == offsets(leaver, "other") == [1, 2]


def test_a_direct_message_comes_after_what_was_gathered() -> None:
    world = World(news=GATHERED)
    reader, other = world.joined(), world.joined()
    world.publish()
    world.loop.turns()
    world.publish()
    world.hub.flush_connection(reader)
    assert offsets(reader) == [1, 2]
    assert offsets(other) == [1]
    world.loop.advance(0.5)
    assert offsets(reader) == offsets(other) == [1, 2]


def test_stopping_sends_what_was_gathered() -> None:
    world = World(news=GATHERED)
    reader = world.joined()
    for _ in range(3):
        world.publish()
        world.loop.turns()
    world.hub.stop()
    assert offsets(reader) == [1, 2, 3]


def test_a_channel_that_everybody_left_is_not_kept_until_its_interval_is_over() -> None:
    world = World(forsaken=GATHERED)
    reader = world.joined("forsaken")
    for _ in range(2):
        world.publish("forsaken")
        world.loop.turns()
    world.hub.unsubscribe(reader, "forsaken")
    reader.socket.writes.clear()
    world.loop.turns()
    gc.collect()
    assert not [one for one in gc.get_objects() if type(one) is Channel and one.name == "forsaken"]


def test_who_joins_within_the_interval_is_given_only_what_comes() -> None:
    world = World(news=GATHERED)
    world.joined()
    for _ in range(2):
        world.publish()
        world.loop.turns()
    late = world.joined()
    world.publish()
    world.loop.advance(0.5)
    assert offsets(late) == [3]


@pytest.mark.parametrize("interval", [-0.1, 61, float("nan")])
def test_an_interval_that_cannot_work_is_refused(interval: float) -> None:
    with pytest.raises(ConfigurationError, match="flush_interval"):
        World(news=ChannelOptions(flush_interval=interval))
