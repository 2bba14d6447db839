"""The sending side of a guarded connection: the server's ``send``, timed by its peer's progress.

Not an ``AsgiLink``: what the server raises must reach the handler, in the handler's own task.
"""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from holdfast.asgi.link import POLL, Rest
from holdfast.asgi.offspring import where
from holdfast.asgi.reach import Send, reach, unbounded, unwrap
from holdfast.sockets.kernel import overfull
from holdfast.sockets.watch import Watch

SENDS_PER_TURN = 64  # of one handler, before everyone else has a turn
RELEASE = 1.0  # seconds that a server has to end a send after its socket was aborted


class Outlet:
    """What the handlers of all connections call to write to one of them."""

    def __init__(
        self, send: Send, scope: Any, watch: Watch, on_stuck: Callable[[str, list[str]], None]
    ) -> None:
        self.raw_send = send
        self.reach = reach(unwrap(send), scope)
        self.bounded = not unbounded(send)
        self.closing = False
        self.stride = 0
        self._polls = not self.bounded and self.reach is not None
        self._watch = watch
        self._on_stuck = on_stuck
        self._sends = 0
        self._senders: set[asyncio.Task[Any]] = set()
        self._released: set[asyncio.Task[Any]] = set()

    async def send(self, message: Any) -> None:
        """Drive the server's send one step; only what does not finish at once is watched.

        Raises what the server raises. Returns also when it was given up.
        """
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

    def finish(self) -> None:
        """Nothing but a close frame will follow: what waits has ``close_timeout``."""
        self.closing = True
        if self.unfinished:  # a socket that takes nothing would keep its server from closing
            self._watch.add(self)

    def give_up(self) -> None:
        """The connection is over: end the sends that its server does not end."""
        if self._senders:
            asyncio.get_running_loop().call_later(RELEASE, self._release)

    def forget(self, instead: Send) -> None:
        """Nobody sends any more. What still waits has its deadline all the same."""
        self.raw_send = instead
        if not self.unfinished:
            self._on_stuck = _untold

    # -- what the watch asks and tells ---------------------------------------------------------

    def fileno(self) -> int:
        """The descriptor now, or -1."""
        return -1 if self.reach is None else self.reach.fileno()

    @property
    def unfinished(self) -> bool:
        """Whether something written has not left the process."""
        return bool(self._senders) or (self.reach is not None and self.reach.buffers())

    def stuck(self, reason: str) -> None:
        """The peer takes nothing: abort its socket, and end the sends to it."""
        stood = [line for task in self._senders for line in where(task)]
        reached = self.reach is not None and self.reach.abort()
        if not reached:
            reason += ", and its socket could not be reached"
        self._on_stuck(reason, stood)
        if not reached:  # then no server ends the sends to it
            self._release()

    # -- inside --------------------------------------------------------------------------------

    async def _watched(self, sending: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        if not self._senders:
            self._watch.add(self)
        self._senders.add(task)
        try:
            await sending
        except asyncio.CancelledError:
            if task not in self._released or task.uncancel() > 0:
                raise
        finally:
            self._senders.discard(task)
            self._released.discard(task)
            if not self._senders and not self.closing:
                self._watch.discard(self)

    async def _taken(self) -> None:
        """Daphne queues without bound: wait for the kernel's queue instead."""
        while not self.closing and self.reach is not None:
            if not overfull(self.reach.fileno(), share=0.5):
                break
            await asyncio.sleep(POLL)

    def _release(self) -> None:
        for task in self._senders:
            self._released.add(task)
            task.cancel("holdfast: the client is gone")


def _untold(reason: str, stood: list[str]) -> None:
    pass
