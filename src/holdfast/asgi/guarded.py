"""One connection of a handler that is not ours, under ``HoldfastGuard``.

The handler keeps its ``WebSocket``; what it calls ``receive`` and ``send`` is ours. A pump reads
all the time into a bounded inbox; a send is timed by the peer's progress; the life cycle is the
table that our own connections are moved by.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect
from typing_extensions import override

from holdfast.asgi.admission import Pass
from holdfast.asgi.connection import Closed
from holdfast.asgi.deadlines import Deadlines
from holdfast.asgi.gate import send_refusal
from holdfast.asgi.inbox import Frame, Inbox, InboxLimits
from holdfast.asgi.intake import Intake, handed_on, offer, read_out
from holdfast.asgi.lifecycle import Event, LifeCycle, State
from holdfast.asgi.limits import Limits
from holdfast.asgi.offspring import LEFT, OFFSPRING, Offspring, where
from holdfast.asgi.outlet import RELEASE, Outlet
from holdfast.asgi.reach import Send, Wrapped, can_respond, close_message, sendable
from holdfast.asgi.rescue import Kind, Rescues, endpoint_of
from holdfast.errors import REASON_LIMIT, CloseCode
from holdfast.sockets.watch import Watch

Finish = Callable[[Closed], Awaitable[None]]

GUARD = "holdfast.guard"  # the key in the scope

log = logging.getLogger("holdfast")


class Keeper(Protocol):
    """What the connections of one event loop share."""

    deadlines: Deadlines
    inbox: InboxLimits
    limits: Limits
    watch: Watch
    rescues: Rescues

    def opened(self, guarded: "Guarded") -> None:
        """It was accepted."""

    def ended(self, guarded: "Guarded") -> None:
        """It is over."""


class Guarded(LifeCycle, Wrapped):
    """Stands between one handler and its server."""

    def __init__(
        self, keeper: Keeper, entered: Pass, scope: Any, receive: Callable[[], Any], send: Send
    ) -> None:
        super().__init__(keeper.deadlines)
        self.keeper = keeper
        self.entered = entered
        self.scope = scope
        self.raw_send = send
        self.closed: Closed | None = None
        self.outlet = Outlet(send, scope, keeper.watch, self._stuck)
        self._receive = receive
        self._inbox = Inbox(keeper.inbox)
        self._reading = asyncio.Lock()
        self._read_once = False
        self._intake = Intake(keeper.limits)
        self._aside = False
        self._interrupted: asyncio.CancelledError | None = None
        self._finish_aside: Finish | None = None
        self.answered = False
        self._task: asyncio.Task[Any] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._goodbye: asyncio.Task[None] | None = None
        self._offspring = Offspring()
        self._since = asyncio.get_running_loop().time()

    # -- what the handler calls ----------------------------------------------------------------

    async def receive(self) -> Any:
        """The ASGI ``receive`` of the handler."""
        if self._aside or self.state is State.HANDSHAKE:
            return await self._receive()
        self._read_once = True
        async with self._reading:  # two readers get a message each, on every server
            frame = await self._inbox.take()
        return handed_on(frame, self.closed)

    async def send(self, message: Any) -> None:
        """The ASGI ``send`` of the handler."""
        kind = message["type"]
        if self._aside:
            await self.raw_send(message)
        elif kind == "websocket.send":
            await self._send(message)
        elif kind == "websocket.accept":
            await self._accept(message)
        elif kind == "websocket.close" and self.state is not State.HANDSHAKE:
            await self._close(message)
        else:  # the handshake is refused
            self.answered = True
            await send_refusal(self.raw_send, message)

    def stand_aside(self, finish: Finish | None) -> None:
        """Holdfast's own endpoints do all this by themselves, and count themselves.

        Those that did not pass a gate of theirs give ``finish``, which is called at the end.
        """
        self._aside = True
        self._finish_aside = finish
        self.entered.stop_clock()
        if finish is None:
            self.entered.leave()

    # -- the whole of it -----------------------------------------------------------------------

    async def run(self, app: Any) -> None:
        """Run the handler to its end, close, clean up."""
        task = self._task = asyncio.current_task()
        assert task is not None
        token = self._offspring.begin()
        ending, failed = Closed(CloseCode.INTERNAL, "internal error"), True
        try:
            await app(self.scope, self.receive, self.send)
            ending, failed = Closed(CloseCode.NORMAL), False
        except asyncio.CancelledError as error:
            if not task.cancelling():  # of something that the handler awaited
                raise
            ending = Closed(CloseCode.RESTART, "server shutdown")
            self._interrupted = error  # this one: by its text anyio knows the scope
        except Exception as error:
            if self.state is State.OPEN or not _says_gone(error):
                raise
        finally:
            OFFSPRING.reset(token)
            try:
                await self._finish(ending, failed)
            finally:
                self._forget()
        interrupted, self._interrupted = self._interrupted, None
        try:
            if interrupted is not None and task.cancelling():
                raise interrupted  # the server's; what was ours, has been taken back
        finally:
            del interrupted  # it knows this frame

    async def _finish(self, ending: Closed, failed: bool) -> None:
        if self._aside:
            if self._finish_aside is not None:
                await self._finish_aside(ending)
            return
        if self.state is State.CANCELLED and self._task is not None:
            self._task.uncancel()
        if self.state is State.HANDSHAKE and not self.answered:
            # A server whose handler failed answers by itself, but for daphne, which lets it wait.
            if not failed or not can_respond(self.scope):
                self.answered = True
                await self._through(self.raw_send({"type": "websocket.close", "code": 1000}))
        self.fire(Event.RETURNED, ending)
        self.fire(Event.CLOSED, ending)
        await self._through(self._until(self._goodbye, self._pump))
        if self._pump is not None and not self._intake.heard_all:
            within = self.deadlines.close_timeout
            await self._through(read_out(self._receive, self.raw_send, within))
        await self._through(self._end_offspring())
        self.fire(Event.TOLD)

    async def _through(self, step: Awaitable[None]) -> None:
        """Await a step of the end. A server that stops may cut it short, but not what follows."""
        try:
            await step
        except asyncio.CancelledError as error:
            self._interrupted = error
        except OSError as error:  # gone, so it needs no answer
            log.debug("no answer: %s", type(error).__name__)

    def _forget(self) -> None:
        """Leave no cycle for the collector: granian closes what nothing refers to any more."""
        if self.scope.get(GUARD) is self:
            del self.scope[GUARD]
        self._task = self._pump = self._goodbye = self._finish_aside = None
        self._receive = self.raw_send = _over
        self.outlet.forget(_over)

    async def _until(self, *tasks: "asyncio.Task[None] | None") -> None:
        running = [task for task in tasks if task is not None and not task.done()]
        try:
            if running:
                await asyncio.wait(running, timeout=self.deadlines.close_timeout + RELEASE)
        finally:
            for task in running:
                task.cancel()

    async def _end_offspring(self) -> None:
        """What ``gather`` or the handler left running: grace, then cancel."""
        if self._outlives():
            return
        stopping = self._task is not None and self._task.cancelling() > 0  # the server, that is
        grace = 0.0 if stopping else self.deadlines.grace
        stood = await self._offspring.end(self._is, grace, self.deadlines.cleanup_timeout)
        if stood:
            text = f"ended tasks that it {LEFT}"
            self._note(Kind.LEFT_TASKS, text, stood)

    def _is(self, value: Any) -> bool:
        return isinstance(value, HTTPConnection) and value.scope.get(GUARD) is self

    # -- accept, send, close -------------------------------------------------------------------

    async def _accept(self, message: Any) -> None:
        self.answered = True
        self.entered.stop_clock()
        try:
            await self.raw_send(message)
        except OSError as error:
            self._ending = Closed(CloseCode.ABNORMAL)
            raise WebSocketDisconnect(CloseCode.ABNORMAL, "gone during the handshake") from error
        if not self.fire(Event.ACCEPTED):  # its handler has ended meanwhile
            await self.raw_send({"type": "websocket.close", "code": CloseCode.INTERNAL})

    async def _send(self, message: Any) -> None:
        if self.closed is None:
            try:
                await self.outlet.send(message)
            except (OSError, RuntimeError) as error:  # the latter: uvicorn, after it has closed
                log.debug("send failed: %s", type(error).__name__)
                await asyncio.sleep(0)  # the pump may know how it ended
                self.fire(Event.GONE, Closed(CloseCode.ABNORMAL))
        if self.closed is not None:
            self._tell_gone(self.closed)

    def _tell_gone(self, closed: Closed) -> None:
        if self._offspring.concerns_caller():
            raise WebSocketDisconnect(*closed)
        text = (
            "another handler sent to this client, which is gone: dropped. Take it out of your list "
            "in a `finally`"
        )
        self._note(Kind.SENT_TO_GONE, text)

    async def _close(self, message: Any) -> None:
        code, reason = message.get("code"), message.get("reason") or ""
        closed = Closed(*sendable(code, reason))
        if closed.code != (code or CloseCode.NORMAL):
            text = f"{code!r} is no code that a close frame may carry: closed with {closed.code}"
            self._note(Kind.BAD_CLOSE, text)
        elif closed.reason != reason:
            text = f"a close reason holds at most {REASON_LIMIT} bytes: cut"
            self._note(Kind.BAD_CLOSE, text)
        self.fire(Event.CLOSED, closed)
        await self._until(self._goodbye)

    # -- the steps of the table ----------------------------------------------------------------

    @override
    def _begin(self) -> None:
        self._since = asyncio.get_running_loop().time()
        self.keeper.opened(self)
        self._pump = asyncio.get_running_loop().create_task(self._read())

    @override
    def _settle(self) -> None:
        self.closed = self._ending
        self._inbox.end()
        self.keeper.ended(self)
        self.outlet.finish()

    @override
    def _drop(self) -> None:
        self.outlet.give_up()

    @override
    def _stop_reading(self) -> None:
        if self._pump is not None:
            self._pump.cancel()

    @override
    def _say_goodbye(self) -> None:
        self._goodbye = asyncio.get_running_loop().create_task(self._send_close(*self._ending))

    @override
    def _cancel(self) -> None:
        if self._task is not None and not self._outlives():
            text = (
                "cancelled: its client was gone. Receive beside what it does, or @outlives_client"
            )
            self._note(Kind.CANCELLED, text, where(self._task))
            self._task.cancel("holdfast: the client is gone")

    @override
    def _insist(self) -> None:
        if self._task is not None and not self._outlives():
            text = "catches its cancellation and goes on: let CancelledError pass"
            self._note(Kind.UNSTOPPABLE, text, where(self._task))
            self._task.uncancel()
            self._task.cancel("holdfast: the client is gone")

    # -- inside --------------------------------------------------------------------------------

    async def _read(self) -> None:
        self._intake.expect(self._refuse)
        try:
            closed = await self._intake.pump(self._receive, self._put, self._refuse)
        except Exception as error:  # a server's own way to say that the client is gone
            log.debug("receive failed: %s", type(error).__name__)
            closed = Closed(CloseCode.ABNORMAL)
        self.fire(Event.GONE, closed)

    async def _put(self, frame: Frame) -> Closed | None:
        """Let it wait for the handler; returns how to close if that takes too long."""
        if self._read_once:
            return await offer(self._inbox, frame, self.deadlines.inbox_timeout)
        if self._inbox.full:
            self._note(Kind.UNREAD, "never receives, and its client sends: dropped")
        else:
            self._inbox.put(frame)
        return None

    def _refuse(self, closed: Closed) -> None:
        """The client is too much for its handler, or for the limits."""
        stood = where(self._task) if self._task is not None else None
        self._note(Kind.FLOOD, f"{closed.reason}: closed with {int(closed.code)}", stood)
        self.fire(Event.CLOSED, closed)

    async def _send_close(self, code: int, reason: str) -> None:
        if self._pump is not None and not self._pump.done():
            await asyncio.wait([self._pump])  # granian sends no close while a task receives
        try:
            await self.outlet.send(close_message(self.raw_send, code, reason))
        except (Exception, asyncio.CancelledError) as error:
            log.debug("close failed: %s", type(error).__name__)
            if self.outlet.reach is not None:  # else it would stay open; or the loop ends
                self.outlet.reach.abort()
            if isinstance(error, asyncio.CancelledError):
                raise

    def _stuck(self, reason: str, stood: list[str]) -> None:
        self._note(Kind.STUCK_SEND, f"{reason}: aborted", stood)
        self.fire(Event.GONE, Closed(CloseCode.SLOW, reason))

    def _outlives(self) -> bool:
        endpoint = self.scope.get("endpoint")
        return getattr(endpoint, "__holdfast_outlives_client__", False)

    def _note(self, kind: Kind, text: str, stood: list[str] | None = None) -> None:
        age = asyncio.get_running_loop().time() - self._since
        self.keeper.rescues.note(endpoint_of(self.scope), kind, text, age, stood)


def stand_aside(scope: Any, finish: Finish | None = None) -> Limits | None:
    """A guard in front of this connection leaves it to us; returns its limits, if there is one.

    ``finish`` is then called with how it ends, once its handler is over.
    """
    guarded = scope.get(GUARD)
    if not isinstance(guarded, Guarded):
        return None
    guarded.stand_aside(finish)
    return guarded.keeper.limits


def _says_gone(error: BaseException) -> bool:
    """Whether it only says that the client is gone, by whatever name this Starlette has."""
    if isinstance(error, ExceptionGroup):
        return all(_says_gone(inner) for inner in error.exceptions)
    return isinstance(error, WebSocketDisconnect) or type(error).__name__ == "WebSocketDisconnected"


async def _over(*message: Any) -> Any:
    raise WebSocketDisconnect(CloseCode.ABNORMAL, "the handler has returned")
