"""The hub: opens and closes connections, delivers publications, flushes."""

import logging
import sys
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from holdfast.backplane.port import HistoryPage, Position, Publication
from holdfast.errors import ChannelClosed, CloseCode, Disconnected, close_reason
from holdfast.hub.budget import Budget, Share
from holdfast.hub.channel import GONE, Channel, Connection, Subscription
from holdfast.hub.flush import Flusher, Loop
from holdfast.hub.histories import Histories
from holdfast.hub.link import UNCOUNTED, Batch, News, Rendering
from holdfast.hub.options import ChannelOptions, OptionTable
from holdfast.hub.overflow import POLICIES, Overflow, oldest_for, shortened_for
from holdfast.hub.small import with_item, without_item

Replay = Position | int | Literal["all"]
"""Where a subscription starts: after a position, ``n`` publications back, or at the oldest kept."""

logger = logging.getLogger("holdfast")


class Hub:
    """All connections and channels of one event loop. Knows no socket and no framework.

    Hubs that are given the same ``budget`` share its limit; without one nothing is shed.
    ``keeps``: channels that nobody subscribes to stay while they have a history.
    """

    def __init__(
        self, loop: Loop, options: OptionTable, budget: Budget | None = None, keeps: bool = True
    ) -> None:
        self.connections: dict[str, Connection] = {}
        self.channels: dict[str, Channel] = {}
        self.released: Callable[[str], None] = _nobody
        self.delivered = 0  # publications, to the hub
        self._loop = loop
        self._options = options
        self._histories = Histories(loop, options, self.channels, self._drop, keeps)
        let_go = self._histories.release
        self.share = Share(
            budget or Budget(), loop, self.channels, self.connections, self._shed, let_go
        )
        self._account = self.share.account
        self._flusher = Flusher(loop, self.connections, self._lapse, self._fail, self.share.passed)
        self._closed = False

    @property
    def written(self) -> int:
        """Messages that were written to links."""
        return self._flusher.written

    # -- connections ---------------------------------------------------------------------------

    def open(self, connection: Connection) -> None:
        """Register a connection whose link is set; its ``on_writable`` now wakes the hub."""
        if self._closed:
            raise ChannelClosed("this hub has stopped: it takes no more connections")
        assert connection.link is not None
        connection.link.on_writable = Wakes(self, connection)
        self.connections[connection.id] = connection
        self.share.watch()

    def close(self, connection: Connection) -> None:
        """Forget a connection: no registry, channel or list holds it when this returns."""
        self.connections.pop(connection.id, None)
        self._remove_all(connection)
        self.share.forget(connection)
        if connection.link is not None:
            connection.link.on_writable = _nothing  # no cycle: it is freed without the collector

    def stop(self) -> None:
        """Flush what is left and take nothing more."""
        self._flusher.flush()
        self._closed = self._histories.closed = True
        self.share.leave()

    # -- subscriptions -------------------------------------------------------------------------

    def pin(self, name: str, options: ChannelOptions, position: Position) -> Channel:
        """A new channel with options of its own, which stays until ``unpin``, subscribed or not."""
        channel = self.channels[name] = Channel(name, options, position, self._account)
        channel.pinned = True
        return channel

    def unpin(self, channel: Channel) -> None:
        """From now on the channel goes with its last subscriber."""
        channel.pinned = False
        self.release_unread(channel)

    def subscribe(
        self,
        connection: Connection,
        channel: Channel,
        rendering: Rendering,
        overflow: Overflow | None = None,
        replay: Replay | None = None,
    ) -> bool:
        """Subscribe at the head, or from where ``replay`` says.

        Returns False when ``replay`` is a position that the log cannot continue from: the
        subscription then starts at the oldest publication that is left. Raises ``Disconnected``
        for a connection that is not open (any more): nobody would ever remove it.
        """
        self.flush_connection(connection)
        if self.connections.get(connection.id) is not connection:
            self.release_unread(channel)
            raise Disconnected(CloseCode.ABNORMAL)
        subscription = Subscription(connection, channel, rendering, overflow)
        if (old := connection.subscriptions.get(channel.name)) is not None:
            channel.remove(old)
            self._flusher.subscriptions -= 1
        connection.subscriptions = with_item(connection.subscriptions, channel.name, subscription)
        self._flusher.subscriptions += 1
        self._histories.expire(channel)
        cursor, complete = _start(subscription, replay)
        if cursor >= channel.log.head:
            channel.add(subscription, channel.log.head)
        else:
            channel.fall_behind(subscription, cursor, self._loop.time())
            self._loop.call_soon(lambda: self.catch_up(connection))
        return complete

    def unsubscribe(self, connection: Connection, name: str) -> bool:
        """Leave a channel, after what it already brought. False if it was not joined."""
        subscription = connection.subscriptions.get(name)
        if subscription is None:
            return False
        self.flush_connection(connection)
        self._remove(subscription)
        return True

    def _new(self, name: str, position: Position) -> Channel:
        channel = Channel(name, self._options[name], position, self._account)
        self.channels[name] = channel
        if position.offset and self._histories.let_go(channel):
            channel.log.mark_shortened(True)
        return channel

    def _remove_all(self, connection: Connection) -> None:
        for subscription in list(connection.subscriptions.values()):
            self._remove(subscription)

    def _remove(self, subscription: Subscription) -> None:
        channel = subscription.channel
        if subscription.cursor == GONE:
            return
        connection = subscription.connection
        connection.subscriptions = without_item(connection.subscriptions, channel.name)
        self._flusher.subscriptions -= 1
        channel.remove(subscription)
        self.release_unread(channel)

    def release_unread(self, channel: Channel) -> None:
        """If nobody subscribes to it, drop it now, or when its history has expired."""
        if channel.head or channel.behind or channel.pinned:
            return
        if self._histories.of(channel) is None or not len(channel.log):
            self._drop(channel)
        else:
            self._histories.keep(channel)

    # -- publications --------------------------------------------------------------------------

    def begin(self, name: str, page: HistoryPage) -> Channel:
        """The channel's log stands at the page's position; anew, if it stood elsewhere here.

        Everyone who had another log is told.
        """
        first = page.position.offset - len(page.publications)
        start = Position(page.position.epoch, first, page.before)
        channel = self.channels.get(name) or self._new(name, start)
        if channel.position != page.position:
            self._restart(channel, start, page.publications)
        return channel

    def deliver(self, name: str, epoch: str, publication: Publication) -> None:
        """Take the next publication of a channel. Offered to subscribers at the end of the turn.

        Without an epoch it has no place in the channel's log, and is offered all the same.
        Flushes at once when a quarter of the ring, or one write, waits: the log never overwrites
        what no flush has offered yet.
        """
        if self._closed:
            return
        self.delivered += 1
        channel = self.channels.get(name)
        if channel is None:
            if self._histories.kept(name) is None:
                return
            channel = self._new(name, Position(epoch, publication.offset - 1))
            self._histories.keep(channel)
        if epoch != channel.log.epoch or publication.offset != channel.log.head + 1:
            if epoch:
                self._restart(channel, Position(epoch, publication.offset - 1))
            else:
                publication = self._detached(channel, publication)
        if channel.would_drop_news(publication.size):
            self._flusher.flush(channel)
        channel.log.append(publication)
        self._flusher.mark(channel)
        if channel.crowded():
            self._flusher.flush(channel)
        if self._account.kept > self._account.mark:
            self.share.grown()

    def _restart(
        self, channel: Channel, start: Position, publications: Sequence[Publication] = ()
    ) -> None:
        """The log does not continue: begin it anew, and tell everyone who had the old one."""
        self._flusher.flush(channel)
        missed = 0  # nobody knows how many
        if start.epoch == channel.log.epoch:
            missed = max(0, start.offset + len(publications) - channel.log.head)
        for subscription in channel.restart(start, publications):
            if subscription.policy is POLICIES["close"]:
                self._remove(subscription)
                reason = close_reason(f"the log of {channel.name} began anew")
                subscription.connection.lapsed(CloseCode.GAP, reason)
            else:
                self._tell(subscription, missed)

    def _tell(self, subscription: Subscription, missed: int) -> None:
        """That its log began anew; in the frames, where these have a form for it."""
        channel, connection = subscription.channel, subscription.connection
        head = channel.log.head
        try:
            connection.gap(channel.name, missed)
            news = News(head, head, (), missed or UNCOUNTED)
            notice = Batch(channel.name, channel.log.epoch, subscription.rendering, news)
            if notice.count and connection.link is not None:
                connection.link.write((notice,))
        except Exception:
            self._fail(connection)

    def _detached(self, channel: Channel, publication: Publication) -> Publication:
        """It, at the next offset of a log that nobody else has: no position leads there."""
        if channel.log.epoch:
            self._flusher.flush(channel)  # what has a position is shown with it
            channel.log.epoch = channel.log.tag = ""
        return msgspec.structs.replace(publication, offset=channel.log.head + 1)

    def flush(self) -> None:
        """Offer all news now."""
        self._flusher.flush()

    def hurry(self, channel: Channel) -> None:
        """Offer the channel's news at the end of this turn, whatever its interval."""
        self._flusher.hurry(channel)

    def flush_connection(self, connection: Connection) -> None:
        """Before a direct send, leave or close: the connection's own pending news, first."""
        link = connection.link
        if link is None or self._flusher.idle:
            return
        try:
            for subscription in list(connection.subscriptions.values()):
                self._offer_ahead(subscription)
        except Exception:
            self._fail(connection)

    def _offer_ahead(self, subscription: Subscription) -> None:
        channel, link = subscription.channel, subscription.connection.link
        if subscription in channel.behind or subscription.cursor == GONE:
            return
        after = subscription.cursor
        if after is None:  # it has had what the pass offers, or its turn is in a slice to come
            after = channel.settled if self._flusher.waits(subscription) else channel.offered
        for batch in channel.batches(subscription.rendering, after, channel.log.head):
            assert link is not None
            if link.paused:
                channel.fall_behind(subscription, batch.after, self._loop.time())
                self.hurry(channel)  # who is behind is given what a pass has offered, no more
                return
            subscription.cursor = batch.upto
            link.write((batch,))
            self._flusher.written += batch.count
            if subscription.cursor == GONE:  # the write found the socket dead
                return

    # -- those behind --------------------------------------------------------------------------

    def catch_up(self, connection: Connection) -> None:
        """The socket takes more: write what its subscriptions are behind, in turns of one write."""
        link = connection.link
        try:
            while link is not None and connection.behind and not link.paused:
                self._write_next(next(iter(connection.behind)))
        except Exception:
            self._fail(connection)

    def _write_next(self, subscription: Subscription) -> None:
        channel, connection = subscription.channel, subscription.connection
        cursor = subscription.cursor
        assert cursor is not None
        assert connection.link is not None
        if cursor < channel.offered:
            news = subscription.policy(channel.log, cursor, channel.offered)
            if news is None:
                self._lapse(subscription)
                return
            subscription.cursor = news.upto
            if news.missed:
                connection.gap(channel.name, news.missed)
            batch = channel.batch(subscription.rendering, news)
            connection.link.write((batch,))
            self._flusher.written += batch.count
        if subscription not in connection.behind:  # it ended meanwhile
            return
        if (subscription.cursor or 0) >= channel.offered:
            channel.catch_up(subscription)
        else:  # the next write is another channel's
            connection.behind[subscription] = connection.behind.pop(subscription)

    # -- those who are ended -------------------------------------------------------------------

    def _lapse(self, subscription: Subscription) -> None:
        """It has a gap that its policy does not allow."""
        channel, cursor = subscription.channel, subscription.cursor
        if cursor is None or cursor == GONE:
            return
        self._remove(subscription)
        missed = channel.log.tail - 1 - cursor
        reason = close_reason(f"missed {missed} publications of {channel.name}")
        subscription.connection.lapsed(CloseCode.GAP, reason)

    def _fail(self, connection: Connection) -> None:
        """Offering to it raised: it is given nothing more, and ends. Nobody else is touched."""
        logger.error("offering to connection %s failed", connection.id, exc_info=sys.exception())
        self._remove_all(connection)
        connection.lapsed(CloseCode.INTERNAL, "flush failed")

    def _shed(self, connection: Connection) -> None:
        """The memory budget ends it. Its socket takes nothing: a close frame would wait, and with
        it what is to be freed."""
        self._remove_all(connection)
        try:
            if connection.link is not None:
                connection.link.abort()
            connection.lapsed(CloseCode.SLOW, "memory budget")
        except Exception:  # the others have to go all the same
            logger.exception("ending connection %s failed", connection.id)

    # -- channels nobody reads -----------------------------------------------------------------

    def _drop(self, channel: Channel) -> None:
        channel.drop_rendered()
        channel.log.discard()
        if self.channels.get(channel.name) is channel:
            self._histories.forget(channel)
            del self.channels[channel.name]
            self.hurry(channel)  # a timer would hold its log
            self.released(channel.name)


class Wakes:
    """What a link calls when it takes more: a closure would take four times the memory."""

    __slots__ = ("connection", "hub")

    def __init__(self, hub: Hub, connection: Connection) -> None:
        self.hub = hub
        self.connection = connection

    def __call__(self) -> None:
        """Catch up."""
        self.hub.catch_up(self.connection)


def _start(subscription: Subscription, replay: Replay | None) -> tuple[int, bool]:
    """The cursor to start at, and whether nothing asked for is missing."""
    log = subscription.channel.log
    if replay is None:
        return log.head, True
    oldest = oldest_for(subscription.policy, log) - 1
    shortened = shortened_for(subscription.policy, log)
    if replay == "all":
        return oldest, not shortened
    if isinstance(replay, int):
        wanted = max(log.head - replay, 0)
        return max(wanted, oldest), wanted >= oldest or not shortened
    if log.continues(replay, oldest + 1):
        return replay.offset, True
    return oldest, False


def _nobody(name: str) -> None:
    pass


def _nothing() -> None:
    pass
