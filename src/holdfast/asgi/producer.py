"""Producers of streams: one for all viewers of the same parameters."""

import asyncio
import inspect
import logging
import math
import random
import secrets
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

import anyio.to_thread
import msgspec

from holdfast.asgi.connection import Closed, Connection
from holdfast.asgi.runtime import Runtime
from holdfast.backplane.encoding import encode
from holdfast.backplane.port import Message, Position, Publication
from holdfast.errors import CloseCode
from holdfast.hub.hub import Replay
from holdfast.hub.log import Ring
from holdfast.hub.options import ChannelOptions
from holdfast.hub.overflow import Overflow

BACKOFF = (0.5, 30.0)  # seconds: the first wait after a failure, and the longest

log = logging.getLogger("holdfast")


class StreamOptions(msgspec.Struct, frozen=True):
    """The options of ``@hf.stream`` that concern its producers."""

    every: float | None = None
    append: bool = False
    keep: float = 60.0
    linger: float = 0.0
    max_streams: int = 1000
    overflow: Overflow | None = None
    since: int | Literal["all"] | None = None
    key: Callable[[Any], str] | None = None
    ring: Ring = Ring()
    flush_interval: float = 0.0

    def channel(self) -> ChannelOptions:
        """How a producer's channel is kept."""
        default: Overflow = "latest" if self.every else "concat" if self.append else "close"
        overflow = self.overflow or default
        return ChannelOptions(overflow, self.ring, flush_interval=self.flush_interval)


class StreamInfo(msgspec.Struct, frozen=True):
    """One entry of ``hf.streams``."""

    path: str
    parameters: dict[str, Any]
    viewers: int
    published: int
    failures: int
    last_error: str
    state: str
    """``running``, ``waiting`` (to restart after a failure) or ``ended``."""


class Producer:
    """Runs a stream's function while there are viewers, and feeds its channel."""

    def __init__(
        self,
        function: Callable[..., Any],
        parameters: dict[str, Any],
        options: StreamOptions,
        runtime: Runtime,
        name: str,
    ) -> None:
        self.parameters = parameters
        self.viewers: set[Connection[Any]] = set()
        self.published = 0
        self.failures = 0
        self.last_error = ""
        self.state = "running"
        self.on_over: Callable[[], None] = _nothing
        self._function = function
        self._options = options
        self._runtime = runtime
        self._epoch = secrets.token_hex(4)
        self._offset = 0
        self._timer: asyncio.TimerHandle | None = None
        self._ending: Closed | None = None
        self._is_over = False
        start = Position(self._epoch, 0)
        self._channel = runtime.hub.pin(name, options.channel(), start)
        self._task: asyncio.Task[Any] | None = None

    @property
    def orphaned(self) -> bool:
        """Whether its event loop was closed without an end: what should stop it cannot run."""
        return self._runtime.loop.is_closed()

    # -- viewers -------------------------------------------------------------------------------

    def expect(self, conn: Connection[Any]) -> None:
        """The connection will attach: while it is accepted, the producer does not stop."""
        self._stop_timer()
        self.viewers.add(conn)

    async def attach(self, conn: Connection[Any], since: Replay | None) -> bool:
        """Give the connection what comes, after what it should see first; False for a hole."""
        if since is None:
            since = self._first_view()
        rendering = conn.settings.rendering
        complete = await self._runtime.join(conn, self._channel.name, rendering, since=since)
        if self._task is None:  # not before the first viewer is there to see the first value
            self._task = self._runtime.spawn(self._run())
        if self._ending is not None:
            self._release(conn, self._ending)
        return complete

    def detach(self, conn: Connection[Any]) -> None:
        """One viewer less; the last one stops the producer, after ``linger`` seconds."""
        self.viewers.discard(conn)
        if not self.viewers and self.state != "ended":
            self._later(self._options.linger, self._over)

    def _first_view(self) -> Replay | None:
        """An interval stream shows its latest value, a text its beginning, others what comes."""
        if self._options.since is not None:
            return self._options.since
        if self._options.every:
            return 1
        return "all" if self._options.append or self.state == "ended" else None

    def _release(self, conn: Connection[Any], closed: Closed) -> None:
        """Close a viewer: once it has read everything, unless the producer failed."""
        life: Any = conn.owner
        if closed.code == CloseCode.NORMAL:
            _ = self._runtime.spawn(life.complete(closed))
        else:
            conn.lapsed(*closed)

    # -- the function --------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            try:
                await (self._call_repeatedly() if self._options.every else self._exhaust())
            except Exception as error:
                self._failed(error)
                if self._is_over:  # its clean-up failed
                    return
                if self._options.append:  # text begun twice would be read as one
                    self._end(Closed(CloseCode.INTERNAL, "the stream's producer failed"))
                    return
                await asyncio.sleep(self._backoff())
                self.state = "running"
            else:
                self._end(Closed(CloseCode.NORMAL))
                return

    async def _call_repeatedly(self) -> None:
        clock, every = self._runtime.loop.time, self._options.every or 1.0
        due = clock()
        while True:
            await self._publish(await self._call())
            # A late call skips the beats it missed: two values at once would be no interval.
            due += every * max(1, math.ceil((clock() - due) / every))
            await asyncio.sleep(due - clock())

    async def _call(self) -> Any:
        if inspect.iscoroutinefunction(self._function):
            return await self._function(**self.parameters)
        call = lambda: self._function(**self.parameters)  # noqa: E731
        # A thread cannot be cancelled: when the last viewer leaves, its result is dropped.
        return await anyio.to_thread.run_sync(call, abandon_on_cancel=True)

    async def _exhaust(self) -> None:
        generator: AsyncIterator[Any] = self._function(**self.parameters)
        try:
            async for value in generator:
                await self._publish(value)
        finally:
            await generator.aclose()  # type: ignore[attr-defined]

    async def _publish(self, value: Any) -> None:
        message = Message(encode(value), self._key(value))
        await self._runtime.flow.admit(self._channel.name, message.size)
        if self._is_over:  # the function took its cancellation for something else
            raise asyncio.CancelledError
        self._offset += 1
        self.published += 1
        publication = Publication(self._offset, message.data, message.key, time=time.time())
        self._runtime.hub.deliver(self._channel.name, self._epoch, publication)

    def _key(self, value: Any) -> str | None:
        if self._options.key is None:
            return None
        key: Any = self._options.key(value)
        if not isinstance(key, str):  # here, and not in the flush, where viewers would pay for it
            raise TypeError(f"key= returned {type(key).__name__}: expected str")
        return key

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        self.last_error = repr(error)
        if not self._is_over:
            self.state = "waiting"
        path = self._channel.name.partition("?")[0]  # a query may hold a token
        log.error("the producer of %s failed", path, exc_info=error)

    def _backoff(self) -> float:
        first, longest = BACKOFF
        return random.uniform(0.5, 1) * min(longest, first * 2.0 ** min(self.failures - 1, 10))

    # -- the end -------------------------------------------------------------------------------

    def _end(self, closed: Closed) -> None:
        """Nothing more will come: viewers close once they have read all, the log stays a while."""
        if self._is_over:
            return
        self.state = "ended"
        self._ending = closed
        for conn in list(self.viewers):
            self._release(conn, closed)
        kept = self._options.keep if closed.code == CloseCode.NORMAL else 0.0
        self._later(kept, self._over)

    def _later(self, delay: float, callback: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._runtime.loop.call_later(delay, callback)

    def _stop_timer(self) -> None:
        if self._timer is not None and self.state != "ended":
            self._timer.cancel()
            self._timer = None

    def discard(self) -> None:
        """Forget a stream that has ended, before ``keep`` is over."""
        if self._timer is not None:
            self._timer.cancel()
        self._over()

    def _over(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._task is not None:
            self._task.cancel()
        self.state = "ended"
        self._runtime.hub.unpin(self._channel)
        self.on_over()


def _nothing() -> None:
    pass
