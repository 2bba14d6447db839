"""A real uvicorn in the test's own process, so that a test can count what it leaves behind."""

import asyncio
import inspect
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from typing import Any, TypeVar

from holdfast.testing.census import LOOPS
from holdfast.testing.lines import end_all
from holdfast.testing.peers import Peer, peer
from holdfast.testing.stacks import describe
from holdfast.testing.waiting import DEADLINE, TooLate, need_asyncio

T = TypeVar("T")
App = Callable[..., Any]

try:
    import uvicorn
except ImportError as error:
    raise ImportError(
        "holdfast.testing.serve runs a real uvicorn, which is not installed: "
        "pip install 'holdfast[testing]'"
    ) from error

GRACE = 1  # seconds that uvicorn gives connections when it stops (timeout_graceful_shutdown)
TICK = 0.1  # seconds between two calls of uvicorn's on_tick, which it counts
CANCELLED = 0.5  # seconds for tasks to end that were cancelled, or lost their socket


class Server:
    """A server that listens. ``uvicorn`` is uvicorn's own object."""

    def __init__(self, server: "_Uvicorn", host: str, port: int) -> None:
        self.uvicorn = server
        self.host = host
        self.port = port

    @property
    def url(self) -> str:
        """For HTTP clients, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def connect(self, path: str, **options: Any) -> Coroutine[Any, Any, Peer]:
        """A client that has finished its handshake; ``options`` as of ``Peer.connect``.

        >>> ann = await server.connect("/ws", origin="https://example.com")
        """
        return Peer.connect(self.port, path, host=self.host, **options)

    def peer(self, path: str, **options: Any) -> AbstractAsyncContextManager[Peer]:
        """The same for the length of a block; at its end the TCP connection is ended.

        >>> async with server.peer("/ws") as ann:
        ...     ...
        """
        return peer(self.port, path, host=self.host, **options)


@asynccontextmanager
async def serve(
    app: App, *, host: str = "127.0.0.1", timeout: float = DEADLINE, **options: Any
) -> AsyncIterator[Server]:
    """Serve an app on a free port, in this process and on this event loop, and run its lifespan.

    ``options`` are uvicorn's (``ws="wsproto"``, ``ws_ping_interval=1.0``). At the end of the block
    connections get ``timeout_graceful_shutdown`` (1 s), then their tasks are cancelled and their
    sockets aborted; peers that are still connected end, too. Raises ``RuntimeError`` if the
    lifespan fails, ``TooLate`` for a start, a lifespan or a handler that does not end within
    ``timeout`` seconds.

    >>> async with serve(app) as server, server.peer("/ws") as ann:
    ...     ann.send_text("hello")
    """
    need_asyncio("serve()")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listening:
        server = _Uvicorn(app, options)
        port = listening.getsockname()[1]
        server.begin(listening)
        try:
            await server.listens(timeout)
            yield Server(server, host, port)
        except BaseException as error:
            if late := await server.end(timeout):
                error.add_note(late)
            raise
        else:
            if late := await server.end(timeout):
                raise TooLate(late)
        finally:
            await end_all(port)


class ThreadServer(Server):
    """A server on an event loop of its own, in a thread: for tests that have none."""

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(server.uvicorn, server.host, server.port)
        self.loop = loop

    def call(
        self, function: Callable[..., Awaitable[T] | T], *args: Any, timeout: float = DEADLINE
    ) -> T:
        """Call a function, of whatever kind, on the server's loop, and wait for its result.

        Raises ``TooLate`` after ``timeout`` seconds.

        >>> ann = server.call(server.connect, "/ws")
        >>> server.call(ann.send_text, "hello")
        """

        async def calling() -> T:
            result = function(*args)
            return await result if inspect.isawaitable(result) else result

        future = asyncio.run_coroutine_threadsafe(calling(), self.loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            if future.done():  # it is the function's own
                raise
            future.cancel()
            raise TooLate(f"{function!r} did not end within {timeout:g} s") from None


@contextmanager
def serve_in_thread(
    app: App, *, timeout: float = DEADLINE, **options: Any
) -> Iterator[ThreadServer]:
    """``serve`` for tests that are no coroutines: the server's event loop runs in a thread.

    >>> with serve_in_thread(app) as server:
    ...     ann = server.call(server.connect, "/ws")
    """
    started: Future[tuple[ThreadServer, asyncio.Event]] = Future()
    ended: Future[None] = Future()
    serving = _serve_until_told(app, {**options, "timeout": timeout}, started, ended)
    thread = threading.Thread(target=asyncio.run, args=(serving,), name="uvicorn", daemon=True)
    thread.start()
    server, stop = started.result()
    try:
        yield server
    finally:
        server.loop.call_soon_threadsafe(stop.set)
        try:
            ended.result(2 * timeout)
        except TimeoutError:
            raise TooLate(f"the server's thread did not end within {2 * timeout:g} s") from None
        thread.join(timeout)


async def _serve_until_told(
    app: App,
    options: dict[str, Any],
    started: "Future[tuple[ThreadServer, asyncio.Event]]",
    ended: "Future[None]",
) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    LOOPS.add(loop)
    try:
        async with serve(app, **options) as server:
            started.set_result((ThreadServer(server, loop), stop))
            await stop.wait()
    except BaseException as error:
        (ended if started.done() else started).set_exception(error)
    else:
        ended.set_result(None)
    finally:
        LOOPS.discard(loop)


class _Uvicorn(uvicorn.Server):
    """Says when it has started, leaves signals alone, ends at once, and leaves nothing behind.

    By itself uvicorn looks ten times a second whether it should end, and then sleeps for its
    connections even if it has none: 0.15 s, in each test.
    """

    def __init__(self, app: App, options: dict[str, Any]) -> None:
        grace = {"timeout_graceful_shutdown": GRACE}
        super().__init__(uvicorn.Config(app, **{"log_config": None, **grace, **options}))
        self.config.load()
        self.config.loaded_app = self._noting_failure(self.config.loaded_app)
        self._failure: BaseException | None = None
        self._settled = asyncio.Event()
        self._told_to_end = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def begin(self, listening: socket.socket) -> None:
        """Serve in a task of its own."""
        self._task = asyncio.create_task(self._run(listening), name="uvicorn")
        self._task.add_done_callback(lambda task: self._settled.set())

    async def listens(self, timeout: float) -> None:
        """Wait until it has started."""
        try:
            async with asyncio.timeout(timeout):
                await self._settled.wait()
        except TimeoutError:
            raise TooLate(f"the app's lifespan has not started within {timeout:g} s") from None
        if not self.started:
            raise RuntimeError("the app did not start: its lifespan failed") from self._failure

    async def end(self, timeout: float) -> str:
        """Stop, and leave no task and no socket; returns what did not end in time."""
        assert self._task is not None
        self.should_exit = True
        self._told_to_end.set()
        if not self.started:
            self._task.cancel()
        await asyncio.wait([self._task], timeout=timeout)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = [self._task, *self.server_state.tasks]
        _, late = await asyncio.wait(tasks, timeout=CANCELLED)
        for task in late:
            task.cancel()
        return "\n".join(
            [f"not over {timeout:g} s after the server was to stop:", *map(describe, late)]
            if late
            else []
        )

    async def _run(self, listening: socket.socket) -> None:
        try:
            await self.serve(sockets=[listening])
        except SystemExit:  # what uvicorn ends with when an app does not start; pytest would, too
            pass

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._settled.set()

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._told_to_end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        await self.lifespan.shutdown()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C is pytest's."""
        yield

    def _noting_failure(self, app: Any) -> App:
        """Uvicorn logs what a lifespan raises; a test should see it."""

        async def noting(scope: Any, receive: Any, send: Any) -> None:
            try:
                await app(scope, receive, send)
            except BaseException as error:
                if scope["type"] == "lifespan":
                    self._failure = error
                raise

        return noting
