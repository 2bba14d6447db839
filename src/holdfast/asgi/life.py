"""The life of a connection of ours, from accept to the last clean-up, by the table of lifecycle.py.

However it ends, it is settled exactly once: from then on no registry, channel or list holds the
connection, its inbox has ended, and its handler has ``grace`` seconds. The receive side is always
pumped, so that the end is seen also while the handler only sends.
"""

import asyncio
import inspect
import logging
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import anyio
from starlette.exceptions import HTTPException
from typing_extensions import override

from holdfast.asgi.connection import Closed, Connection, Headers
from holdfast.asgi.endings import after_accept, said_by, says_disconnected
from holdfast.asgi.lifecycle import Event, LifeCycle, State
from holdfast.asgi.link import AsgiLink
from holdfast.asgi.offspring import LEFT, OFFSPRING, Offspring
from holdfast.asgi.render import Framer, Plain, websocket_message
from holdfast.asgi.runtime import Runtime
from holdfast.backplane.port import Data
from holdfast.errors import (
    BackplaneUnavailable,
    BadChannel,
    CloseCode,
    Disconnected,
    LimitReached,
    close_reason,
)
from holdfast.hub.hub import Replay
from holdfast.hub.link import Link
from holdfast.hub.overflow import Overflow

DONE = Closed(CloseCode.NORMAL)
FAILED = Closed(CloseCode.INTERNAL, "internal error")
SHUTDOWN = Closed(CloseCode.SHUTDOWN, "server shutdown")
SENDS_PER_TURN = 64  # of one handler in a tight loop, before everyone else has a turn

log = logging.getLogger("holdfast")


class OwnLink(Link, Protocol):
    """A link that a connection of ours writes to itself, too."""

    framer: Framer | None
    """Makes the frames it takes; None if it takes ASGI messages."""

    def push(self, message: Any) -> None:
        """Write one message, in the form that the link takes."""

    async def drained(self) -> None:
        """Return when nothing waits any more: it was sent, or the link is dead."""


class Life(LifeCycle):
    """Moves one connection through its life. What differs between transports is abstract."""

    __slots__ = (
        "_interrupted",
        "_offspring",
        "_pump",
        "_sends",
        "_task",
        "began",
        "conn",
        "link",
        "runtime",
    )

    link: OwnLink

    def __init__(self, runtime: Runtime, conn: Connection[Any]) -> None:
        super().__init__(runtime.deadlines)
        self.conn = conn
        self.runtime = runtime
        self._task: asyncio.Task[Any] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._interrupted = False
        self._offspring: Offspring | None = None
        self._sends = 0
        self.began = False
        conn.owner = self

    # -- what transports do --------------------------------------------------------------------

    @abstractmethod
    async def open(self, subprotocol: str | None, headers: Headers) -> OwnLink:
        """Accept the handshake; returns the link."""

    @abstractmethod
    async def pump(self) -> Closed:
        """Read until the client is gone; returns how."""

    def _message(self, data: Data) -> Any:
        """The ASGI message for data of the connection's own."""
        return websocket_message(data)

    def push(self, message: Any) -> None:
        """Write an ASGI message of the connection's own."""
        self.link.push(message)

    async def stay(
        self,
        react: Callable[[Connection[Any], Any], Awaitable[None]] | None,
        on_end: Callable[[Connection[Any]], None] | None = None,
    ) -> None:
        """The last a handler does that only reacts: ``react`` to each message until the client is
        gone, then ``on_end``. Without ``react`` what comes is dropped. May return at once, if the
        connection can do without a task."""
        try:
            if react is None:
                while await self.conn.inbox.take() is not None:
                    pass
            else:
                async for message in self.conn:
                    await react(self.conn, message)
        finally:
            if on_end is not None:
                on_end(self.conn)

    # -- what a connection asks of its owner ---------------------------------------------------

    async def accept(self, subprotocol: str | None, headers: Headers) -> None:
        """Accept, register, and begin to read. Accepting twice is nothing."""
        if self.conn.accepted:
            return
        link = await self.open(subprotocol or self.conn.subprotocol, headers)
        self.link = self.conn.link = link
        if not self.fire(Event.ACCEPTED):  # its handler ended, or another accept failed
            closed = self.conn.closed or Closed(CloseCode.ABNORMAL)
            link.close(*closed)
            raise Disconnected(*closed)

    async def write(self, data: Data) -> None:
        """Write a message of the connection's own, once its socket takes something."""
        self.conn.must_be_open()
        self._sends += 1
        if self._sends % SENDS_PER_TURN == 0:  # no await below suspends while the socket takes all
            await asyncio.sleep(0)
        if self.link.paused:
            await self.link.drained()
        self.conn.must_be_open()
        self._flush()
        self.link.push(self._message(data))

    async def close(self, closed: Closed) -> None:
        """Close after everything published and sent so far, within ``close_timeout``."""
        with anyio.move_on_after(self.deadlines.close_timeout):
            await self._caught_up()
        await self._close_complete(closed)

    async def complete(self, closed: Closed) -> None:
        """Close after everything published so far, however slowly it is read; not if it is not."""
        await self._caught_up()
        await self._close_complete(closed)

    async def _caught_up(self) -> None:
        if self.conn.closed is None and self.conn.accepted:
            self._flush()
            await self.link.drained()

    async def _close_complete(self, closed: Closed) -> None:
        if self.conn.behind:  # it would end as if it had seen everything
            closed = Closed(CloseCode.GAP, "closed before everything was read")
        self.end(closed)
        if self.conn.accepted:
            await self.link.drained()

    def end(self, closed: Closed) -> None:
        """Close now: what is written goes out, the close frame after it, or else a deadline."""
        self._flush()
        self.fire(Event.CLOSED, closed)

    def gone(self, closed: Closed) -> None:
        """The client has ended it, or the link has."""
        self.fire(Event.GONE, closed)

    async def join(
        self, channel: str, rendering: Plain, overflow: Overflow | None, since: Replay | None
    ) -> bool:
        """Subscribe the connection."""
        return await self.runtime.join(self.conn, channel, rendering, overflow, since)

    async def leave(self, channel: str) -> None:
        """Unsubscribe it, once its socket has what the channel brought."""
        if channel in self.conn.subscriptions:
            await self._caught_up()
        self.runtime.hub.unsubscribe(self.conn, channel)

    def missed(self, publications: int, told: Callable[[], Any] | None) -> None:
        """Count a gap, and tell the handler's callback, outside the flush."""
        self.runtime.stats.missed += publications
        if told is not None:
            self.runtime.call_soon(told)

    # -- the whole of it -----------------------------------------------------------------------

    async def run(self, handler: Callable[[], Awaitable[None]], accept: bool = True) -> None:
        """Accept, run the handler to its end, close, clean up."""
        task = self._task = asyncio.current_task()
        assert task is not None
        self.runtime.handlers.add(task)
        if self._offspring is None:
            self._offspring = Offspring()
        token = self._offspring.begin()
        self.began = True
        self.fire(Event.BEGUN)  # accepted early, it may be gone already
        ending = FAILED
        try:
            if accept:
                await self.accept(None, ())
            await handler()
            ending = DONE
        except BaseException as error:
            ending, answered = self._ending_after(error)
            if not answered:
                raise
        finally:
            OFFSPRING.reset(token)
            self.runtime.handlers.discard(task)
            if ending is not DONE or not self._parks():
                await self._finish(ending)

    def _parks(self) -> bool:
        """Whether the connection lives on though its handler has returned."""
        return False

    def _ending_after(self, error: BaseException) -> tuple[Closed, bool]:
        """What to close with after the handler raised, and whether that is all there is to do."""
        if isinstance(error, asyncio.CancelledError):
            cancelled = self._task is not None and self._task.cancelling() > 0
            return SHUTDOWN if cancelled else FAILED, self.state is State.CANCELLED
        settled = self._settled(error) if isinstance(error, Exception) else None
        return settled or FAILED, settled is not None

    def _settled(self, error: Exception) -> Closed | None:
        """What to close with after the handler's error; None if the framework answers it."""
        closed = self.conn.closed
        if says_disconnected(error):
            if closed is None:
                text = "a handler sent to another client that was gone, and so ended"
                log.error(text, exc_info=error)
            return FAILED
        if isinstance(error, LimitReached | BadChannel):
            log.warning("closing %s with %d: %s", self.conn.id, error.code, error)
            return Closed(error.code, close_reason(str(error)))
        if isinstance(error, BackplaneUnavailable) and self.conn.accepted:
            log.warning("closing %s with %d: %s", self.conn.id, error.code, error)
            return Closed(error.code, error.reason)  # the sentence has addresses of ours
        if isinstance(error, HTTPException) and self.conn.accepted:  # too late for an HTTP answer
            return after_accept(error)
        if self._framework_answers(error):
            if closed is None:
                self._flush()
                self.fire(Event.ANSWERED, said_by(error))
            return closed  # once it is closed, there is nothing left to answer
        if closed is not None:
            log.info("the handler of %s failed after its client had gone", self.conn.id)
        return None

    def _framework_answers(self, error: Exception) -> bool:
        """Whether the application has an exception handler for it, which then closes."""
        return self._handler_of(error) is not None

    def _handler_of(self, error: BaseException) -> Callable[..., Any] | None:
        """The application's exception handler for it."""
        handlers, _ = self.conn.http.scope.get("starlette.exception_handlers", ({}, {}))
        return next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)

    async def _finish(self, ending: Closed) -> None:
        if self.state is State.CANCELLED and self._task is not None:
            self._task.uncancel()
        self.fire(Event.RETURNED, ending)
        with anyio.CancelScope(shield=True):
            await self._through(self.close(ending))
            self.end(ending)  # in case that was cut short
            await self._through(self._reading_stopped())
            await self._through(self._end_offspring())
            callbacks, self.conn.callbacks = self.conn.callbacks, ()
            for callback in callbacks:
                await self._through(self._tell_disconnected(callback))
        self.fire(Event.TOLD)
        if self._interrupted:
            raise asyncio.CancelledError

    async def _through(self, step: Awaitable[None]) -> None:
        """Await a step of the end. A server that stops may cut it short, but not what follows."""
        task = asyncio.current_task()
        try:
            await step
        except asyncio.CancelledError:
            # A callback that awaits a task it has cancelled raises this, too.
            self._interrupted |= task is not None and task.cancelling() > 0

    async def abandon(self) -> None:
        """A dependency refused after accept: let go of everything. The framework closes."""
        self._flush()
        self.fire(Event.ABANDONED, Closed(CloseCode.FORBIDDEN, "refused after accept"))
        await self._reading_stopped()
        self.fire(Event.TOLD)

    async def _end_offspring(self) -> None:
        """``gather`` leaves the siblings of a task that failed running: grace, then cancel."""
        limits = self.deadlines
        if self._offspring is None:
            return
        stood = await self._offspring.end(self._is, limits.grace, limits.cleanup_timeout)
        if stood:
            log.warning("ended tasks that a handler %s\n    %s", LEFT, "\n    ".join(stood))

    def _is(self, value: Any) -> bool:
        return value is self.conn

    async def _reading_stopped(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait([self._pump])

    async def _tell_disconnected(self, callback: Callable[..., Any]) -> None:
        with anyio.move_on_after(self.deadlines.cleanup_timeout) as scope:
            try:
                result = callback(self.conn, self.conn.closed)
                if inspect.isawaitable(result):
                    await result
            except Exception:
                log.exception("on_disconnect of %s failed", self.conn.id)
        if scope.cancelled_caught:
            log.error("on_disconnect of %s took too long and was cancelled", self.conn.id)

    # -- the steps of the table ----------------------------------------------------------------

    @override
    def _begin(self) -> None:
        self.conn.accepted = True
        self.runtime.open(self.conn)
        self._listen()

    def _listen(self) -> None:
        """Take what the client sends from now on."""
        link = self.link
        assert isinstance(link, AsgiLink)
        link.on_lost = lambda code, reason: self.gone(Closed(code, reason))
        self.runtime.tuning.add(link.reach, link.bounded)
        self._pump = asyncio.get_running_loop().create_task(self._read())

    @override
    def _settle(self) -> None:
        self.conn.closed = self.conn.closed or self._ending  # a handshake that failed knows better
        self.conn.inbox.end()
        if self.conn.accepted:
            self.runtime.close(self.conn, self.conn.closed)

    @override
    def _drop(self) -> None:
        assert isinstance(self.link, AsgiLink)
        self.link.drop()

    @override
    def _stop_reading(self) -> None:
        if self._pump is not None:
            self._pump.cancel()

    @override
    def _say_goodbye(self) -> None:
        self.link.close(*self._ending)

    @override
    def _cancel(self) -> None:
        if self._task is not None:  # accepted early, it may not have begun
            self._task.cancel("holdfast: the client is gone")

    @override
    def _insist(self) -> None:
        if self._task is not None:
            log.error("the handler of %s ignores its cancellation", self.conn.id)
            self._task.uncancel()
            self._cancel()

    # -- inside --------------------------------------------------------------------------------

    def _flush(self) -> None:
        """The connection's own news first: what it is behind, and what is due next turn."""
        if self.conn.subscriptions:  # none before it is accepted, none once it is closed
            self.runtime.hub.catch_up(self.conn)
            self.runtime.hub.flush_connection(self.conn)

    async def _read(self) -> None:
        try:
            closed = await self.pump()
        except Exception as error:  # a server's own way to say that the client is gone
            log.debug("receive failed: %s", type(error).__name__)
            closed = Closed(CloseCode.ABNORMAL)
        self.gone(closed)
