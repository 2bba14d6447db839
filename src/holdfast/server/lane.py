"""What all connections of one uvicorn server share."""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from contextvars import Context, copy_context
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from holdfast.server.wheel import Wheel
from holdfast.sockets.watch import Watch

LANE = "holdfast_lane"  # the attribute of uvicorn's state that keeps it


class Patience:
    """How long things may take, in seconds, for connections that say nothing else."""

    send_timeout = 5.0
    blind_timeout = 30.0
    close_timeout = 5.0


class Lane:
    """One server on one event loop: made with its first WebSocket."""

    def __init__(
        self,
        config: Config,
        state: ServerState,
        app_state: dict[str, Any],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        if not config.loaded:
            config.load()
        self.config = config
        self.app: Any = config.loaded_app
        self.app_state = app_state
        self.loop = loop
        self.connections: set[Any] = state.connections
        self.tasks = state.tasks
        self.state = state
        self.stopping = False
        """The server has told its connections so; it tells nobody who comes later."""
        self.log = logging.getLogger("uvicorn.error")
        self.most_waiting = max(1, config.ws_max_queue)
        """Messages that wait for an application."""
        self.context = copy_context()  # that of every transport's callbacks, and so of every call
        self.direct = writes_directly(loop)
        self.watch = Watch(loop, Patience())
        self.wheel = Wheel(loop, config.ws_ping_interval, config.ws_ping_timeout)

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        """Uvicorn's own, with the date: it makes them anew each second."""
        return self.state.default_headers

    def spawn(
        self, coroutine: Coroutine[Any, Any, None], context: Context | None = None
    ) -> "asyncio.Task[None]":
        """Run a task that the server waits for, and cancels, when it stops."""
        task = self.loop.create_task(coroutine, context=context)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


def lane_of(
    config: Config,
    state: ServerState,
    app_state: dict[str, Any],
    loop: asyncio.AbstractEventLoop | None,
) -> Lane:
    """The lane of this server."""
    lane: Lane | None = getattr(state, LANE, None)
    if lane is None:
        lane = Lane(config, state, app_state, loop or asyncio.get_running_loop())
        setattr(state, LANE, lane)
    return lane


def writes_directly(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a descriptor of this loop's transports may be written to beside them.

    A proactor's is no socket that takes ``write``, nor is any on Windows (untested); and of other
    loops nobody knows.
    """
    if sys.platform == "win32":
        return False
    return isinstance(loop, asyncio.SelectorEventLoop) or type(loop).__module__ == "uvloop"
