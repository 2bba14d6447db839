"""What a client may send: each frame is looked at before it waits for the handler."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from holdfast.asgi.connection import Closed
from holdfast.asgi.inbox import Frame, Inbox
from holdfast.asgi.limits import Bucket, Limits
from holdfast.asgi.reach import unwrap
from holdfast.errors import CloseCode

QUIET = 0.1  # seconds after which a server has handed over what it had read


Receive = Callable[[], Awaitable[Any]]
Put = Callable[[Frame], Awaitable[Closed | None]]


class Intake:
    """What one connection receives, and its limits; held by the task that receives.

    >>> closed = await intake.pump(receive, put, life.end)
    """

    __slots__ = ("_bucket", "_limits", "_loop", "_timer", "heard_all")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._bucket = Bucket(limits.rate, self._loop.time()) if limits.rate else None
        self._timer: asyncio.TimerHandle | None = None
        self.heard_all = False
        """Whether the server has said how the client went."""

    async def pump(self, receive: Receive, put: Put, refuse: Callable[[Closed], None]) -> Closed:
        """Read until the client is gone, or has to go; returns how.

        ``put`` lets a frame wait for the handler, or says how to close; ``refuse`` does that.
        """
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    self.heard_all = True
                    code = message.get("code") or CloseCode.ABNORMAL
                    return Closed(code, message.get("reason") or "")
                text = message.get("text")
                frame = message.get("bytes") or b"" if text is None else text
                closed = self.check(frame) or await put(frame)
                if closed is not None:
                    refuse(closed)
                    return closed
        finally:
            self.stop()

    def check(self, frame: Frame) -> Closed | None:
        """How to close for this frame; None if it may pass."""
        if self._timer is not None:
            self.stop()
        limit = self._limits.message_bytes
        if limit is not None and len(frame) * 4 > limit and (size := size_of(frame)) > limit:
            return Closed(CloseCode.TOO_BIG, f"a message of {size} bytes, the limit is {limit}")
        if self._bucket is not None and not self._bucket.take(self._loop.time()):
            rate = self._limits.rate
            assert rate is not None
            reason = f"more than {rate.per_second:g} messages a second"
            return Closed(CloseCode.FLOOD, reason)
        return None

    def expect(self, late: Callable[[Closed], None]) -> None:
        """Call ``late`` with how to close unless a frame comes within ``first_message`` seconds."""
        seconds = self._limits.first_message
        if seconds is not None:
            closed = Closed(CloseCode.STALE, f"no message within {seconds:g} s")
            self._timer = self._loop.call_later(seconds, late, closed)

    def stop(self) -> None:
        """A frame has come, or none will be read any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def offer(inbox: Inbox, frame: Frame, timeout: float) -> Closed | None:
    """Let a frame wait; returns how to close if the handler took none for ``timeout`` seconds."""
    inbox.put(frame)
    return overrun(timeout) if inbox.full and not await inbox.room(timeout) else None


def overrun(timeout: float) -> Closed:
    """How one is closed whose handler took nothing of a full inbox for so many seconds."""
    return Closed(CloseCode.FLOOD, f"the handler read nothing for {timeout:g} s")


def handed_on(frame: Frame | None, closed: Closed | None) -> Any:
    """The ASGI message for a handler that receives by itself: a frame, or the end."""
    if frame is None:
        code, reason = closed or Closed(CloseCode.ABNORMAL)
        return {"type": "websocket.disconnect", "code": code, "reason": reason}
    return {"type": "websocket.receive", "text" if isinstance(frame, str) else "bytes": frame}


async def read_out(receive: Receive, send: Any, within: float) -> None:
    """Take what the server has still read of a connection that we have closed: for hypercorn.

    It ends no socket while something is unreceived: a client that was closed for a flood kept its
    own as long as it liked (measured). ``within`` so many seconds it is over in any case.
    """
    owner = getattr(unwrap(send), "__self__", None)
    if not type(owner).__module__.startswith("hypercorn."):
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while (await asyncio.wait_for(receive(), QUIET))["type"] != "websocket.disconnect":
                pass


def size_of(frame: Frame) -> int:
    """Bytes of a frame's payload; text travels as UTF-8 (RFC 6455 section 5.6)."""
    return len(frame) if isinstance(frame, bytes) or frame.isascii() else len(frame.encode())
