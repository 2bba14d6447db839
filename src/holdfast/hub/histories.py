"""Channels that nobody subscribes to, and that stay until their history has expired."""

import time
from collections.abc import Callable, Mapping

from holdfast.backplane.port import History, HistoryPage, Position
from holdfast.hub.channel import Channel
from holdfast.hub.flush import Loop
from holdfast.hub.options import OptionTable

SWEEP = 5.0  # seconds between two looks at them


class Histories:
    """Keeps the logs of such channels, unless the backplane does: ``here`` is False then."""

    def __init__(
        self,
        loop: Loop,
        options: OptionTable,
        channels: Mapping[str, Channel],
        drop: Callable[[Channel], None],
        here: bool,
    ) -> None:
        self._loop = loop
        self._options = options
        self._channels = channels
        self._drop = drop
        self._here = here
        self._keeping: set[str] = set()
        self._sweeping = False
        self._let_go_until = 0.0  # hub clock: a new channel's history may have been longer
        self.closed = False

    def kept(self, name: str) -> History | None:
        """The history that is kept here of a channel of that name."""
        return self._options[name].history if self._here else None

    def of(self, channel: Channel) -> History | None:
        """The same for a channel that there is."""
        return channel.options.history if self._here else None

    def keep(self, channel: Channel) -> None:
        """Nobody subscribes to it: it goes when its history has expired."""
        self._keeping.add(channel.name)
        if not self._sweeping:
            self._sweeping = True
            self._loop.call_later(SWEEP, self._sweep)

    def forget(self, channel: Channel) -> None:
        """It has gone."""
        self._keeping.discard(channel.name)

    def expire(self, channel: Channel) -> None:
        """Drop what is older than the history's ``ttl``."""
        if channel.options.history is not None:
            channel.log.expire(time.time() - channel.options.history.ttl, channel.settled)

    def release(self, channel: Channel) -> None:
        """The memory budget takes a history whole; who asks for it before it expires is told."""
        if channel.options.history is not None:
            until = self._loop.time() + channel.options.history.ttl
            self._let_go_until = max(self._let_go_until, until)
        self._drop(channel)

    def let_go(self, channel: Channel) -> bool:
        """Whether what a new channel would still keep may have gone like that."""
        return self.of(channel) is not None and self._loop.time() < self._let_go_until

    def _sweep(self) -> None:
        self._sweeping = False
        for name in list(self._keeping):
            channel = self._channels[name]
            if channel.head or channel.behind or channel.pinned:
                self._keeping.discard(name)
                continue
            self.expire(channel)
            if not len(channel.log):
                self._drop(channel)
        if self._keeping and not self.closed:
            self._sweeping = True
            self._loop.call_later(SWEEP, self._sweep)


def kept_page(channel: Channel, since: Position | None, limit: int, reverse: bool) -> HistoryPage:
    """What a channel's log keeps for its history: at most ``limit`` publications."""
    log, history = channel.log, channel.options.history
    if history is not None:
        log.expire(time.time() - history.ttl, channel.settled)
    first = log.head + 1 if history is None else max(log.tail, log.head - history.size + 1)
    after, complete = first - 1, True
    if since is not None:
        complete = log.continues(since, first)
        after = since.offset if complete else after
    found = log.read(after, log.head)
    chosen = found[::-1][:limit] if reverse else found[:limit]
    return HistoryPage(channel.position, chosen, complete)
