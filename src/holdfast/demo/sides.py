"""The two sides of the comparison: the same stream into each, and what can be seen of them."""

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter
from starlette.requests import HTTPConnection
from typing_extensions import override

from holdfast import Connection
from holdfast.demo import rewritten, tutorial
from holdfast.demo.live import hf
from holdfast.testing import Peer

RATE = 25  # messages a second
SIZE = 4096  # bytes of filler in each
NUMBER = TypeAdapter(int)  # as FastAPI reads one: "7.0" is one, too
STILL = 1.0  # seconds that one message may take before it is said that a side stands still


def message(number: int) -> str:
    """One message of the stream."""
    return json.dumps({"number": number, "time": time.time(), "filler": "." * SIZE})


class Feed:
    """Sends the stream to one side, a message after the other, as long as that goes well."""

    def __init__(self, send: Callable[[str], Awaitable[object]]) -> None:
        self.sent = 0
        self.error = ""
        self.task = asyncio.create_task(self._run())
        self._send = send
        self._since = 0.0

    @property
    def still_since(self) -> float:
        """When the message began that does not get done, or ended it; 0 while all goes well."""
        waits = self._since and time.time() - self._since > STILL
        return self._since if self.error or waits else 0.0

    async def _run(self) -> None:
        try:
            await self._go_on()
        except Exception as error:  # whatever the side's own code raises
            self.error, self._since = said(error), time.time()

    async def _go_on(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            self._since = time.time()
            await self._send(message(self.sent + 1))
            self._since = 0.0
            self.sent += 1
            due = max(due + 1 / RATE, clock())
            await asyncio.sleep(due - clock())


@dataclass(frozen=True)
class Client:
    """One of our own clients on one side."""

    kind: str
    """``reading``, ``stalled`` or ``binary``."""
    peer: Peer


@dataclass(frozen=True)
class SideState:
    """What is known of one side, now."""

    viewers: int
    """As its own list or registry has them."""
    sent: int
    """Messages that it is done with sending to all of them."""
    still_since: float
    """Seconds since 1970; 0 while it goes on."""
    error: str
    """What ended its feed; empty while that runs."""
    peers: dict[str, int]
    """Our own clients that are connected, by kind."""


class Side(ABC):
    """One side. ``feed`` is there while somebody watches."""

    name: str
    path: str

    def __init__(self) -> None:
        self.feed: Feed | None = None
        self.peers: dict[int, Client] = {}

    @abstractmethod
    async def send(self, text: str) -> object:
        """Send to every viewer, by the side's own code."""

    @abstractmethod
    def ids(self) -> list[int]:
        """Every viewer, as the side's own list or registry has them."""

    @abstractmethod
    def noticed(self, id_: int) -> str:
        """How the side has got rid of a viewer."""

    def standing(self) -> str:
        """A sentence on why nothing is sent; empty while all goes well."""
        feed = self.feed
        if feed is None or not feed.still_since:
            return ""
        if feed.error:
            return f"Its feed died of {feed.error}. Nobody is sent anything any more."
        return f"It has not sent a message for {STILL:g} s."

    def reading(self) -> list[int]:
        """Those clients of ours that read."""
        return [id_ for id_, client in self.peers.items() if client.kind == "reading"]

    def name_of(self, id_: int) -> str:
        """What to call a viewer: pages have numbers of their own."""
        return f"viewer {id_}" if id_ in self.peers else "a page"

    def start(self) -> None:
        """Begin to feed it."""
        self.feed = Feed(self.send)

    def stop(self) -> None:
        """End the feed, and every client of ours."""
        if self.feed is not None:
            self.feed.task.cancel()
            self.feed = None
        self.close_peers()

    def close_peers(self) -> None:
        """End every client of ours."""
        for id_ in list(self.peers):
            self.drop(id_)

    def drop(self, id_: int) -> None:
        """End a client of ours, if it is one and still there."""
        client = self.peers.pop(id_, None)
        if client is not None:
            client.peer.reset()

    def state(self) -> SideState:
        """What is known of it now."""
        feed = self.feed
        return SideState(
            viewers=len(self.ids()),
            sent=feed.sent if feed else 0,
            still_since=feed.still_since if feed else 0.0,
            error=feed.error if feed else "",
            peers=dict(Counter(client.kind for client in self.peers.values())),
        )


class TutorialSide(Side):
    """The tutorial's manager. Its endpoint runs unchanged, in a task whose end is seen."""

    name = "tutorial"
    path = "/ws/compare/tutorial/"

    def __init__(self) -> None:
        super().__init__()
        self.on_failed: Callable[[int, str], None] | None = None
        self._handlers: set[asyncio.Task[Any]] = set()

    async def handle(self, websocket: WebSocket, client_id: int) -> None:
        """Run the tutorial's endpoint, and tell if it fails."""
        handler = asyncio.create_task(tutorial.chat(websocket, client_id))
        self._handlers.add(handler)
        try:
            await asyncio.wait([handler])
        finally:
            handler.cancel()
            self._handlers.discard(handler)
        error = None if handler.cancelled() else handler.exception()
        if error is not None and self.on_failed is not None:
            self.on_failed(client_id, said(error))

    def restart(self) -> None:
        """As if its program had been started again: nobody is connected, and nothing is fed."""
        self.stop()
        for handler in self._handlers:
            handler.cancel()
        tutorial.manager = tutorial.ConnectionManager()

    @override
    async def send(self, text: str) -> None:
        await tutorial.manager.broadcast(text)

    @override
    def ids(self) -> list[int]:
        return [id_of(websocket) for websocket in tutorial.manager.active_connections]

    @override
    def noticed(self, id_: int) -> str:
        return f"Its handler, waiting in receive_text, took viewer {id_} off the list."

    @override
    def standing(self) -> str:
        waiting = self._awaited()
        if waiting is None:
            return super().standing()
        who = self.name_of(id_of(waiting))
        if self.given_up():
            return f"The server has given up {who}, which answers no ping. The loop waits on."
        return f"Its loop waits in send_text for {who}. Nobody is sent anything meanwhile."

    def given_up(self) -> bool:
        """Whether the server has given up the one that is waited for, as uvicorn's ping does."""
        owners = [frame.f_locals.get("self") for frame in suspended(self.feed)]
        transports = [getattr(owner, "transport", None) for owner in owners]
        return any(one.is_closing() for one in transports if one is not None)

    def _awaited(self) -> WebSocket | None:
        """The connection in whose ``send_text`` the feed's task is suspended."""
        code = tutorial.ConnectionManager.broadcast.__code__
        frames = suspended(self.feed)
        return next((one.f_locals["connection"] for one in frames if one.f_code is code), None)


class HoldfastSide(Side):
    """The room of the rewritten chat."""

    name = "holdfast"
    path = "/ws/compare/holdfast/"

    @override
    async def send(self, text: str) -> object:
        return await hf.publish(rewritten.ROOM, text)

    @override
    def ids(self) -> list[int]:
        return [id_of(conn.http) for conn in self.connections()]

    @override
    def noticed(self, id_: int) -> str:
        return f"Viewer {id_} has left the registry."

    def connections(self) -> list[Connection[Any]]:
        """Its open connections."""
        return [conn for conn in hf.connections if self.path in conn.http["path"]]

    def connection(self, id_: int) -> Connection[Any]:
        """That of one viewer."""
        return next(conn for conn in self.connections() if id_of(conn.http) == id_)


def id_of(connection: HTTPConnection[Any]) -> int:
    """The number by which a viewer has connected."""
    return NUMBER.validate_python(connection.path_params["client_id"])


def said(error: BaseException) -> str:
    """An exception's name and text, as a traceback's last line has them."""
    text = f"close code {error.code}" if isinstance(error, WebSocketDisconnect) else str(error)
    return f"{type(error).__name__}: {text}"


def suspended(feed: Feed | None) -> Iterator[FrameType]:
    """The frames in which a feed that stands still is suspended, from its own to the last."""
    awaited: Any = feed.task.get_coro() if feed and feed.still_since else None
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        yield frame
        awaited = awaited.cr_await
