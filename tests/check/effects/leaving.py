"""Clients that leave, and what goes on without them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import hypercorn.asyncio
from hypercorn.config import Config

from holdfast.testing import peer, until
from tests.check.effects.played import Played
from tests.support.programs import load
from tests.support.servers import free_port


async def leave(played: Played, path: str = "/ws", say: Iterable[str] = ()) -> None:
    """Come, say something, and close; the server has seen it when this returns."""
    async with played.peer(path) as ann:
        for text in say:
            ann.send_text(text)
        ann.close()
        await ann.end()
    await until(lambda: not played.server.uvicorn.server_state.connections)
    for _ in range(10):  # whoever waits for the news has had them by now
        await asyncio.sleep(0)


async def end_all(played: Played) -> None:
    """End what would run for ever."""
    for task in played.tasks:
        task.cancel()
    await until(lambda: all(task.done() for task in played.tasks))


class Enough(BaseException):
    """Ends what nothing else ends."""


class Counted:
    """Counts what an application sends after its client has left."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.port = free_port()
        self.left = False
        self.sent = 0
        self.enough = False
        self.task: asyncio.Task[Any] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def counted(message: Any) -> None:
            self.sent += self.left
            await send(message)

        async def noting() -> Any:
            message = await receive()
            self.left |= message["type"] == "websocket.disconnect"
            return message

        if scope["type"] == "websocket":
            self.task = asyncio.current_task()
        try:
            await self.app(scope, noting, counted)
        except Enough:
            self.enough = True

    async def leave(self, path: str = "/ws") -> None:
        """Come, and close."""
        await until(partial(listens, self.port))
        async with peer(self.port, path) as ann:
            ann.close()
            await ann.end()
        self.left = True


async def listens(port: int) -> bool:
    """Tell whether a server has begun."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def on_hypercorn(rule: str, name: str) -> AsyncIterator[Counted]:
    """Serve a program with hypercorn, in this process."""
    counted = Counted(load(rule, name).app)
    settings = {"bind": f"127.0.0.1:{counted.port}", "graceful_timeout": 0.01, "loglevel": "ERROR"}
    stop = asyncio.Event()
    serving = asyncio.create_task(
        hypercorn.asyncio.serve(counted, Config.from_mapping(settings), shutdown_trigger=stop.wait)
    )
    try:
        yield counted
    finally:
        if counted.task is not None:
            counted.task.cancel()
        stop.set()
        await serving
