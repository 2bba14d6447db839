"""The bounded inbox of a connection, filled by its receive pump."""

import asyncio
from collections.abc import Callable

import msgspec

from holdfast.errors import ConfigurationError

Frame = str | bytes

TAKES_PER_TURN = 64


class InboxLimits(msgspec.Struct, frozen=True):
    """How much may wait for the handler: ``messages`` and ``bytes``, whichever comes first."""

    messages: int = 32
    bytes: int = 256 * 1024


class Inbox:
    """Frames in order of arrival. One pump puts, one handler takes."""

    __slots__ = (
        "_bytes",
        "_frames",
        "_limits",
        "_reader",
        "_taken",
        "_takes",
        "_writer",
        "ended",
        "on_idle",
        "on_taken",
    )

    def __init__(self, limits: InboxLimits) -> None:
        self._limits = limits
        # Short, and an empty deque takes 760 bytes. None until the first: many never get one.
        self._frames: list[Frame] | None = None
        self._bytes = 0
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None
        self._taken = False  # a frame was, and nothing asked for since
        self._takes = 0
        self.ended = False
        self.on_idle: Callable[[], None] | None = None
        """Called once, when the handler asks for more and there is nothing."""
        self.on_taken: Callable[[], None] | None = None
        """Called whenever a frame was taken."""

    @property
    def idle(self) -> bool:
        """Whether the handler has dealt with every frame so far."""
        return not self._frames and not self._taken

    @property
    def full(self) -> bool:
        """Whether the pump has to wait. One message alone may be larger than all together."""
        count = len(self._frames or ())
        return count >= self._limits.messages or (count > 1 and self._bytes >= self._limits.bytes)

    def put(self, frame: Frame) -> bool:
        """Add a frame; False if that is enough. The pump then waits with ``room``."""
        if not self.ended:
            if self._frames is None:
                self._frames = []
            self._frames.append(frame)
            self._bytes += len(frame)
            if self._reader is not None:
                _wake(self._reader)
        return not self.full

    async def take(self) -> Frame | None:
        """The next frame, or None once the inbox has ended and is empty."""
        if self._takes % TAKES_PER_TURN == TAKES_PER_TURN - 1:
            await asyncio.sleep(0)  # nothing below suspends while frames wait
        while (frame := self.take_now()) is None:
            if self.ended:
                # A loop that swallows the end and asks again must leave others their turns, and
                # has to suspend somewhere for its cancellation to land.
                await asyncio.sleep(0)
                return None
            if self._reader is not None and not self._reader.done():
                raise ConfigurationError(
                    "two tasks read from one connection: read in one, and hand messages on"
                )
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return frame

    def take_now(self) -> Frame | None:
        """The next frame, or None if there is none yet."""
        if not self._frames:
            self._taken = False
            if self.on_idle is not None:
                told, self.on_idle = self.on_idle, None
                told()
            return None
        self._taken = True
        self._takes += 1
        frame = self._frames.pop(0)
        self._bytes -= len(frame)
        _wake(self._writer)
        if self.on_taken is not None:
            self.on_taken()
        return frame

    async def room(self, timeout: float) -> bool:
        """Wait until the inbox is no longer full; False after ``timeout`` seconds."""
        while self.full and not self.ended:
            self._writer = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(self._writer, timeout)
            except TimeoutError:
                return False
        return True

    def end(self) -> None:
        """No more frames will come; those that are there can still be taken."""
        self.ended = True
        _wake(self._reader)
        _wake(self._writer)


def _wake(waiter: "asyncio.Future[None] | None") -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)
