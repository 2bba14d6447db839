"""What a hub's logs take, counted from scratch."""

from __future__ import annotations

from holdfast.backplane.port import size_of
from holdfast.hub.account import ENTRY, KEYED, MESSAGE
from holdfast.hub.channel import Channel
from holdfast.hub.fold import Concat, LatestByKey
from holdfast.hub.hub import Hub
from holdfast.hub.log import Log


def ring(log: Log) -> list[int]:
    """Bytes of each publication in the ring."""
    return [size_of(p.data) + ENTRY for p in log.read(log.tail - 1, log.head)]


def fold(log: Log) -> int:
    """Bytes of the fold."""
    if isinstance(log.fold, Concat):
        return sum(map(size_of, log.fold._parts))
    if isinstance(log.fold, LatestByKey):
        return sum(size_of(p.data) + KEYED for p in log.fold._kept.values())
    return 0


def rendered(channel: Channel) -> int:
    """Bytes of the batches that are kept for laggards."""
    batches = channel.rendered._kept.values() if channel.rendered is not None else ()
    return sum(batch.size + MESSAGE * len(batch.publications) for batch in batches)


def kept(hub: Hub) -> int:
    """Bytes of all of it."""
    return sum(
        sum(ring(channel.log)) + fold(channel.log) + rendered(channel)
        for channel in hub.channels.values()
    )


def needed(hub: Hub) -> int:
    """Bytes of what no budget may take: for who lags, not offered yet, the newest of a channel."""
    return sum(map(_needed_of, hub.channels.values()))


def _needed_of(channel: Channel) -> int:
    log, sizes = channel.log, ring(channel.log)
    if channel.behind:
        return sum(sizes) + fold(log)
    if not channel.head and not channel.pinned and channel.settled == log.head:
        return 0
    return sum(sizes[-1 - (log.head - channel.settled) :])
