"""Whatever happens in whatever order: in order, nothing twice, nothing lost without a word."""

from __future__ import annotations

import gc
import logging
import os
import sys
import weakref
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from holdfast.backplane.port import Position, Publication
from holdfast.errors import CloseCode, Disconnected
from holdfast.hub import flush, overflow
from holdfast.hub.budget import LOOK, Budget
from holdfast.hub.channel import Channel, Subscription
from holdfast.hub.link import WRITE_LIMIT, Batch
from holdfast.hub.log import Log, Ring
from holdfast.hub.options import ChannelOptions, History
from holdfast.hub.overflow import POLICIES as BY_NAME
from holdfast.hub.overflow import Overflow, fold_for, latest, oldest_for

from . import recount
from .support import EPOCH, Peer, SocketLink, Text, World

SMALL = Ring(count=8, bytes=2048)
INTERVAL = 0.5
CHANNELS: dict[str, ChannelOptions] = {
    "close": ChannelOptions(ring=SMALL),
    "skip": ChannelOptions("skip", SMALL),
    "latest": ChannelOptions("latest", SMALL),
    "latest_by_key": ChannelOptions("latest_by_key", SMALL),
    "concat": ChannelOptions("concat", SMALL),
    "forgetful": ChannelOptions("concat", SMALL, fold_bytes=500),
    "history": ChannelOptions(ring=SMALL, history=History(6, 1e9)),
    "gathered": ChannelOptions(ring=SMALL, flush_interval=INTERVAL),
}
POLICIES: list[Overflow | None] = [None, "close", "skip", "latest", "latest_by_key", "concat"]
SIZES = [1, 1, 1, 40, 300, 700, 3000]
SIZE = st.sampled_from(SIZES)
RENDERINGS = st.sampled_from([Text("a"), Text("b")])
NAMES = st.sampled_from(list(CHANNELS))
NUMBER = st.integers(0, 11)


class Reader:
    """What one subscription must have been given, by the rules of its policy."""

    def __init__(self, epoch: str, start: int, policy: Overflow) -> None:
        self.epoch = epoch
        self.start = start
        self.at = start
        self.policy = policy
        self.missed = 0
        self.text = ""
        self.newest: dict[str | None, int] = {}

    def take(self, batch: Batch, model: list[Publication]) -> None:
        """Check one batch against the publications of the channel, and move on."""
        self.follow(batch.epoch)
        assert batch.after == self.at, f"at {self.at}, given what follows {batch.after}"
        given = list(batch.publications)
        asked = model[batch.after : batch.upto]
        assert batch.upto >= batch.after
        if self.policy == "concat" and len(given) == 1 and given[0] not in asked:
            asked = asked[batch.missed :]
            assert given[0].data == "".join(str(p.data) for p in asked)
            assert given[0].offset == batch.upto
        else:
            assert batch.missed + len(given) == batch.upto - batch.after
            self._check(given, asked, batch.missed)
        self.missed += batch.missed
        self.at = batch.upto
        self.text += "".join(str(p.data) for p in asked)
        self.newest.update({p.key: p.offset for p in given})

    def follow(self, epoch: str) -> None:
        """The log began anew: only who may have gaps is still there to see it."""
        if epoch != self.epoch:
            assert self.policy != "close"
            self.epoch = epoch
            self.start = self.at = 0
            self.text = ""
            self.newest.clear()

    def _check(self, given: list[Publication], asked: list[Publication], missed: int) -> None:
        if self.policy == "latest_by_key" and missed:
            newest = {p.key: p for p in asked}
            places = [p.offset for p in given]
            assert places == sorted(set(places))
            # One write may end before the newest of a key: what it brings is newest of something.
            assert all(p in asked for p in given)
            if given and given[-1] is asked[-1]:
                assert given == sorted(newest.values(), key=lambda p: p.offset)
        else:
            assert given == asked[missed:]
            assert not (missed and self.policy == "close")


class Client(Peer):
    """A connection of the test: its readers by channel, and those it had."""

    __slots__ = ("readers", "told")

    def __init__(self, id: str, link: Any) -> None:
        super().__init__(id, link)
        self.readers: dict[str, Reader] = {}
        self.told: dict[str, int] = {}

    def gap(self, channel: str, missed: int) -> None:
        self.told[channel] = self.told.get(channel, 0) + missed


class Machine(RuleBasedStateMachine):
    """Two handfuls of connections and eight channels, in any order of events."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.clients: list[Client] = []
        self.dead: list[weakref.ref[Client]] = []
        self.closed: list[SocketLink] = []
        self.models: dict[tuple[str, str], list[Publication]] = defaultdict(list)
        self.newest_key: dict[tuple[str, str | None], int] = {}
        self.unlimited: dict[str, tuple[Log, Log]] = {}  # a log, and what it is without a budget
        self.serial = 0

    # -- helpers -------------------------------------------------------------------------------

    def pick(self, number: int) -> Client:
        return self.clients[number % len(self.clients)]

    def model(self, name: str) -> list[Publication]:
        position = self.world.positions.get(name, Position(EPOCH, 0))
        return self.models[name, position.epoch]

    def promised(self, name: str) -> Log:
        """What the channel's log would be if memory had no bound."""
        channel = self.world.hub.channels[name]
        log, unlimited = self.unlimited.get(name, (None, None))
        if log is not channel.log or unlimited is None:
            options = CHANNELS[name]
            fold = fold_for(options.overflow, options.fold_bytes)
            start = channel.log.tail - 1  # its first publication may be in it already
            unlimited = Log(Position(channel.log.epoch, start), options.bounds(), fold)
            self.unlimited[name] = (channel.log, unlimited)
        return unlimited

    def forget(self, client: Client) -> None:
        self.clients.remove(client)
        self.dead.append(weakref.ref(client))
        self.closed.append(client.socket)
        client.socket.on_write = lambda batches: None
        client.socket.broken = None  # the budget knows the link until it has drained

    def given(self, client: Client, batches: Any) -> None:
        size = sum(batch.size for batch in batches)
        pieces = sum(len(batch.publications) for batch in batches)
        concat = any(client.readers[b.channel].policy == "concat" for b in batches)
        assert size <= WRITE_LIMIT or pieces == 1 or concat
        for batch in batches:
            model = self.models[batch.channel, batch.epoch]
            client.readers[batch.channel].take(batch, model)

    def offered(self, channel: Channel, subscription: Subscription) -> int:
        """Up to where a member of the head list has been offered the log."""
        return channel.offered if subscription.cursor is None else subscription.cursor

    # -- rules ---------------------------------------------------------------------------------

    @initialize(
        slow=st.booleans(),
        memory=st.sampled_from([None, 1_500, 4_000, 8_000]),
        patience=st.sampled_from([0.0, LOOK]),
        joined=st.booleans(),
    )
    def begin(self, slow: bool, memory: int | None, patience: float, joined: bool) -> None:
        self.world = World(Budget(memory, patience), **CHANNELS)
        self.memory = memory
        self.world.loop.cost_of_a_look = flush.SLICE / 2 if slow else 0.0
        for _ in range(3):
            self.connect(1 << 40)
        for name in CHANNELS if joined else ():
            self.join(0, name, Text("a"), None, None, 0)

    @precondition(lambda self: len(self.clients) < 12)
    @rule(room=st.sampled_from([0, 10, 500, 1 << 40]))
    def connect(self, room: int) -> None:
        made = self.world.open(room)
        self.world.hub.close(made)
        self.serial += 1
        client = Client(f"k{self.serial}", made.socket)
        client.socket.on_write = lambda batches: self.given(client, batches)
        self.world.hub.open(client)
        self.clients.append(client)

    @precondition(lambda self: self.clients)
    @rule(
        number=NUMBER,
        name=NAMES,
        rendering=RENDERINGS,
        overflow=st.sampled_from(POLICIES),
        replay=st.one_of(st.none(), st.integers(0, 12), st.just("all"), st.just("position")),
        back=st.integers(0, 30),
    )
    def join(
        self, number: int, name: str, rendering: Text, overflow: Any, replay: Any, back: int
    ) -> None:
        client = self.pick(number)
        if name in client.subscriptions or client.socket.dead:
            return
        self.world.hub.flush_connection(client)
        channel = self.world.channel(name)
        policy = overflow or CHANNELS[name].overflow
        if replay == "position":
            replay = Position(channel.log.epoch, max(0, channel.log.head - back))
        oldest = channel.log.oldest if policy == CHANNELS[name].overflow else channel.log.tail
        start = self.start(channel.log.head, oldest - 1, replay)
        client.readers[name] = Reader(channel.log.epoch, start, policy)
        client.told.pop(name, None)
        try:
            complete = self.world.hub.subscribe(client, channel, rendering, overflow, replay)
        except Disconnected:
            assert client.socket.dead
            return
        if isinstance(replay, Position):
            assert complete == (replay.offset >= oldest - 1)
        elif replay is not None:
            assert complete or self.memory is not None
            due = self.replayed(policy, self.promised(name), replay)
            assert not complete or self.replayed(policy, channel.log, replay) == due

    def replayed(self, policy: Overflow, log: Log, replay: Any) -> list[Any] | None:
        """What the log has for who replays it like that."""
        oldest = oldest_for(BY_NAME[policy], log)
        news = BY_NAME[policy](log, self.start(log.head, oldest - 1, replay), log.head)
        return None if news is None else [publication.data for publication in news.publications]

    @staticmethod
    def start(head: int, oldest: int, replay: Any) -> int:
        if replay is None:
            return head
        if replay == "all":
            return oldest
        asked = head - replay if isinstance(replay, int) else replay.offset
        return max(asked, oldest)

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER, names=st.lists(NAMES, min_size=2, max_size=4, unique=True))
    def join_several(self, number: int, names: list[str]) -> None:
        for name in names:
            if self.clients:  # the last one may be lost in a join
                self.join(number, name, Text("a"), None, None, 0)

    @precondition(lambda self: self.clients)
    @rule(
        names=st.lists(NAMES, min_size=2, max_size=5, unique=True),
        rendering=RENDERINGS,
        size=st.sampled_from([1, 40, 300]),
    )
    def gather(self, names: list[str], rendering: Text, size: int) -> None:
        """All are in the same few channels, which then have news at once."""
        for number in reversed(range(len(self.clients))):  # some may be lost in a join
            for name in names:
                if number < len(self.clients):
                    self.join(number, name, rendering, None, None, 0)
        for name in names:
            self.publish(name, size, None)

    @rule(name=NAMES, size=SIZE, key=st.sampled_from([None, "x", "y", "z"]))
    def publish(self, name: str, size: int, key: str | None) -> None:
        text = f"<{name} {len(self.model(name)) + 1}>".ljust(size, ".")
        channel = self.world.hub.channels.get(name)
        if channel is None and name != "history":
            self.world.positions.setdefault(name, Position(EPOCH, 0))
        expected = self.world.positions.get(name, Position(EPOCH, 0)).offset + 1
        self.model(name).append(Publication(expected, text, key, (), 1e9))
        self.newest_key[name, key] = expected
        published = self.world.publish(name, text, key, at=1e9)
        if name in self.world.hub.channels:
            promised = self.promised(name)
            if promised.head == expected - 1:
                promised.append(published)

    @rule(name=NAMES, size=SIZE)
    def begin_anew(self, name: str, size: int) -> None:
        """The backplane lost the log: the next publication is the first of another epoch."""
        self.serial += 1
        self.world.positions[name] = Position(f"{EPOCH}-{self.serial}", 0)
        for key in [key for key in self.newest_key if key[0] == name]:
            del self.newest_key[key]
        self.publish(name, size, None)

    @rule(name=NAMES, size=SIZE, times=st.integers(2, 12))
    def publish_several(self, name: str, size: int, times: int) -> None:
        for turn in range(times):
            self.publish(name, size, "xyz"[turn % 3])

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER, name=NAMES, policy=st.sampled_from(POLICIES))
    def lag(self, number: int, name: str, policy: Overflow | None) -> None:
        """One falls behind in a channel of which others are given much more."""
        self.join(number, name, Text("a"), policy, None, 0)
        if self.clients:  # the last one may be lost in the join
            self.stall(number)
        self.publish_several(name, 40, 6)
        self.world.loop.turns()

    @rule(name=NAMES, replay=st.sampled_from(["all", 5, 2]))
    def come_late(self, name: str, replay: Any) -> None:
        """Somebody asks for what was published before."""
        if len(self.clients) < 12:
            self.connect(1 << 40)
            self.join(len(self.clients) - 1, name, Text("a"), None, replay, 0)
            self.world.loop.turns()

    @rule(names=st.lists(NAMES, min_size=2, max_size=7))
    def publish_to_several(self, names: list[str]) -> None:
        for name in names:
            self.publish(name, 1, None)

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER, name=NAMES)
    def leave(self, number: int, name: str) -> None:
        client = self.pick(number)
        subscription = client.subscriptions.get(name)
        channel = self.world.hub.channels.get(name)
        before = channel.log.head if channel else 0
        was_behind = subscription is not None and subscription in subscription.channel.behind
        assert self.world.hub.unsubscribe(client, name) == (subscription is not None)
        if subscription is not None and not was_behind and not client.socket.paused:
            assert client.socket.dead or client.readers[name].at == before
        client.readers.pop(name, None)

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER)
    def stall(self, number: int) -> None:
        self.pick(number).socket.stall()

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER, size=st.sampled_from([1, 50, 400, 5000, 1 << 40]))
    def resume(self, number: int, size: int) -> None:
        client = self.pick(number)
        was_paused = client.socket.paused
        client.socket.drain(size)
        if was_paused and not client.socket.paused and not client.socket.dead:
            assert not client.behind  # without any further publication
            for subscription in client.subscriptions.values():
                assert subscription in subscription.channel.head

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER)
    def direct(self, number: int) -> None:
        client = self.pick(number)
        if client.socket.dead:
            return
        self.world.hub.flush_connection(client)
        if client.socket.dead:
            return
        client.socket.direct("hello")
        for name, subscription in client.subscriptions.items():
            if subscription not in subscription.channel.behind:
                assert client.readers[name].at == subscription.channel.log.head

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER, news_first=st.booleans())
    def close(self, number: int, news_first: bool) -> None:
        client = self.pick(number)
        if news_first:
            self.world.hub.flush_connection(client)
        self.world.hub.close(client)
        client.socket.close(1000, "")
        if client in self.clients:
            self.forget(client)

    @precondition(lambda self: self.clients)
    @rule(number=NUMBER, how=st.sampled_from(["raises", "is lost"]))
    def break_link(self, number: int, how: str) -> None:
        """The next write fails: with an exception, or as a link should, which ends it at once."""
        client = self.pick(number)

        def lost() -> None:
            client.socket.abort()
            self.world.hub.close(client)
            self.forget(client)

        def raises() -> None:
            raise OSError("broken pipe")

        if not client.socket.dead:
            client.socket.broken = lost if how == "is lost" else raises

    @rule()
    def reap(self) -> None:
        """The face closes those whose link was closed by the hub."""
        for client in [c for c in self.clients if c.socket.dead]:
            self.world.hub.close(client)
            self.forget(client)

    @rule()
    def turn(self) -> None:
        self.world.loop.turn()

    @rule()
    def rest(self) -> None:
        """When the loop has nothing to do, everyone who can read has everything."""
        self.world.loop.turns()
        self.world.loop.advance(INTERVAL)
        for client in self.clients:
            if not client.socket.paused and not client.socket.dead:
                self.has_everything(client)

    @rule()
    def look(self) -> None:
        """As the budget does twice a second: what is too much then is what nobody may take."""
        hub = self.world.hub
        self.world.loop.turns()
        self.world.loop.advance(LOOK)
        hub.share.look()
        hub.share.settle()
        assert not hub.share.short or recount.kept(hub) <= recount.needed(hub)

    def has_everything(self, client: Client) -> None:
        assert not client.behind
        for name, subscription in client.subscriptions.items():
            reader = client.readers[name]
            assert reader.at == subscription.channel.log.head == len(self.model(name))
            if reader.policy == "latest_by_key" and name == "latest_by_key":
                for (channel, key), newest in self.newest_key.items():
                    if channel == name and newest > reader.start:
                        assert reader.newest[key] == newest
            if reader.policy == "concat" and name == "concat":
                everything = self.model(name)[reader.start :]
                assert reader.text == "".join(str(p.data) for p in everything)

    # -- what always holds ---------------------------------------------------------------------

    @invariant()
    def everyone_is_in_one_place(self) -> None:
        hub = self.world.hub
        assert set(hub.connections.values()) == set(self.clients)
        for name, channel in hub.channels.items():
            members = [*channel.head, *channel.behind]
            assert len(members) == len(set(members))
            assert members or name == "history"
            for subscription in members:
                assert subscription.connection in self.clients
                assert subscription.connection.subscriptions[name] is subscription
                assert (subscription in channel.behind) == (
                    subscription in subscription.connection.behind
                )

    @invariant()
    def everyone_stands_where_the_hub_thinks(self) -> None:
        for client in self.clients:
            for name, subscription in client.subscriptions.items():
                channel = subscription.channel
                assert self.world.hub.channels[name] is channel
                client.readers[name].follow(channel.log.epoch)
                if not client.socket.dead and channel.settled == channel.offered:
                    assert client.readers[name].at == self.offered(channel, subscription)

    @invariant()
    def news_are_never_evicted(self) -> None:
        for channel in self.world.hub.channels.values():
            assert channel.log.tail <= channel.settled + 1 <= channel.log.head + 1

    @invariant()
    def gaps_are_told(self) -> None:
        for client in self.clients:
            for name, reader in client.readers.items():
                if client.socket.dead:
                    continue
                assert reader.missed == client.told.get(name, 0)
            for code, reason in client.lapses:
                assert client.socket.dead
                assert code in (CloseCode.GAP, CloseCode.INTERNAL, CloseCode.SLOW), reason
                if code == CloseCode.SLOW:
                    assert reason == "memory budget"
                    assert client.socket.dropped  # who takes everything is never shed

    @invariant()
    def who_lags_loses_nothing_to_the_budget(self) -> None:
        for name, channel in self.world.hub.channels.items():
            promised = self.promised(name)
            if promised.fold is not None and promised.fold.dropped:
                continue  # its own bound takes steps, which begin elsewhere if a part was trimmed
            for s in channel.behind:
                if s.policy is not latest and s.cursor is not None and s.cursor < channel.offered:
                    due = s.policy(promised, s.cursor, channel.offered)
                    news = s.policy(channel.log, s.cursor, channel.offered)
                    assert due is None or (news is not None and news.missed <= due.missed)

    @invariant()
    def the_account_is_right(self) -> None:
        hub = self.world.hub
        assert hub.share.account.kept == recount.kept(hub)
        assert self.memory is not None or not hub.share.shed + hub.share.trimmed

    @invariant()
    def the_budget_holds(self) -> None:
        """Unless what is left may not go; rendered batches go when they are looked at."""
        share = self.world.hub.share
        if self.memory is not None and not share.short:
            rendered = sum(map(recount.rendered, self.world.hub.channels.values()))
            assert share.used - rendered <= self.memory

    def teardown(self) -> None:
        if sys.exception() is not None:  # a failure's traceback holds connections
            return
        for number in reversed(range(len(self.clients))):  # one may be lost in the attempt
            self.resume(number, 1 << 40)
        self.rest()
        while self.clients:
            self.close(0, False)
        self.world.loop.turns()
        assert not self.world.hub.connections
        for socket in self.closed:  # the closing handshake has its deadline
            socket.abort()
        self.world.hub.share.look()
        assert self.world.hub.share.memory == recount.kept(self.world.hub)
        assert set(self.world.hub.channels) <= {"history"}
        if any(ref() is not None for ref in self.dead):
            gc.collect()
        assert not [ref() for ref in self.dead if ref() is not None]


@contextmanager
def small(stride: int, limit: int) -> Iterator[None]:
    """Few subscribers between two looks at the clock, few bytes in a write."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "STRIDE", stride)
        for module in (flush, overflow, sys.modules[__name__]):
            patch.setattr(module, "WRITE_LIMIT", limit)
        patch.setattr(logging.getLogger("holdfast"), "disabled", True)
        yield


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("limit", [WRITE_LIMIT, 300])
def test_any_order_of_events(limit: int) -> None:
    examples = int(os.environ.get("HOLDFAST_EXAMPLES", "300"))
    profile = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        derandomize="HOLDFAST_EXAMPLES" not in os.environ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with small(stride=1, limit=limit):
        run_state_machine_as_test(Machine, settings=profile)
