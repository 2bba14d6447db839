"""One connection of a handler that is not ours, under ``HoldfastGuard``.

The handler keeps its ``WebSocket``; what it calls ``receive`` and ``send`` is ours. A pump reads
all the time into a bounded inbox; a send is timed by the peer's progress; the life cycle is the
table that our own connections are moved by.
"""

import asyncio
import inspect
import logging
from collections.abc import Callable
from typing import Any, Protocol

from starlette.websockets import WebSocketDisconnect
from typing_extensions import override

from holdfast.asgi.connection import Closed, check_close
from holdfast.asgi.inbox import Inbox, InboxLimits
from holdfast.asgi.lifecycle import Event, LifeCycle, State
from holdfast.asgi.link import POLL, Rest
from holdfast.asgi.offspring import OFFSPRING, Offspring, where
from holdfast.asgi.reach import (
    Send,
    Wrapped,
    can_respond,
    close_message,
    overfull,
    reach,
    unbounded,
    unwrap,
)
from holdfast.asgi.rescue import Kind, Rescues
from holdfast.asgi.watch import Deadlines, Watch
from holdfast.errors import CloseCode, close_reason

GUARD = "holdfast.guard"  # the key in the scope
SENDS_PER_TURN = 64  # of one handler, before everyone else has a turn
RELEASE = 1.0  # seconds that a server has to end a send after its socket was aborted

log = logging.getLogger("holdfast")


class Keeper(Protocol):
    """What the connections of one event loop share."""

    deadlines: Deadlines
    inbox: InboxLimits
    watch: Watch
    rescues: Rescues

    def opened(self, guarded: "Guarded") -> None:
        """It was accepted."""

    def ended(self, guarded: "Guarded") -> None:
        """It is over, or not ours to guard."""


class Guarded(LifeCycle, Wrapped):
    """Stands between one handler and its server."""

    def __init__(self, keeper: Keeper, scope: Any, receive: Callable[[], Any], send: Send) -> None:
        super().__init__(keeper.deadlines)
        self.keeper = keeper
        self.scope = scope
        self.raw_send = send
        self.closed: Closed | None = None
        self.reach = reach(unwrap(send), scope)
        self.closing = False
        self.stride = 0
        self._receive = receive
        self._polls = unbounded(send) and self.reach is not None
        self._inbox = Inbox(keeper.inbox)
        self._reading = asyncio.Lock()
        self._read_once = False
        self._aside = False
        self._answered = False
        self._sends = 0
        self._sending: set[asyncio.Task[Any]] = set()
        self._released: set[asyncio.Task[Any]] = set()
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
        if frame is None:
            closed = self.closed or Closed(CloseCode.ABNORMAL)
            return {"type": "websocket.disconnect", "code": closed.code, "reason": closed.reason}
        return {"type": "websocket.receive", "text" if isinstance(frame, str) else "bytes": frame}

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
            self._answered = True
            await self.raw_send(message)

    def stand_aside(self) -> None:
        """The endpoint is one of Holdfast's own, which does all this by itself."""
        self._aside = True
        self.keeper.ended(self)

    # -- the whole of it -----------------------------------------------------------------------

    async def run(self, app: Any) -> None:
        """Run the handler to its end, close, clean up."""
        self._task = asyncio.current_task()
        token = OFFSPRING.set(self._offspring)
        ending = Closed(CloseCode.INTERNAL, "internal error")
        failed = True
        try:
            await app(self.scope, self.receive, self.send)
            ending, failed = Closed(CloseCode.NORMAL), False
        except asyncio.CancelledError:
            ending = Closed(CloseCode.RESTART, "server shutdown")
            if self.state is not State.CANCELLED:
                raise
        except Exception as error:
            if self.state is State.OPEN or not _says_gone(error):
                raise
        finally:
            OFFSPRING.reset(token)
            await self._finish(ending, failed)

    async def _finish(self, ending: Closed, failed: bool) -> None:
        if self._aside:
            return
        if self.state is State.CANCELLED and self._task is not None:
            self._task.uncancel()
        if self.state is State.HANDSHAKE and not self._answered:
            # A server whose handler failed answers by itself, but for daphne, which lets it wait.
            if not failed or not can_respond(self.scope):
                await self.raw_send({"type": "websocket.close", "code": 1000})
        self.fire(Event.RETURNED, ending)
        self.fire(Event.CLOSED, ending)
        await self._until(self._goodbye, self._pump)
        await self._end_offspring()
        self.fire(Event.TOLD)
        self._receive = self.raw_send = _over  # granian closes what nothing refers to any more

    async def _until(self, *tasks: "asyncio.Task[None] | None") -> None:
        running = [task for task in tasks if task is not None and not task.done()]
        if running:
            await asyncio.wait(running, timeout=self.deadlines.close_timeout + RELEASE)
            for task in running:
                task.cancel()

    async def _end_offspring(self) -> None:
        """What ``gather`` or the handler left running: grace, then cancel."""
        tasks = self._offspring.running(GUARD, self)
        if not tasks:
            return
        _, left = await asyncio.wait(tasks, timeout=self.deadlines.grace)
        if left and not self._outlives():
            stood = [line for task in left for line in where(task)]
            text = (
                f"ended {len(left)} task(s) that the handler left running: make them in a "
                "TaskGroup, or cancel them in a finally"
            )
            self._note(Kind.LEFT_TASKS, text, stood)
            for task in left:
                task.cancel("holdfast: the connection is over")
            await asyncio.wait(left, timeout=self.deadlines.cleanup_timeout)

    # -- accept, send, close -------------------------------------------------------------------

    async def _accept(self, message: Any) -> None:
        self._answered = True
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
                await self._forward(message)
            except OSError as error:
                log.debug("send failed: %r", error)
                self.fire(Event.GONE, Closed(CloseCode.ABNORMAL))
        if self.closed is not None:
            self._tell_gone(self.closed)

    async def _forward(self, message: Any) -> None:
        """Drive the server's send one step; only what does not finish at once is watched."""
        self._sends += 1
        if self._polls or self._sends % SENDS_PER_TURN == 0:  # else a tight loop stops the process
            await asyncio.sleep(0)
        sending = self.raw_send(message)
        if not inspect.iscoroutine(sending):  # granian's is a future
            await self._watched(sending)
            return
        try:
            awaited = sending.send(None)
        except StopIteration:
            if self._polls and self.reach is not None and overfull(self.reach.fileno()):
                await self._watched(self._taken())
        else:
            await self._watched(Rest(sending, awaited))

    async def _watched(self, sending: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        if not self._sending:
            self.keeper.watch.add(self)
        self._sending.add(task)
        try:
            await sending
        except asyncio.CancelledError:
            if task not in self._released or task.uncancel() > 0:
                raise
        finally:
            self._sending.discard(task)
            self._released.discard(task)
            if not self._sending and not self.closing:
                self.keeper.watch.discard(self)

    async def _taken(self) -> None:
        """Daphne queues without bound: wait for the kernel's queue instead."""
        while self.closed is None and self.reach is not None:
            if not overfull(self.reach.fileno(), share=0.5):
                break
            await asyncio.sleep(POLL)

    def _tell_gone(self, closed: Closed) -> None:
        """Raise in the handler whose client it is, and where no handler is; else say it in the log.

        A broadcast in another's handler would end that one: the tutorial's except does.
        """
        caller = OFFSPRING.get()
        if caller is None or caller is self._offspring:
            raise WebSocketDisconnect(*closed)
        text = (
            "another handler sent to this client, which is gone: dropped. Take it out of your list "
            "in a `finally`"
        )
        self._note(Kind.SENT_TO_GONE, text)

    async def _close(self, message: Any) -> None:
        code, reason = message.get("code", CloseCode.NORMAL), message.get("reason") or ""
        try:
            check_close(code, reason)
        except ValueError as error:
            self._note(Kind.BAD_CLOSE, f"closed with what no close frame may carry: {error}")
            code = code if code in (1000, 1001) or 3000 <= code <= 4999 else CloseCode.INTERNAL
        self.fire(Event.CLOSED, Closed(code, close_reason(reason)))
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
        self.closing = True
        if self.unfinished:  # a socket that takes nothing would keep its server from closing
            self.keeper.watch.add(self)

    @override
    def _drop(self) -> None:
        if self._sending:
            asyncio.get_running_loop().call_later(RELEASE, self._release)

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

    # -- what the watch asks and tells ---------------------------------------------------------

    @property
    def unfinished(self) -> bool:
        """Whether something written has not left the process."""
        return bool(self._sending) or (self.reach is not None and self.reach.buffers())

    def stuck(self, reason: str) -> None:
        """The watch found that the peer takes nothing."""
        reached = self.reach is not None and self.reach.abort()
        if self._sending:
            stood = [line for task in self._sending for line in where(task)]
            self._note(Kind.STUCK_SEND, f"{reason}: aborted", stood)
        if not reached:
            log.warning("a socket could not be reached: its connection ends without a reset")
        self.fire(Event.GONE, Closed(CloseCode.SLOW, reason))
        self._drop()

    # -- inside --------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            closed = await self._pump_frames()
        except Exception as error:  # a server's own way to say that the client is gone
            log.debug("receive failed: %r", error)
            closed = Closed(CloseCode.ABNORMAL)
        self.fire(Event.GONE, closed)

    async def _pump_frames(self) -> Closed:
        timeout = self.deadlines.inbox_timeout
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                code = message.get("code") or CloseCode.ABNORMAL
                return Closed(code, message.get("reason") or "")
            text = message.get("text")
            if self._inbox.full and not self._read_once:
                self._note(Kind.UNREAD, "never receives, and its client sends: dropped")
                continue
            self._inbox.put(message.get("bytes") or b"" if text is None else text)
            while self._inbox.full and self._read_once:
                if await self._inbox.room(timeout):
                    continue
                reason = f"the handler read nothing for {timeout:g} s"
                self._note(Kind.FLOOD, reason, where(self._task) if self._task else None)
                self.fire(Event.CLOSED, Closed(CloseCode.FLOOD, reason))
                return Closed(CloseCode.FLOOD)

    async def _send_close(self, code: int, reason: str) -> None:
        if self._pump is not None and not self._pump.done():
            await asyncio.wait([self._pump])  # granian sends no close while a task receives
        try:
            await self._forward(close_message(self.raw_send, code, reason))
        except Exception as error:
            log.debug("close failed: %r", error)
            if self.reach is not None:  # else it would stay open
                self.reach.abort()

    def _release(self) -> None:
        """The server did not end a send whose socket was aborted, or could not be reached."""
        for task in self._sending:
            self._released.add(task)
            task.cancel("holdfast: the client is gone")

    def _outlives(self) -> bool:
        endpoint = self.scope.get("endpoint")
        return getattr(endpoint, "__holdfast_outlives_client__", False)

    def _note(self, kind: Kind, text: str, stood: list[str] | None = None) -> None:
        age = asyncio.get_running_loop().time() - self._since
        self.keeper.rescues.note(_endpoint(self.scope), kind, text, age, stood)


def stand_aside(scope: Any) -> None:
    """A guard in front of this handshake leaves it to us, if there is one."""
    guarded = scope.get(GUARD)
    if isinstance(guarded, Guarded):
        guarded.stand_aside()


def _endpoint(scope: Any) -> str:
    """The route's template and the function: no path, which would be another one each time."""
    route, endpoint = scope.get("route"), scope.get("endpoint")
    path = getattr(route, "path", "") or scope["path"]
    name = getattr(endpoint, "__qualname__", "")
    return f"{path} ({name})" if name else str(path)


def _says_gone(error: BaseException) -> bool:
    """Whether it only says that the client is gone, by whatever name this Starlette has."""
    if isinstance(error, ExceptionGroup):
        return all(_says_gone(inner) for inner in error.exceptions)
    return isinstance(error, WebSocketDisconnect) or type(error).__name__ == "WebSocketDisconnected"


async def _over(*message: Any) -> Any:
    raise WebSocketDisconnect(CloseCode.ABNORMAL, "the handler has returned")
