"""What an application does with channels: options, publishing, history, presence."""

from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

from holdfast.asgi.call import Call, off_loop, on_loop
from holdfast.asgi.everyone import EVERYONE
from holdfast.asgi.runtimes import Runtimes
from holdfast.asgi.stats import Member, members
from holdfast.backplane.encoding import encode, message_for
from holdfast.backplane.port import (
    History,
    HistoryPage,
    Message,
    Outage,
    Position,
    check_name,
)
from holdfast.errors import ConfigurationError
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions
from holdfast.hub.overflow import Overflow

LONGEST_PAGE = 10_000  # publications: one answer of the broker, which all others wait for


class Channels:
    """The part of ``Holdfast`` that knows channels and no connections."""

    def __init__(self, runtimes: Runtimes) -> None:
        self._runtimes = runtimes

    def channel(
        self,
        pattern: str,
        *,
        history: History | None = None,
        overflow: Overflow = "close",
        ring: Ring | None = None,
        fold_bytes: int = 1 << 20,
        flush_interval: float = 0.0,
        outage: Outage = "raise",
    ) -> None:
        """Set the options of all channels whose name fits the pattern.

        ``{...}`` stands for any text; of several patterns the one with most literal text counts.
        Channels that exist already keep what they have.

        With a ``flush_interval``, publications go out at most once in so many seconds (sooner when
        a quarter of the ring waits). Where the overflow policy is ``latest`` or
        ``latest_by_key``, only the newest of them, or of each key, do.

        ``outage`` says what ``publish`` does while the broker is away: ``raise``
        ``BackplaneUnavailable``; ``buffer`` the publication, up to ``Limits.buffer`` bytes of
        them, until the broker is back; or show it to this process' subscribers alone (``local``),
        which a channel with a history cannot.

        >>> hf.channel("chat:{room}", history=History(size=100, ttl=300))
        """
        options = ChannelOptions(
            overflow, ring or Ring(), history, fold_bytes, flush_interval, outage
        )
        self._runtimes.options.add(check_name(pattern), options)

    # -- publishing ----------------------------------------------------------------------------

    def publish(
        self,
        channel: str,
        data: Any,
        *,
        key: str | None = None,
        tags: Mapping[str, str] = {},
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Coroutine[Any, Any, Position]:
        """Publish to everyone subscribed to a channel; returns the publication's position.

        Returns when the backplane has accepted it, which says nothing of who has received it.
        Waits, up to ``Deadlines.publish_wait`` seconds, for a subscriber that fell behind just now
        and would be lapped. ``key`` serves ``latest_by_key``; ``tags`` serve ``join(where=...)``.
        The second of two with the same ``idempotency_key`` within five minutes is not published:
        it has the first one's position. One whose ``version`` is not above the channel's last is
        dropped, for the position where the channel is.

        While the broker is away it raises ``BackplaneUnavailable`` after
        ``Deadlines.publish_timeout`` seconds, unless the channel's ``outage=`` says otherwise; then
        the position is ``NOWHERE``. What was sent and not answered by then may have been accepted:
        publish it again with an ``idempotency_key``. Raises ``WrongThread`` off the loop,
        ``TypeError`` for data that JSON cannot say.

        >>> position = await hf.publish("orders.7", {"state": "shipped"})
        """
        on_loop("hf.publish", "hf.publish_threadsafe")
        message = message_for(channel, data, key, tags, idempotency_key, version)
        publishing = self._runtimes.here().publish(channel, message)
        return Call(f"hf.publish({channel!r}, ...)", publishing)

    def publish_nowait(
        self,
        channel: str,
        data: Any,
        *,
        key: str | None = None,
        tags: Mapping[str, str] = {},
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> None:
        """Publish without waiting for anybody: a subscriber that fell behind may be lapped.

        While the broker is away it is kept, as with ``outage="buffer"``; raises
        ``BackplaneUnavailable`` when too much waits.
        """
        on_loop("hf.publish_nowait", "hf.publish_threadsafe")
        message = message_for(channel, data, key, tags, idempotency_key, version)
        self._runtimes.here().publish_nowait(channel, message)

    def publish_threadsafe(
        self,
        channel: str,
        data: Any,
        *,
        key: str | None = None,
        tags: Mapping[str, str] = {},
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Position:
        """Publish from a thread, such as a ``def`` endpoint: blocks until it is accepted.

        Raises ``WrongThread`` on the event loop, which it would block; ``BackplaneUnavailable`` as
        ``publish`` does.
        """
        message = message_for(channel, data, key, tags, idempotency_key, version)
        off_loop("hf.publish_threadsafe", "`await hf.publish(...)`")
        return self._runtimes.publish(channel, message)

    def broadcast(self, data: Any) -> Coroutine[Any, Any, Position]:
        """Send to every connection of every handler and ``Endpoint``; streams carry their own."""
        on_loop("hf.broadcast", "hf.publish_threadsafe on a channel")
        message = Message(encode(data))
        return Call("hf.broadcast(...)", self._runtimes.here().publish(EVERYONE, message))

    # -- looking -------------------------------------------------------------------------------

    def history(
        self,
        channel: str,
        *,
        since: Position | None = None,
        limit: int = 100,
        reverse: bool = False,
    ) -> Coroutine[Any, Any, HistoryPage]:
        """What is kept of a channel with ``history=``: at most ``limit`` publications.

        They come in rising order, from the oldest or from the first after ``since``; in
        ``reverse`` from the newest on. ``complete`` is False if something after ``since`` is
        missing, or that is a position of another log. Raises ``BackplaneUnavailable`` while the
        broker is away, ``ConfigurationError`` for a limit below 1.

        >>> page = await hf.history("chat:lobby", limit=20, reverse=True)
        >>> [publication.value for publication in page.publications]
        """
        on_loop("hf.history", "an `async def` endpoint")
        if not isinstance(limit, int) or not 1 <= limit <= LONGEST_PAGE:
            raise ConfigurationError(
                f"history({channel!r}): limit={limit!r}: expected 1 to {LONGEST_PAGE:,}"
            )
        reading = self._runtimes.here().history(check_name(channel), since, limit, reverse)
        return Call(f"hf.history({channel!r})", reading)

    def presence(self, channel: str) -> Coroutine[Any, Any, list[Member]]:
        """Who is subscribed to a channel, in this process: each user once.

        >>> names = [member.user for member in await hf.presence("chat:lobby")]
        """
        return Call(f"hf.presence({channel!r})", self._presence(check_name(channel)))

    async def _presence(self, channel: str) -> list[Member]:
        users: Iterable[Any] = (
            user for runtime in self._runtimes.live() for user in runtime.present(channel)
        )
        return members(users)
