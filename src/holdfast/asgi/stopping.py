"""Server-sent events end when uvicorn stops: it tells responses nothing, and waits for them.

A WebSocket is told 1012. A response without end would hold the process up for good (measured), and
the lifespan's end comes only after it. Uvicorn's own signal handler leads to the server, whose flag
is looked at while somebody listens; to put a handler of ours before it would be the ruder way.
"""

import asyncio
import signal
from typing import Any, Protocol

from holdfast.asgi.connection import Closed
from holdfast.errors import CloseCode

PERIOD = 0.25  # seconds between two looks


class Ending(Protocol):
    """A connection that can be ended from where nobody can wait."""

    def end(self, closed: Closed) -> None:
        """End it now."""


class Stopping:
    """The event streams of one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._open: set[Ending] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, life: Ending) -> None:
        """It is open."""
        self._open.add(life)
        if self._timer is None:
            self._timer = self._loop.call_later(PERIOD, self._look)

    def discard(self, life: Ending) -> None:
        """It is over."""
        self._open.discard(life)

    def _look(self) -> None:
        self._timer = None
        if uvicorn_stops():
            for life in list(self._open):
                life.end(Closed(CloseCode.SHUTDOWN, "server shutdown"))
        if self._open:
            self._timer = self._loop.call_later(PERIOD, self._look)


def uvicorn_stops() -> bool:
    """Whether the uvicorn that handles this process's signals was told to stop."""
    server: Any = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return type(server).__module__ == "uvicorn.server" and bool(server.should_exit)
