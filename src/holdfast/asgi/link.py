"""A link over an ASGI ``send``: driven one step inside the flush, by a task only while it waits.

A writer task per connection costs more than the tutorial loop does (measured: 1.3 times). A
``send()`` that finishes in its first step, as it does while the socket takes what it is given,
needs no task at all. Stepped code has no current task, so a ``send`` that user middleware wraps
goes to a task each time (``steppable`` is false then).
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Sequence
from functools import partial
from typing import Any

from holdfast.asgi.reach import (
    Reach,
    Send,
    close_message,
    corkable,
    corked,
    reach,
    steppable,
    unbounded,
    unwrap,
)
from holdfast.asgi.render import Framer
from holdfast.backplane.port import size_of
from holdfast.errors import CloseCode
from holdfast.hub.link import Batch
from holdfast.sockets.kernel import overfull
from holdfast.sockets.watch import Watch

BURST = 128 * 1024  # bytes for such a server before it has had a turn
LATE = 0.5  # seconds that a server may tell of an end later than it refuses to send
POLL = 0.02  # seconds between two looks at a queue that the server does not bound

log = logging.getLogger("holdfast")


class AsgiLink:
    """Writes ASGI messages. ``paused`` while one of them has not been taken yet."""

    framer: Framer | None = None

    def __init__(self, send: Send, scope: Any, watch: Watch) -> None:
        raw = unwrap(send)
        self.paused = False
        self.closing = False
        self.stride = 0
        self.on_writable: Callable[[], None] = _nothing
        self.on_lost: Callable[[int, str], None] = _lost
        self.reach: Reach | None = reach(raw, scope)
        self._steps = steppable(raw)
        self._send = raw if self._steps else send
        self.bounded = not unbounded(raw)
        self._polls = not self.bounded and self.reach is not None
        self._corkable = corkable(raw) if self._steps else None
        self._watch = watch
        self._waiting: deque[Any] | None = None  # only while paused: empty, it takes 760 bytes
        self._burst = 0  # bytes given to a server that queues, since its kernel was last looked at
        self._queued = 0  # bytes that wait there, and of the message that is being sent
        self._task: asyncio.Task[None] | None = None
        self._dead = False
        self._free = self._steps and not self._polls  # a message may be stepped, nothing to check

    # -- what the hub calls --------------------------------------------------------------------

    def write(self, batches: Sequence[Batch]) -> None:
        """Write the batches' messages, in order. What is not taken at once waits here."""
        if len(batches) == 1 and len(batches[0].payload) == 1 and self._free:
            self._step(batches[0].payload[0])  # the commonest case, without the loops
        elif self._corkable is None:
            self._write(batches)
        else:
            with corked(self._corkable):
                self._write(batches)

    def _write(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            for message in batch.payload:
                if self._free:
                    self._step(message)
                else:
                    self.push(message)

    def close(self, code: int, reason: str) -> None:
        """Send a close frame after everything written; aborted if that takes too long."""
        if self._dead or self.closing:
            return
        self.push(self.goodbye(code, reason))
        self.closing = True
        self._free = False
        self._dead = not self.paused
        if self.unfinished:
            self._watch.add(self)

    def abort(self) -> None:
        """End the socket now, and whatever waits for it."""
        self._die()
        if self.reach is None or not self.reach.abort():
            log.warning("a socket could not be reached: its connection ends without a reset")

    # -- what the connection calls -------------------------------------------------------------

    def push(self, message: Any) -> None:
        """Write one ASGI message."""
        if self._dead or self.closing:
            return
        if self._waiting is not None:
            self._waiting.append(message)
            self._queued += _weight(message)
        elif not self._steps:
            self._pause(partial(self._deliver, message), message)
        else:
            self._step(message)

    def fileno(self) -> int:
        """The descriptor now, or -1."""
        return -1 if self.reach is None else self.reach.fileno()

    @property
    def outbox(self) -> int:
        """Bytes written that the socket has not taken: here, and in servers that can tell."""
        return self._queued + (self.reach.held() if self.reach is not None else 0)

    @property
    def unfinished(self) -> bool:
        """Whether something written has not left the process, the close frame for instance."""
        return self.paused or (self.reach is not None and self.reach.buffers())

    def goodbye(self, code: int, reason: str) -> Any:
        """The message that ends the connection."""
        return close_message(self._send, code, reason)

    def drop(self) -> None:
        """The other end is gone: forget what waits."""
        self._die()
        self.closing = True
        if self.unfinished:  # uvicorn's closing would wait for a peer that takes nothing
            self._watch.add(self)

    def forget(self) -> None:
        """Nothing will be written any more: let go of the server's objects."""
        if self._dead and self._task is None:
            self._send = _nowhere

    async def drained(self) -> None:
        """Return when nothing waits any more: it was sent, or the link is dead."""
        while self._task is not None:
            await asyncio.wait([self._task])

    def stuck(self, reason: str) -> None:
        """The watch found that the peer takes nothing."""
        self.abort()
        self.on_lost(CloseCode.SLOW, reason)

    # -- inside --------------------------------------------------------------------------------

    def _step(self, message: Any) -> None:
        coroutine = self._send(message)
        try:
            awaited = coroutine.send(None)
        except StopIteration:
            if self._polls:
                self._poll(message)
        except Exception as error:
            self._fail(error)
        else:
            self._pause(partial(Rest, coroutine, awaited), message)

    async def _deliver(self, message: Any) -> None:
        await self._send(message)

    def _pause(self, rest: Callable[[], Awaitable[None]], message: Any) -> None:
        self.paused = True
        self._free = False
        self._waiting = deque()
        self._queued = _weight(message)
        self._watch.add(self)
        self._task = asyncio.get_running_loop().create_task(self._drain(rest, self._queued))

    async def _drain(self, rest: Callable[[], Awaitable[None]], size: int) -> None:
        try:
            await rest()
            self._queued -= size
            while self._waiting:
                message = self._waiting.popleft()
                await self._send(message)
                self._queued -= _weight(message)
        except (Exception, asyncio.CancelledError) as error:  # cancelled: by the server, or dead
            self._task = None  # this one: not to be cancelled by what follows
            if not self._dead and isinstance(error, asyncio.CancelledError) and self.reach:
                self.reach.abort()  # the loop ends; hypercorn waits for the socket then
            self._fail(error)
        finally:
            self._task = None
            if not self.closing:
                self._watch.discard(self)
        if not self._dead:
            self._resume()

    def _resume(self) -> None:
        self.paused = False
        self._waiting = None
        self._queued = 0
        self._dead = self.closing
        self._free = self._steps and not self._polls and not self._dead
        self.on_writable()

    def _poll(self, message: Any) -> None:
        """A server without back-pressure: what the kernel still holds decides.

        Daphne gives it to the kernel after the turn only, so much in one turn is enough, too.
        """
        self._burst += _weight(message)
        if self.reach is not None and (self._burst > BURST or overfull(self.reach.fileno())):
            self._pause(partial(self._until_taken, self.reach), message)

    async def _until_taken(self, reach: Reach) -> None:
        await asyncio.sleep(0)
        while overfull(reach.fileno(), share=0.5) and not self._dead:
            await asyncio.sleep(POLL)
        self._burst = 0

    def _fail(self, error: BaseException) -> None:
        """The server refused a message: on most, its way to say that the client is gone."""
        if not self._dead:
            log.debug("send failed: %s", type(error).__name__)  # its text may hold the message
            self._die()
            # Daphne refuses a send before it tells of the close frame that was the reason.
            moment = 0.0 if self.bounded else LATE
            loop = asyncio.get_running_loop()
            loop.call_later(moment, self.on_lost, CloseCode.ABNORMAL, "")

    def _die(self) -> None:
        self._dead = True
        self._free = False
        if self._waiting is not None:
            self._waiting.clear()
        self._queued = 0
        self._watch.discard(self)
        if self._task is not None:
            self._task.cancel()
            self._task = None  # cancelled before its first step, it could not say so itself


class Rest:
    """The rest of a coroutine that was driven one step: what it awaited, then what follows."""

    __slots__ = ("_awaited", "_coroutine")

    def __init__(self, coroutine: Any, awaited: Any) -> None:
        self._coroutine = coroutine
        self._awaited = awaited

    def __await__(self) -> Generator[Any, Any, None]:
        # The future is untouched since it was yielded, so a task takes it as if just awaited.
        awaited = self._awaited
        while True:
            try:
                yield awaited
            except BaseException as error:
                step = partial(self._coroutine.throw, error)
            else:
                step = partial(self._coroutine.send, None)
            try:
                awaited = step()
            except StopIteration:
                return


def _weight(message: Any) -> int:
    return size_of(message.get("text") or message.get("bytes") or message.get("body") or b"")


def _nothing() -> None:
    pass


async def _nowhere(message: Any) -> None:
    pass


def _lost(code: int, reason: str) -> None:
    pass
