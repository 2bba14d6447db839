"""The life of an adopted connection: no task is about it while it is idle.

A handler that only reacts (an ``Endpoint``, a stream, a channel endpoint) is adopted where the
server has a link of its own: its ASGI call returns, and the connection lives on in the link and the
hub. What arrives then is handled in tasks, one after another, in the context that the call had.
"""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket
from typing_extensions import override

from holdfast.asgi.admission import Pass
from holdfast.asgi.adoption import note_adoption
from holdfast.asgi.codec import BadMessage
from holdfast.asgi.connection import Closed, Connection
from holdfast.asgi.entrance import pass_of
from holdfast.asgi.handshake import Handshake
from holdfast.asgi.inbox import TAKES_PER_TURN, Frame
from holdfast.asgi.lane import LaneLife, ServerLink, server_link
from holdfast.asgi.life import DONE, FAILED, SHUTDOWN
from holdfast.asgi.lifecycle import Event
from holdfast.asgi.offspring import OFFSPRING, Offspring
from holdfast.asgi.reach import hidden, sendable, unwrap
from holdfast.asgi.runtime import Runtime
from holdfast.asgi.websocket import WebSocketLife

log = logging.getLogger("holdfast")


def life_for(
    runtime: Runtime, conn: Connection[Any], websocket: WebSocket, reads: bool, adopts: bool
) -> WebSocketLife:
    """The life for a handshake. ``adopts``: its handler may be adopted, if it only reacts.

    Else a middleware that stands in a message's way is not passed by.
    """
    link = server_link(websocket)
    if link is None or (not adopts and hidden(unwrap(websocket._send))):
        return WebSocketLife(runtime, conn, websocket, reads)
    return (AdoptedLife if adopts else LaneLife)(runtime, conn, websocket, reads, link)


class AdoptedLife(LaneLife):
    """Ends its ASGI call when the handler stays, and goes on in tasks of its own."""

    __slots__ = ("_adopted", "_begun", "_context", "_idle", "_on_end", "_parked", "_pass", "_react")

    def __init__(
        self,
        runtime: Runtime,
        conn: Connection[Any],
        websocket: WebSocket,
        reads: bool,
        link: ServerLink,
    ) -> None:
        super().__init__(runtime, conn, websocket, reads, link)
        self._react: Callable[[Connection[Any], Any], Awaitable[None]] | None = None
        self._on_end: Callable[[Connection[Any]], None] | None = None
        self._adopted = False
        self._begun = False
        self._context: Context | None = None  # the adopting call's, if it is not the server's
        self._pass: Pass | None = None
        self._parked = False  # adopted, and no task is about it
        self._idle: asyncio.Future[bool] | None = None  # a task waits for the next message

    @override
    def frame(self, data: Frame) -> bool:
        more = super().frame(data)
        if self._idle is not None:
            self._nudge(True)
        elif self._parked and not self.conn.inbox.idle:
            self._spawn(self._handle())
        return more

    def _nudge(self, more: bool) -> None:
        idle, self._idle = self._idle, None
        if idle is not None and not idle.done():
            idle.set_result(more)

    def dismiss(self) -> None:
        """Nothing came for a while: the task that waits may end."""
        self._nudge(False)

    # -- adoption ------------------------------------------------------------------------------

    @override
    async def stay(
        self,
        react: Callable[[Connection[Any], Any], Awaitable[None]] | None,
        on_end: Callable[[Connection[Any]], None] | None = None,
    ) -> None:
        self._react = react or _ignore
        self._on_end = on_end

    @override
    def _parks(self) -> bool:
        if self._react is None or self.conn.closed is not None:
            return False
        if not self._adopted:
            self._adopt()
        self._task = None
        self._parked = True
        if self._offspring is not None and self._offspring.barren:
            self._offspring = None
        if not self.conn.inbox.idle:
            self._spawn(self._handle())
        return True

    def _adopt(self) -> None:
        """The ASGI call is about to return: keep what it would hand back, and little else."""
        websocket = self._websocket
        assert websocket is not None
        note_adoption(websocket.scope)
        self._pass = pass_of(websocket)
        self._pass.keep()
        self.conn.handshake = Handshake(websocket.scope)
        self._websocket = None
        context = copy_context()
        self._context = None if _same(context, self.link.context) else context
        self._adopted = True
        self.link.adopt()

    # -- tasks ---------------------------------------------------------------------------------

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._parked = False
        if self._offspring is None:
            self._offspring = Offspring()
        context = (self._context or self.link.context).copy()
        context.run(OFFSPRING.set, self._offspring)
        self._begun = False
        task = self._task = self.link.spawn(coroutine, context)
        self._offspring.go_on(task)
        self.runtime.handlers.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self.runtime.handlers.discard(task)
        if not self._begun:  # cancelled before its first step, so that it could end nothing
            self._parked = True
            self.fire(Event.CLOSED, SHUTDOWN)
            self._end_if_parked()

    async def _handle(self) -> None:
        """In a task: what waits in the inbox, and what comes until nothing did for a while."""
        self._begun = True
        ending = FAILED
        try:
            await self._handle_all()
            ending = DONE
        except BaseException as error:
            ending, answered = self._ending_after(error)
            if not answered:
                if isinstance(error, asyncio.CancelledError):
                    raise
                await self._answer(error)  # of SystemExit, too: a task's would end the process
        finally:
            if ending is not DONE or not self._parks():
                await self._finish(ending)

    async def _handle_all(self) -> None:
        conn, react, runtime = self.conn, self._react, self.runtime
        assert react is not None
        inbox, decoder, handled = conn.inbox, conn.settings.decoder, 0
        while True:
            while (frame := inbox.take_now()) is not None:
                try:
                    message = decoder(frame)
                except BadMessage as error:
                    await conn._answer(error)
                else:
                    conn._errors = 0
                    await react(conn, message)
                handled += 1
                if handled % TAKES_PER_TURN == 0:
                    await asyncio.sleep(0)  # nothing here suspends while messages wait
            if conn.closed is not None:
                return
            idle = self._idle = runtime.loop.create_future()
            runtime.lingering.add(self)
            if not await idle:
                return

    async def _answer(self, error: BaseException) -> None:
        """What the framework does with an error of a handler, where none stands above it."""
        handler = self._handler_of(error)
        if handler is None:
            log.error("a callback of %s failed", self.conn.id, exc_info=error)
            return
        kept = self.conn.handshake
        assert isinstance(kept, Handshake)
        websocket = kept.websocket(self._answer_with)
        try:
            if inspect.iscoroutinefunction(handler):
                await handler(websocket, error)
            else:
                await run_in_threadpool(handler, websocket, error)
        except Exception:
            log.exception("the handler of an exception failed")
        self.link.close(*self._ending)

    async def _answer_with(self, message: Any) -> None:
        """ASGI's ``send`` for the handler of an exception: ours is settled already."""
        if message["type"] == "websocket.close":
            self.link.close(*sendable(message.get("code"), message.get("reason")))
        else:
            self.push(message)

    # -- the end -------------------------------------------------------------------------------

    @override
    def _settle(self) -> None:
        super()._settle()
        self._nudge(True)

    @override
    def fire(self, event: Event, ending: Closed | None = None) -> bool:
        happened = super().fire(event, ending)
        self._end_if_parked()
        return happened

    def _end_if_parked(self) -> None:
        """Without a task about it, the end is for us to bring about; mostly nothing is to do."""
        if not self._parked or self.conn.closed is None:
            return
        self._parked = False
        if self._offspring is None and not self.conn.callbacks:
            self._leave()
            super().fire(Event.RETURNED)
            super().fire(Event.TOLD)
            self._let_go()
        else:
            self._spawn(self._end_parked())

    async def _end_parked(self) -> None:
        self._begun = True
        await self._finish(self._ending)

    @override
    async def _finish(self, ending: Closed) -> None:
        self._leave()
        try:
            await super()._finish(ending)
        finally:
            self._let_go()

    def _leave(self) -> None:
        if self._on_end is not None:
            self._on_end(self.conn)

    def _let_go(self) -> None:
        """Nothing is left to be done."""
        if self._pass is not None:  # it was adopted
            self._pass.leave()
            self.link.release()


def _same(context: Context, other: Context) -> bool:
    """Whether the same objects are in them; equal ones may be changed apart from each other."""
    if len(context) != len(other):
        return False
    return all(other.get(variable, other) is value for variable, value in context.items())


async def _ignore(conn: Connection[Any], message: Any) -> None:
    """A viewer's client has said something."""
