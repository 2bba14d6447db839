"""Flow control of ``publish``: a publisher in a tight loop laps nobody who reads.

An await that does not suspend gives the loop no turn, so a publisher that never sleeps would fill
the ring before anyone was offered anything. And a reader whose socket is full this very moment is
not stuck: it gets a moment, once per fall. One that has been behind longer slows nobody.
"""

import asyncio
from collections.abc import Sequence

from holdfast.hub.channel import Channel, Subscription
from holdfast.hub.hub import Hub

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
            await asyncio.sleep(0)  # the flush is due in this turn or the next
        if channel.behind:
            await self._wait_for_laggards(channel, size)

    async def _wait_for_laggards(self, channel: Channel, size: int) -> None:
        now = asyncio.get_running_loop().time()
        threatened = [s for s in self._recent(channel, now) if _would_lap(s, channel, size)]
        if not threatened:
            return
        self.waits += 1
        deadline = now + self._wait
        for subscription in threatened:
            subscription.wait_until = subscription.wait_until or deadline
        # Until they are at the head, not just one write further: else the next publish would
        # wait again, and time would run out for one who reads as fast as it can.
        while (left := _longest_wait(threatened, channel) - now) > 0:
            try:
                await asyncio.wait_for(channel.moved().wait(), left)
            except TimeoutError:
                return
            now = asyncio.get_running_loop().time()

    def _recent(self, channel: Channel, now: float) -> Sequence[Subscription]:
        """Those who fell less than ``wait`` ago: at the end, since ``behind`` is in that order."""
        recent = []
        for subscription in reversed(channel.behind):
            if subscription.behind_since + self._wait < now and not subscription.wait_until > now:
                break
            recent.append(subscription)
        return recent


def _would_lap(subscription: Subscription, channel: Channel, size: int) -> bool:
    cursor = subscription.cursor
    return cursor is not None and cursor + 1 < channel.log.tail_after(size)


def _longest_wait(subscriptions: Sequence[Subscription], channel: Channel) -> float:
    return max((s.wait_until for s in subscriptions if s in channel.behind), default=0.0)
