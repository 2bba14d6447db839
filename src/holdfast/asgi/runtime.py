"""What one event loop has of a ``Holdfast``: hub, backplane, watch, streams, tasks."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from holdfast.asgi.connection import Closed, Connection
from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.everyone import EVERYONE, Everyone
from holdfast.asgi.limits import Limits
from holdfast.asgi.lingering import Lingering
from holdfast.asgi.offspring import note_tasks
from holdfast.asgi.render import Plain, conflated, formed
from holdfast.asgi.stats import Stats
from holdfast.asgi.stopping import Stopping
from holdfast.asgi.tuning import Tuning
from holdfast.backplane.port import (
    Backplane,
    HistoryPage,
    Message,
    Position,
)
from holdfast.errors import (
    BackplaneUnavailable,
    CloseCode,
    Disconnected,
    LimitReached,
)
from holdfast.hub.budget import Budget
from holdfast.hub.channel import Channel
from holdfast.hub.flow import Flow
from holdfast.hub.histories import kept_page
from holdfast.hub.hub import Hub, Replay
from holdfast.hub.options import OptionTable
from holdfast.hub.overflow import Overflow
from holdfast.sockets.watch import Watch

log = logging.getLogger("holdfast")


class Runtime:
    """The running parts of a ``Holdfast`` on one event loop. Made on first use."""

    def __init__(
        self,
        backplane: Backplane,
        options: OptionTable,
        deadlines: Deadlines,
        limits: Limits,
        budget: Budget,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.process = os.getpid()
        self.backplane = backplane
        self.deadlines = deadlines
        self.limits = limits
        self.hub = Hub(self.loop, options, budget, keeps=backplane.store is None)
        self.hub.released = backplane.unwatch
        self.flow = Flow(self.hub, deadlines.publish_wait)
        self.watch = Watch(self.loop, deadlines)
        self.tuning = Tuning(self.loop, deadlines)
        self.stopping = Stopping(self.loop)
        self.lingering = Lingering(self.loop)
        self.stats = Stats()
        self.handlers: set[asyncio.Task[Any]] = set()
        self.lifespans = 0  # of apps that began on this loop and have not ended
        self._tasks: set[asyncio.Task[Any]] = set()
        self.everyone = Everyone(self.hub)
        note_tasks(self.loop)
        backplane.start(self.everyone)
        if backplane.store is not None:
            _ = self.spawn(self.everyone.watch(backplane))

    async def ready(self) -> None:
        """Wait, at most ``join_timeout``, until a broker is reached and broadcasts come from it.

        Raises ``ConfigurationError`` for one that refuses us: no retry mends that.
        """
        if self.backplane.store is not None:
            with suppress(BackplaneUnavailable):
                await self.backplane.watch(EVERYONE)

    # -- connections ---------------------------------------------------------------------------

    def open(self, conn: Connection[Any]) -> None:
        """Register an accepted connection."""
        self.hub.open(conn)
        self.stats.opened += 1
        if conn.settings.listens:
            self.everyone.add(conn)

    def close(self, conn: Connection[Any], closed: Closed) -> None:
        """Forget it everywhere."""
        self.hub.close(conn)
        self.everyone.discard(conn)
        self.stats.closed[closed.code] += 1

    @property
    def connections(self) -> list[Connection[Any]]:
        """Those that are open."""
        held = list(self.hub.connections.values())  # in one step: another thread may ask
        return [conn for conn in held if isinstance(conn, Connection)]

    def connections_of(self, user: Any) -> list[Connection[Any]]:
        """Those whose ``user``, or its ``id``, is this one."""
        return [
            conn
            for conn in self.connections
            if conn.user is not None and user in (conn.user, getattr(conn.user, "id", None))
        ]

    def present(self, name: str) -> list[Any]:
        """The user of each connection that is subscribed to a channel."""
        channel = self.hub.channels.get(name)
        if channel is None:
            return []
        return [subscription.connection.user for subscription in [*channel.head, *channel.behind]]

    async def join(
        self,
        conn: Connection[Any],
        name: str,
        rendering: Plain,
        overflow: Overflow | None = None,
        since: Replay | None = None,
    ) -> bool:
        """Subscribe; False if ``since`` could not be complete. Raises ``LimitReached``."""
        if name in conn.subscriptions:
            return True
        self._check_room(conn)
        channel, asked = self.hub.channels.get(name), False
        while channel is None or (self._ahead(channel, since) and not asked):
            asked = channel is not None
            await self._watch(conn, name, since)
            channel = self.hub.channels.get(name)  # it may have gone, with others who left
        if channel.options.flush_interval:
            rendering = conflated(rendering, overflow or channel.options.overflow)
        return self.hub.subscribe(conn, channel, formed(rendering, conn.link), overflow, since)

    def _ahead(self, channel: Channel, since: Replay | None) -> bool:
        """Whether a client knows more of the log than has come here: from another process."""
        return (
            self.backplane.store is not None
            and isinstance(since, Position)
            and since.epoch == channel.log.epoch
            and since.offset > channel.log.head
        )

    async def _watch(self, conn: Connection[Any], name: str, since: Replay | None) -> None:
        """Have the channel's log here, as far as the connection knows it that joins."""
        try:
            await self.backplane.watch(name, since if isinstance(since, Position) else None)
            if name not in self.hub.channels:
                self.backplane.unwatch(name)
                await asyncio.sleep(0)
            conn.must_be_open()
            self._check_room(conn)
        except BaseException:
            if (channel := self.hub.channels.get(name)) is not None:
                self.hub.release_unread(channel)
            raise

    def _check_room(self, conn: Connection[Any]) -> None:
        limit = self.limits.channels
        count = len(conn.subscriptions) - (EVERYONE in conn.subscriptions)
        if limit is not None and count >= limit:
            raise LimitReached(
                f"the connection is in {count} channels, and Limits(channels=...) allows no more"
            )

    # -- publications --------------------------------------------------------------------------

    async def publish(self, name: str, message: Message) -> Position:
        """Wait until nobody who reads is lapped by it, then hand it to the backplane."""
        await self.flow.admit(name, message.size)
        self.stats.published += 1
        return await self.backplane.publish(name, message)

    def publish_nowait(self, name: str, message: Message) -> None:
        """Hand it to the backplane at once."""
        self.stats.published += 1
        self.backplane.publish_nowait(name, message)

    async def history(
        self, name: str, since: Position | None, limit: int, reverse: bool
    ) -> HistoryPage:
        """What is kept of a channel, in the broker or else here."""
        if self.backplane.store is not None:
            return await self.backplane.store.history(name, since, limit, reverse)
        if name not in self.hub.channels:
            await self.backplane.watch(name)
        channel = self.hub.channels[name]
        found = kept_page(channel, since, limit, reverse)
        self.hub.release_unread(channel)
        return found

    # -- user code -----------------------------------------------------------------------------

    def call_soon(self, callback: Callable[[], Any]) -> None:
        """Call the user's function outside the flush; its failure is logged."""
        self.loop.call_soon(self._call, callback)

    def spawn(self, coroutine: Any) -> "asyncio.Task[Any]":
        """Run a task that ends with this runtime at the latest."""
        task = self.loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def stop(self) -> None:
        """Close every connection and end every task. Nothing is taken afterwards.

        The watch goes on until the last link has closed: a peer that takes nothing must not keep
        its handler. Handlers that the server has cancelled may clean up.
        """
        for conn in self.connections:
            conn.lapsed(CloseCode.SHUTDOWN, "server shutdown")
        await cleaned_up(self.handlers, self.deadlines)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self.deadlines.cleanup_timeout)
        self.hub.stop()
        await self.backplane.close()

    def _call(self, callback: Callable[[], Any]) -> None:
        try:
            result = callback()
            if asyncio.iscoroutine(result):
                _ = self.spawn(result)
        except Exception:
            log.exception("a callback failed")

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, Disconnected):
            log.error("a task failed", exc_info=error)


async def cleaned_up(handlers: Iterable["asyncio.Task[Any]"], deadlines: Deadlines) -> None:
    """Wait for those that were cancelled, at most ``cleanup_timeout``.

    Hypercorn cancels at the end of its graceful timeout, and once more when the lifespan is over.
    """
    cancelled = [task for task in handlers if task.cancelling()]
    if cancelled:
        await asyncio.wait(cancelled, timeout=deadlines.cleanup_timeout)
