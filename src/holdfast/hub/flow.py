"""Flow control of ``publish``: a publisher in a tight loop laps nobody who reads.

An await that does not suspend gives the loop no turn, so a publisher that never sleeps would fill
the ring before anyone was offered anything. And a reader whose socket is full this very moment is
not stuck: it gets a moment, once per fall. One that has been behind longer slows nobody.
"""

import asyncio
from collections.abc import Sequence

from holdfast.hub.channel import Channel, Fall, Subscription
from holdfast.hub.hub import Hub
from holdfast.hub.overflow import close, skip

PUBLISH_WAIT = 1.0  # seconds


class Flow:
    """Decides when the next publication may enter a channel's log."""

    def __init__(self, hub: Hub, wait: float = PUBLISH_WAIT) -> None:
        self._hub = hub
        self._wait = wait
        self.waits = 0

    async def admit(self, name: str, size: int) -> None:
        """Return once ``size`` bytes can be published without lapping anyone who reads."""
        channel = self._hub.channels.get(name)
        if channel is None:
            return
        while channel.crowded(size):
            self._hub.hurry(channel)
            await asyncio.sleep(0)  # the flush is due in this turn or the next
        await self._wait_for_laggards(channel, size)

    async def _wait_for_laggards(self, channel: Channel, size: int) -> None:
        clock = asyncio.get_running_loop().time
        threatened = self._threatened(channel, size, clock())
        self.waits += bool(threatened)
        while threatened:  # once more after each wait: several publishers wake at the same time
            deadline = clock() + self._wait
            for fall in [channel.behind[subscription] for subscription in threatened]:
                fall.wait_until = fall.wait_until or deadline
            # Until they are at the head, not just one write further: else the next publish would
            # wait again, and time would run out for one who reads as fast as it can.
            while (left := _longest_wait(threatened, channel) - clock()) > 0:
                try:
                    await asyncio.wait_for(channel.moved().wait(), left)
                except TimeoutError:
                    break
            threatened = self._threatened(channel, size, clock())

    def _threatened(self, channel: Channel, size: int, now: float) -> Sequence[Subscription]:
        """Those it would lap, unless they had their wait already."""
        tail = channel.log.tail_after(size)
        if not channel.behind or tail <= channel.log.tail:
            return ()
        recent = self._recent(channel, now)
        return [s for s in recent if _lapped_by(s, tail, channel.behind[s], now)]

    def _recent(self, channel: Channel, now: float) -> Sequence[Subscription]:
        """Those who fell less than ``wait`` ago: at the end, since ``behind`` is in that order."""
        recent = []
        for subscription in reversed(channel.behind):
            fall = channel.behind[subscription]
            if fall.since + self._wait < now and not fall.wait_until > now:
                break
            recent.append(subscription)
        return recent


def _lapped_by(subscription: Subscription, tail: int, fall: Fall, now: float) -> bool:
    # The other policies lose nothing that matters to them, or have it in the fold.
    suffers = subscription.policy in (close, skip)
    waited = 0 < fall.wait_until <= now
    cursor = subscription.cursor
    return suffers and not waited and cursor is not None and cursor + 1 < tail


def _longest_wait(subscriptions: Sequence[Subscription], channel: Channel) -> float:
    falls = [channel.behind[s] for s in subscriptions if s in channel.behind]
    return max((fall.wait_until for fall in falls), default=0.0)
