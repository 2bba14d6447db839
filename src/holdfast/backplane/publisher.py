"""Publishing from a program that serves nobody: a task queue's worker, a cron job, a script."""

import asyncio
import os
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, Self

from typing_extensions import override

from holdfast.backplane.encoding import message_for
from holdfast.backplane.keeper import Keeper, Patience
from holdfast.backplane.opening import Opener
from holdfast.backplane.port import (
    UNKNOWN,
    Choices,
    HistoryPage,
    Keeps,
    Message,
    Outage,
    Position,
    Publication,
    Rule,
    Sink,
)
from holdfast.errors import BackplaneUnavailable, ConfigurationError, WrongThread

TIMEOUT = 5.0  # seconds for one publish
CLOSED = "the Publisher was closed while it published"


class Outside(Choices):
    """Of a program without channels of its own: what the apps have stored in the broker holds."""

    @override
    def choice(self, channel: str) -> tuple[Keeps, Outage]:
        return UNKNOWN, "raise"

    @override
    def rules(self) -> Sequence[Rule]:
        return ()


class Nobody(Sink):
    """Who watches nothing is told nothing."""

    @override
    def begin(self, channel: str, page: HistoryPage) -> None:
        pass

    @override
    def deliver(self, channel: str, epoch: str, publication: Publication) -> None:
        pass

    @override
    def deliver_locally(self, channel: str, message: Message) -> None:
        pass


class AsyncPublisher:
    """Publishes to the channels of running apps, from a program with an event loop of its own.

    It keeps its connection until it is closed, so make one and keep it. ``url`` is the app's
    ``backplane=``; ``timeout`` is in seconds, for one publish. Raises ``ConfigurationError`` for a
    URL that cannot work.

    >>> async with AsyncPublisher("redis://localhost") as publisher:
    ...     await publisher.publish("orders.7", {"state": "shipped"})
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._sender = Sender(opener(url, timeout))

    async def publish(
        self,
        channel: str,
        data: Any,
        *,
        key: str | None = None,
        tags: Mapping[str, str] = {},
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Position:
        """Publish to everyone subscribed to a channel, as ``hf.publish`` does.

        Returns the publication's position once the broker has accepted it. A further publication
        with the same ``idempotency_key`` is not published, and has the position of the first; one
        whose ``version`` is not above the channel's last is dropped. Raises
        ``BackplaneUnavailable`` if the broker is away, ``ConfigurationError`` if it refuses the
        login, ``TypeError`` for data that JSON cannot say.
        """
        message = message_for(channel, data, key, tags, idempotency_key, version)
        return await self._sender.send(channel, message)

    async def close(self) -> None:
        """Send what waits, for at most 2 s, and let go of the connection."""
        await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class Publisher:
    """Publishes to the channels of running apps, from any thread of a program.

    It connects at its first publication, with a thread of its own, and keeps the connection until
    it is closed: make one for the process and keep it. A process that was forked off connects anew.
    ``url`` is the app's ``backplane=``; ``timeout`` is in seconds, for one publish. Raises
    ``ConfigurationError`` for a URL that cannot work.

    >>> publisher = Publisher("redis://localhost")
    >>> publisher.publish("orders.7", {"state": "shipped"})
    """

    def __init__(self, url: str, *, timeout: float = TIMEOUT) -> None:
        self._open = opener(url, timeout)
        # By process. A lock that a thread holds while another forks would stay locked in the child.
        self._workers: dict[int, Worker] = {}
        self._closed = False
        weakref.finalize(self, let_go, self._workers)

    def publish(
        self,
        channel: str,
        data: Any,
        *,
        key: str | None = None,
        tags: Mapping[str, str] = {},
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Position:
        """The same as ``AsyncPublisher.publish``; blocks until the broker has accepted it.

        Raises ``WrongThread`` on an event loop, which it would block.
        """
        off_loop()
        if self._closed:
            raise ConfigurationError("this Publisher is closed: make another one")
        message = message_for(channel, data, key, tags, idempotency_key, version)
        process = os.getpid()
        worker = self._workers.get(process)
        if worker is None:
            worker = self._workers.setdefault(process, Worker(self._open))
        return worker.send(channel, message)

    def close(self) -> None:
        """Send what other threads are publishing, for at most 2 s, and let go of the connection."""
        self._closed = True
        worker = self._workers.pop(os.getpid(), None)
        if worker is not None:
            worker.stop()
            worker.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Sender:
    """A keeper on the running loop; on another one, later, another keeper."""

    def __init__(self, open_: Callable[[], Keeper]) -> None:
        self._open = open_
        self._keeper: Keeper | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = os.getpid()
        self._closed = False

    async def send(self, channel: str, message: Message) -> Position:
        """Publish it; see ``AsyncPublisher.publish``."""
        keeper = self._started()
        await keeper.tried()
        return await keeper.publish(channel, message)

    async def close(self) -> None:
        """Let go of it."""
        self._closed = True
        if self._keeper is not None and self._loop is asyncio.get_running_loop():
            await self._keeper.close()
        self._keeper = None

    def _started(self) -> Keeper:
        if self._closed:
            raise ConfigurationError("this AsyncPublisher is closed: make another one")
        loop = asyncio.get_running_loop()
        if self._keeper is None or self._loop is not loop:
            here = self._process == os.getpid()
            if here and self._loop is not None and self._loop.is_running():
                raise WrongThread("this AsyncPublisher is in use on another event loop")
            keeper = self._open()
            keeper.start(Nobody())
            self._keeper, self._loop, self._process = keeper, loop, os.getpid()
        return self._keeper


class Worker:
    """A thread with an event loop, which sends for the threads of a process."""

    def __init__(self, open_: Callable[[], Keeper]) -> None:
        self._sender = Sender(open_)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()
        self._ended = False
        self._runs = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="holdfast publisher", daemon=True)

    def send(self, channel: str, message: Message) -> Position:
        """Hand it to the thread, and wait for what becomes of it."""
        with self._lock:  # what is handed over before the end is dealt with before it
            if self._ended:
                raise BackplaneUnavailable(CLOSED)
            loop = self._started()
            sending = asyncio.run_coroutine_threadsafe(self._sender.send(channel, message), loop)
        try:
            return sending.result()
        except CancelledError:
            raise BackplaneUnavailable(CLOSED) from None
        finally:
            sending.cancel()  # after Ctrl-C

    def stop(self) -> None:
        """Have the thread end. Does not wait."""
        with self._lock:
            ended, self._ended = self._ended, True
            if self._loop is not None and not ended:
                self._loop.call_soon_threadsafe(self._end.set)

    def join(self) -> None:
        """Wait for its end."""
        if self._loop is not None:
            self._thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._thread.start()
            self._runs.wait()
        assert self._loop is not None
        return self._loop

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._runs.set()
        await self._end.wait()
        await self._sender.close()


def let_go(workers: Mapping[int, Worker]) -> None:
    """End the worker of a publisher that nobody holds any more."""
    worker = workers.get(os.getpid())
    if worker is not None:
        worker.stop()


def opener(url: str, timeout: float) -> Callable[[], Keeper]:
    """What opens that backplane for the running loop. Raises ``ConfigurationError``."""
    found = Opener(url, Outside(), Patience(publish=timeout, join=timeout))
    if found.exchange is not None:
        raise ConfigurationError(
            f"nothing outside of a process reaches its {found.name} backplane: give the URL of a "
            'broker, as in Publisher("redis://localhost"), to the app and to this'
        )
    return lambda: keeper(found)


def keeper(found: Opener) -> Keeper:
    """A keeper, which all have that reach beyond their process."""
    opened = found.open()
    assert isinstance(opened, Keeper)
    return opened


def off_loop() -> None:
    """``WrongThread`` where a loop runs."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise WrongThread(
        "Publisher.publish would block the event loop it runs on: use `await hf.publish(...)`, or "
        "an AsyncPublisher"
    )
