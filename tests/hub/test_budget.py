"""The memory budget: what counts, who goes first, who never goes, and how it is told."""

from __future__ import annotations

import asyncio
import logging
import threading
import time

import pytest

from holdfast.backplane.port import Position, Publication
from holdfast.errors import CloseCode
from holdfast.hub.account import ENTRY
from holdfast.hub.budget import LONGEST, LOOK, PATIENCE, SPARED, STEP, Budget
from holdfast.hub.hub import Hub
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions, History, OptionTable
from holdfast.hub.trim import REPORT

from . import recount
from .support import EPOCH, Peer, SocketLink, Text, World, offsets

SHED = [(CloseCode.SLOW, "memory budget")]
KEPT = ChannelOptions(history=History(1000, ttl=300))
SAID = "the memory budget of 20.0 KiB is used up:"
CURE = "Raise Limits(memory=...), or let channels keep less (ring=, history=, fold_bytes=)"
KB = 1024


def full(world: World, name: str = "news", count: int = 10, size: int = KB) -> None:
    """Publish, a turn each."""
    for _ in range(count):
        world.publish(name, "x" * size)
        world.loop.turns()


def stuck(world: World, size: int, name: str = "own") -> Peer:
    """A connection whose socket holds ``size`` bytes of the connection's own messages."""
    peer = world.open(room=0)
    peer.socket.direct("x" * size)
    return peer


def wait(world: World, seconds: float = PATIENCE) -> None:
    """Let time pass, as the loop's timers see it."""
    for _ in range(int(seconds / LOOK) + 1):
        world.loop.advance(LOOK)


# -- the slow ---------------------------------------------------------------------------------


def test_the_largest_for_the_longest_go_first_and_only_until_it_fits() -> None:
    world = World(Budget(100 * KB))
    healthy = world.joined()
    first, large, small = stuck(world, 30 * KB), stuck(world, 60 * KB), stuck(world, 5 * KB)
    world.loop.advance(5)
    young = stuck(world, 35 * KB)
    wait(world)
    assert large.lapses == SHED
    assert large.socket.aborted  # a close frame would wait behind what is to be freed
    assert not [peer for peer in (first, small, young, healthy) if peer.lapses]
    assert world.hub.share.shed == 1
    assert world.hub.share.memory == 70 * KB
    full(world)
    assert offsets(healthy) == list(range(1, 11))


def test_what_was_written_a_moment_ago_does_not_count() -> None:
    """Sent to a thousand at once, and they are about to read it."""
    world = World(Budget(100 * KB))
    peers = [stuck(world, 60 * KB) for _ in range(10)]
    world.loop.advance(LOOK)
    share = world.hub.share
    assert (share.outboxes, share.held, share.shed) == (600 * KB, 0, 0)
    for peer in peers[1:]:
        peer.socket.drain()
    wait(world)
    assert (share.outboxes, share.held, share.shed) == (60 * KB, 60 * KB, 0)


def test_who_is_read_from_between_two_looks_is_not_slow() -> None:
    world = World(Budget(100 * KB))
    peer = stuck(world, 200 * KB)
    peer.socket.paused = False  # it waits in the server, which takes more
    for _ in range(10):
        world.loop.advance(LOOK)
        peer.socket.held -= KB
    assert peer.lapses == []
    wait(world)
    assert peer.lapses == SHED


def test_a_look_that_took_long_is_followed_by_one_in_time() -> None:
    """The processor was given to others meanwhile."""
    world = World(Budget(100 * KB))
    stuck(world, KB)
    world.loop.cost_of_a_look = 0.2
    world.loop.advance(LOOK)
    world.loop.cost_of_a_look = 0
    peer = stuck(world, 200 * KB)
    wait(world, LONGEST + PATIENCE)
    assert peer.lapses == SHED


def test_slow_readers_do_not_pay_for_what_channels_keep() -> None:
    world = World(Budget(100 * KB), kept=KEPT)
    slow = stuck(world, 100 * KB // SPARED - KB)
    reader = world.joined("kept")
    wait(world)
    full(world, "kept", 300)
    wait(world)
    assert (slow.lapses, world.hub.share.shed) == ([], 0)
    assert world.hub.share.trimmed > 0
    assert offsets(reader, "kept") == list(range(1, 301))
    assert world.hub.share.used <= 100 * KB


def test_a_closed_connection_counts_until_its_bytes_are_gone() -> None:
    world = World(Budget(100 * KB))
    peer = stuck(world, 60 * KB)
    world.hub.close(peer)
    wait(world)
    assert world.hub.share.held == 60 * KB
    stuck(world, 30 * KB)
    gone = stuck(world, 20 * KB)
    wait(world)
    assert peer.socket.aborted  # first: it ends anyway
    assert (world.hub.share.shed, gone.lapses) == (0, [])
    world.hub.close(gone)
    gone.socket.held = 0
    world.hub.share.look()
    assert world.hub.share.memory == 30 * KB


def test_one_that_cannot_be_ended_keeps_no_other_from_going(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(Budget(100 * KB))
    broken, other = stuck(world, 300 * KB), stuck(world, 200 * KB)

    def fail() -> None:
        raise OSError("no such socket")

    broken.socket.abort = fail  # type: ignore[method-assign]
    wait(world)
    assert other.lapses == SHED
    assert f"ending connection {broken.id} failed" in caplog.text
    wait(world)
    assert world.loop.timers  # it goes on looking


def test_nobody_goes_where_there_is_no_limit() -> None:
    world = World(news=KEPT)
    peer = stuck(world, 1 << 30)
    full(world)
    wait(world)
    assert peer.lapses == []
    assert world.hub.share.memory == (1 << 30) + recount.kept(world.hub)


# -- rings ------------------------------------------------------------------------------------


def test_the_oldest_publications_go_whichever_channel_they_are_of() -> None:
    world = World(Budget(20 * KB))
    for name in "abc":
        world.joined(name)
    for number in range(60):
        world.publish("abc"[number % 3], "x" * KB, at=float(number))
        world.loop.turns()
    kept = [channel.log for channel in world.hub.channels.values()]
    assert max(len(log) for log in kept) - min(len(log) for log in kept) <= 1
    one = KB + 64 + ENTRY
    assert 20 * KB * (1 - 1 / STEP) - one < world.hub.share.used <= 20 * KB


def test_idle_histories_go_before_busy_ones_and_the_newest_of_each_stays() -> None:
    world = World(Budget(40 * KB), busy=KEPT, idle=KEPT)
    world.joined("busy")
    full(world, "busy", 10)
    full(world, "idle", 20)
    full(world, "busy", 15)
    assert len(world.hub.channels["busy"].log) == 25
    assert 1 <= len(world.hub.channels["idle"].log) < 20
    full(world, "busy", 100)
    assert len(world.hub.channels["idle"].log) == 1


@pytest.mark.parametrize("replay", ["all", 10, Position(EPOCH, 5)])
def test_who_resumes_before_what_was_trimmed_is_told(replay: object) -> None:
    world = World(Budget(10 * KB), news=KEPT)
    world.joined()
    full(world, count=20)
    peer = world.open()
    assert world.join(peer, replay=replay) is False
    log = world.hub.channels["news"].log
    world.loop.turns()
    assert offsets(peer) == list(range(log.tail, 21))
    assert (log.epoch, log.head) == (EPOCH, 20)
    assert world.join(world.open(), replay=Position(EPOCH, 20)) is True
    assert world.join(world.open(), replay=2) is True


def test_a_ring_that_is_full_again_keeps_what_it_promised() -> None:
    world = World(Budget(10 * KB), news=ChannelOptions(ring=Ring(4)))
    world.joined()
    world.joined("other")
    full(world, count=4, size=100)
    full(world, "other", 20)
    assert len(world.hub.channels["news"].log) == 1
    assert world.join(world.open(), replay="all") is False
    full(world, count=8, size=1)
    assert world.join(world.open(), replay="all") is True


def test_what_was_not_offered_yet_stays() -> None:
    world = World(Budget(4 * KB), news=ChannelOptions(flush_interval=0.5))
    reader = world.joined()
    full(world, count=1)
    for _ in range(20):
        world.publish(data="x" * KB)
    assert world.hub.share.short
    world.loop.advance(0.5)
    assert offsets(reader) == list(range(1, 22))
    assert world.hub.share.used <= 4 * KB


def test_who_lags_is_given_everything_while_there_is_another_way() -> None:
    world = World(Budget(60 * KB), ring=ChannelOptions("skip"), other=KEPT)
    lagging = world.joined("ring", room=0)
    world.joined("ring")
    full(world, "ring", 20)
    world.joined("other")
    full(world, "other", 100)
    assert len(world.hub.channels["ring"].log) == 20
    assert world.hub.share.used <= 60 * KB
    lagging.socket.drain()
    assert offsets(lagging, "ring") == list(range(1, 21))
    assert lagging.gaps == []


def test_who_lags_goes_when_nothing_else_is_left_and_its_ring_with_it() -> None:
    world = World(Budget(20 * KB))
    reader, lagging = world.joined(), world.joined(room=0)
    full(world, count=30)
    assert world.hub.share.short  # it fell behind just now
    wait(world)
    assert lagging.lapses == SHED
    assert world.hub.share.used <= 20 * KB
    assert offsets(reader) == list(range(1, 31))


def test_who_wants_the_latest_only_keeps_no_ring() -> None:
    world = World(Budget(20 * KB), news=ChannelOptions("latest"))
    world.joined()
    lagging = world.joined(room=0)
    full(world, count=30)
    assert world.hub.share.used <= 20 * KB
    lagging.socket.drain()
    assert offsets(lagging) == [1, 30]
    assert lagging.gaps == [("news", 28)]


def test_rendered_batches_go_before_anything_else() -> None:
    world = World(Budget(50 * KB))
    peers = [world.joined(room=0, rendering=Text(str(number))) for number in range(4)]
    full(world, count=8)
    for peer in peers:
        peer.socket.drain(1)
        peer.socket.drain()
    channel = world.hub.channels["news"]
    world.joined(room=0)
    full(world, count=8)
    share = world.hub.share
    assert recount.kept(world.hub) == share.account.kept
    for place, peer in enumerate(peers):
        channel.batches(peer.subscriptions["news"].rendering, place, 16)
    assert share.account.kept > 50 * KB
    share.settle()
    assert (recount.rendered(channel), share.trimmed, len(channel.log)) == (0, 0, 16)


def test_a_whole_idle_history_goes_last_and_that_is_told_until_it_would_have_expired() -> None:
    world = World(Budget(10 * KB), **{"order.{id}": KEPT})
    for number in range(40):
        full(world, f"order.{number}", 2)
    assert len(world.hub.channels) < 10
    assert list(world.hub.channels)[-1] == "order.39"
    assert world.join(world.open(), "order.0", replay="all") is False
    assert world.join(world.open(), "order.99", replay="all") is True  # never published to
    world.loop.advance(KEPT.history.ttl if KEPT.history else 0)
    assert world.join(world.open(), "order.1", replay="all") is True


# -- folds ------------------------------------------------------------------------------------


def test_a_text_loses_its_beginning_last_of_all_and_who_comes_late_is_told() -> None:
    options = ChannelOptions("concat", Ring(4))
    world = World(Budget(40 * KB), text=options, news=KEPT)
    reader = world.joined("text")
    full(world, "text", 20)
    world.joined("news")
    full(world, "news", 100)
    late = world.open()
    assert world.join(late, "text", replay="all") is True  # rings went, the text did not
    world.loop.turns()
    assert late.socket.text == "x" * 20 * KB
    full(world, "text", 100)
    late = world.open()
    assert world.join(late, "text", replay="all") is False
    world.loop.turns()
    assert len(late.socket.text) % KB == 0  # cut between two publications
    assert len(late.socket.text) // KB == 120 - world.hub.channels["text"].log.oldest + 1
    assert reader.socket.text == "x" * 120 * KB
    wait(world)
    assert world.hub.share.used <= 40 * KB


def test_of_a_fold_by_key_the_longest_unchanged_go() -> None:
    world = World(Budget(10 * KB), news=ChannelOptions("latest_by_key", Ring(4)))
    world.joined()
    for number in range(30):
        world.publish(data="x" * KB, key=f"k{number % 15}")
        world.loop.turns()
    late = world.open()
    assert world.join(late, replay="all") is False
    world.loop.turns()
    keys = [p.key for batch in late.socket.batches for p in batch.publications]
    assert keys == [f"k{number}" for number in range(15 - len(keys), 15)]
    assert 2 < len(keys) < 15
    wait(world)
    assert recount.kept(world.hub) == world.hub.share.used <= 10 * KB


# -- what is said -----------------------------------------------------------------------------


def test_one_line_a_minute_says_how_much_of_whom_and_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World(Budget(20 * KB))
    slow = stuck(world, 30 * KB)
    world.joined("chat")
    with caplog.at_level(logging.WARNING, "holdfast"):
        wait(world)
        full(world, "chat", 100)
        assert caplog.messages == [
            f"{SAID} slow connections closed: 1, which held 30.0 KiB ({slow.id}). {CURE}"
        ]
        caplog.clear()
        wait(world, REPORT)
        lost = world.hub.share.trimmed
        took = f"publications taken from what channels keep: {lost} ('chat')"
        told = "who resumes before them is told of a gap"
        assert caplog.messages == [f"{SAID} {took}, {told}. {CURE}"]


def test_what_cannot_be_freed_is_said_too(caplog: pytest.LogCaptureFixture) -> None:
    world = World(Budget(10 * KB))
    world.joined()
    with caplog.at_level(logging.WARNING, "holdfast"):
        full(world, count=1, size=20 * KB)
    assert "10.2 KiB too much is left" in caplog.text
    full(world, count=1)
    assert not world.hub.share.short


def test_in_vain_it_is_tried_again_only_after_a_while() -> None:
    world = World(Budget(64 * KB))
    world.joined()
    world.joined(room=0)
    full(world, count=100)
    share = world.hub.share
    assert share.short
    assert share.account.mark >= share.account.kept - 2 * KB + 64 * KB // STEP


# -- several event loops ----------------------------------------------------------------------


def test_the_slow_of_another_loop_go_before_rings_of_this_one() -> None:
    budget = Budget(100 * KB)
    here, there = World(budget, news=KEPT), World(budget)
    slow = stuck(there, 80 * KB)
    wait(there)
    here.joined()
    full(here, count=40)
    assert here.hub.share.trimmed == 0
    there.loop.turns()
    assert slow.lapses == SHED
    full(here, count=10)
    assert here.hub.share.trimmed == 0
    assert budget.used <= 100 * KB


def test_each_loop_gives_its_part_of_what_is_kept() -> None:
    budget = Budget(100 * KB)
    here, there = World(budget, news=KEPT), World(budget, news=KEPT)
    full(there, count=60)
    here.joined()
    for _ in range(100):
        full(here, count=1)
        there.loop.turns()
    assert budget.used <= 100 * KB
    assert here.hub.share.trimmed > 0
    assert there.hub.share.trimmed > 0
    there.hub.stop()
    assert budget.used == here.hub.share.used


def test_a_loop_in_another_thread_is_told_to_shed() -> None:
    budget = Budget(1 << 20)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        other = Hub(loop, _table(), budget)

        def fill() -> None:
            for offset in range(1, 901):
                other.deliver("kept", EPOCH, Publication(offset, "x" * KB, time=time.time()))

        loop.call_soon_threadsafe(fill)
        asyncio.run(_publish_beside(budget, other))
        assert budget.used <= 1 << 20
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _publish_beside(budget: Budget, other: Hub) -> None:
    """Publish until the other loop has had to give something."""
    hub = Hub(asyncio.get_running_loop(), _table(), budget)
    offset = 0
    async with asyncio.timeout(20):
        while not other.share.trimmed:
            offset += 1
            hub.deliver("kept", EPOCH, Publication(offset, "x" * KB, time=time.time()))
            await asyncio.sleep(0)
    hub.stop()


def _table() -> OptionTable:
    table = OptionTable()
    table.add("kept", ChannelOptions(ring=Ring(100_000, 1 << 30), history=History()))
    return table


def test_a_closed_loop_counts_no_longer() -> None:
    budget = Budget(1 << 20)
    loop = asyncio.new_event_loop()
    Hub(loop, OptionTable(), budget)
    loop.close()
    hub = Hub(World().loop, OptionTable(), budget)
    assert budget.shares == (hub.share,)


def test_nothing_is_looked_at_once_nobody_is_connected() -> None:
    world = World(Budget(KB))
    peer = world.open()
    assert isinstance(peer.link, SocketLink)
    world.hub.close(peer)
    wait(world)
    assert world.loop.timers == 0
