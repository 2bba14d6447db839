"""The bounded inbox of a connection, filled by its receive pump."""

import asyncio
from collections import deque

import msgspec

Frame = str | bytes


class InboxLimits(msgspec.Struct, frozen=True):
    """How much may wait for the handler: ``messages`` and ``bytes``, whichever comes first."""

    messages: int = 32
    bytes: int = 256 * 1024


class Inbox:
    """Frames in order of arrival. One pump puts, one handler takes."""

    __slots__ = ("_bytes", "_changed", "_frames", "_limits", "ended")

    def __init__(self, limits: InboxLimits) -> None:
        self._limits = limits
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._changed: asyncio.Future[None] | None = None
        self.ended = False

    @property
    def full(self) -> bool:
        """Whether the pump has to wait."""
        return len(self._frames) >= self._limits.messages or self._bytes >= self._limits.bytes

    def put(self, frame: Frame) -> None:
        """Add a frame. The pump waits with ``room`` while the inbox is full."""
        if not self.ended:
            self._frames.append(frame)
            self._bytes += len(frame)
            self._wake()

    async def take(self) -> Frame | None:
        """The next frame, or None once the inbox has ended and is empty."""
        while not self._frames:
            if self.ended:
                return None
            await self._change()
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        self._wake()
        return frame

    async def room(self, timeout: float) -> bool:
        """Wait until the inbox is no longer full; False after ``timeout`` seconds."""
        while self.full and not self.ended:
            try:
                await asyncio.wait_for(self._change(), timeout)
            except TimeoutError:
                return False
        return True

    def end(self) -> None:
        """No more frames will come; those that are there can still be taken."""
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)
        self._changed = None

    async def _change(self) -> None:
        if self._changed is None:
            self._changed = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._changed)
