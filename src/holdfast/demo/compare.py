"""The side-by-side: the tutorial's ConnectionManager and Holdfast, fed the same stream.

All of it lives while a page watches: ``Show`` begins and ends with the stream at the foot of this
file. The two chats are in tutorial.py and rewritten.py.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request, WebSocket

from holdfast import Closed, Connection
from holdfast.demo.live import hf
from holdfast.demo.peers import Server, open_reader, open_stalled, this_server
from holdfast.demo.sides import RATE, SIZE, Client, HoldfastSide, Side, SideState, TutorialSide
from holdfast.testing import Peer

CROWD = 100  # viewers that are added at once
LIMIT = 220  # clients of ours on each side; each takes two descriptors
EVENTS = 12  # that a page is shown
LINGER = 0.5  # seconds for a page that is loaded again
PACE = (0.1, 0.4)  # seconds between two states: at least, and at most
PATIENCE = 2.0  # seconds to wait for what should be seen at once

router = APIRouter()
tutorial_side, holdfast_side = TutorialSide(), HoldfastSide()
SIDES: tuple[Side, Side] = (tutorial_side, holdfast_side)

Action = Literal["add", "stall", "vanish", "binary", "reset"]


@dataclass(frozen=True)
class Event:
    """Something that was done, or seen."""

    number: int
    time: float
    side: str
    """``tutorial`` or ``holdfast``; ``both`` for what a button did."""
    text: str
    mark: str = ""
    """A word for a button, to stand in a chart."""


@dataclass(frozen=True)
class State:
    """What all pages are told, some times a second."""

    time: float
    rate: int
    size: int
    tutorial: SideState
    holdfast: SideState
    events: list[Event]


class Show:
    """What runs while somebody watches. One at a time: the sides are there once."""

    running: "Show | None" = None

    def __init__(self) -> None:
        if Show.running is not None:  # the stream before this one is only just ending
            Show.running.close()
        Show.running = self
        self._events: deque[Event] = deque(maxlen=EVENTS)
        self._numbers, self._ids = count(1), count(1)
        self._standing: dict[str, str] = {}
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        tutorial_side.on_failed = self._failed
        for side in SIDES:
            side.start()

    def close(self) -> None:
        """End everything, at once. Closing twice is nothing."""
        if Show.running is not self:
            return
        Show.running = None
        tutorial_side.on_failed = None
        for task in self._tasks:
            task.cancel()
        tutorial_side.restart()
        holdfast_side.stop()

    # -- what the pages are told ---------------------------------------------------------------

    def state(self) -> State:
        """What is known now."""
        for side in SIDES:
            self._look(side)
        self._news.clear()
        tutorial, holdfast = tutorial_side.state(), holdfast_side.state()
        return State(time.time(), RATE, SIZE, tutorial, holdfast, list(self._events))

    async def news(self) -> None:
        """Return when there is something to tell, or it is time for the figures."""
        least, most = PACE
        await asyncio.sleep(least)
        with suppress(TimeoutError):
            async with asyncio.timeout(most):
                await self._news.wait()

    def _tell(self, side: str, text: str, mark: str = "") -> None:
        self._events.append(Event(next(self._numbers), time.time(), side, text, mark))
        self._news.set()

    def _look(self, side: Side) -> None:
        """Tell, once each, that a side stands still, and what becomes of that."""
        standing = side.standing()
        if standing != self._standing.get(side.name, ""):
            self._standing[side.name] = standing
            self._tell(side.name, standing or "It goes on.")

    def _failed(self, id_: int, error: str) -> None:
        """A handler of the tutorial has ended with an exception."""
        place = "is still in its list" if id_ in tutorial_side.ids() else "is not in its list"
        who = tutorial_side.name_of(id_)
        self._tell("tutorial", f"The handler of {who} died of {error}. Its socket {place}.")

    # -- what the buttons do -------------------------------------------------------------------

    async def act(self, action: Action, server: Server) -> None:
        """Do it when those before it are done; ``HTTPException`` if that cannot be."""
        actions = {
            "add": self._add,
            "stall": self._stall,
            "vanish": self._vanish,
            "binary": self._binary,
            "reset": self._reset,
        }
        task = self._spawn(self._in_turn(actions[action], server))
        await asyncio.wait([task])
        if task.cancelled():
            raise HTTPException(409, "the last page has left")
        task.result()

    async def _in_turn(
        self, action: Callable[[Server], Coroutine[Any, Any, None]], server: Server
    ) -> None:
        async with self._turn:
            try:
                await action(server)
            except (OSError, TimeoutError) as error:
                raise HTTPException(503, f"the server cannot reach itself: {error!r}") from error

    async def _add(self, server: Server) -> None:
        """Add viewers that read."""
        check_room(CROWD)
        began = time.time()
        for _ in range(CROWD):
            await self._join(server, next(self._ids), "reading")
        took = f"{time.time() - began:.1f} s"
        self._tell("both", f"{CROWD} viewers joined, within {took}.", f"+{CROWD}")

    async def _stall(self, server: Server) -> None:
        """Add one that never reads."""
        check_room(1)
        id_, began = next(self._ids), time.time()
        for side in SIDES:
            peer = await open_stalled(server.address, server.path(f"{side.path}{id_}"))
            side.peers[id_] = Client("stalled", peer)
        if not await until(lambda: all(id_ in side.ids() for side in SIDES)):
            raise TimeoutError("the handshake took too long")
        holdfast_side.connection(id_).on_disconnect(partial(self._aborted, id_, began))
        self._tell("both", f"Viewer {id_} joined. It reads nothing, ever.", "stall")

    async def _vanish(self, server: Server) -> None:
        """Reset the connections of one that reads, without a close frame."""
        reading = [id_ for id_ in tutorial_side.reading() if id_ in holdfast_side.peers]
        id_ = reading[-1] if reading else next(self._ids)
        if not reading:
            await self._join(server, id_, "reading")
        self._tell("both", f"Viewer {id_} vanished: a TCP reset, and no close frame.", "vanish")
        for side in SIDES:
            side.drop(id_)
            _ = self._spawn(self._see_it_leave(side, id_))

    async def _binary(self, server: Server) -> None:
        """Add one that sends a binary frame, and stays."""
        check_room(1)
        id_ = next(self._ids)
        readers = await self._join(server, id_, "binary", partial(self._answered, id_))
        self._tell("both", f"Viewer {id_} joined, and sent one binary frame.", "binary")
        for reader in readers:
            reader.send_bytes(b"demo")

    async def _reset(self, server: Server) -> None:
        """Start the tutorial again, and let all clients of ours go."""
        tutorial_side.restart()
        holdfast_side.close_peers()
        self._standing.clear()
        tutorial_side.start()
        self._tell("both", "The tutorial's side began anew. All added viewers left.", "reset")

    # -- what is seen of it --------------------------------------------------------------------

    async def _aborted(self, id_: int, began: float, conn: Connection[Any], closed: Closed) -> None:
        """Holdfast has ended a stalled viewer, unless a reset has."""
        if id_ in holdfast_side.peers:
            after = f"{time.time() - began:.1f} s after it joined"
            why = f"close code {closed.code}, {closed.reason}"
            self._tell("holdfast", f"Viewer {id_} was aborted {after}: {why}.")
            holdfast_side.drop(id_)

    async def _see_it_leave(self, side: Side, id_: int) -> None:
        began = time.perf_counter()
        if await until(lambda: id_ not in side.ids()):
            after = f"{(time.perf_counter() - began) * 1000:.0f} ms"
            self._tell(side.name, f"It was noticed within {after}. {side.noticed(id_)}")
        else:
            self._tell(side.name, f"Viewer {id_} is still held, {PATIENCE:g} s later.")

    def _answered(self, id_: int, text: str) -> None:
        """Holdfast has sent this to the viewer that sent a binary frame, beside the chat."""
        if text.startswith('{"holdfast":"error"'):
            said = json.loads(text)["message"]
            self._tell("holdfast", f"Viewer {id_} was answered “{said}”, and stays connected.")

    # -- inside --------------------------------------------------------------------------------

    async def _join(
        self, server: Server, id_: int, kind: str, on_text: Callable[[str], None] | None = None
    ) -> list[Peer]:
        """Connect a client of ours to each side."""
        readers = []
        for side in SIDES:
            path = server.path(f"{side.path}{id_}")
            reader = await open_reader(server.address, path, on_text)
            reader.on_end = partial(side.drop, id_)
            side.peers[id_] = Client(kind, reader)
            readers.append(reader)
        return readers

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def check_room(clients: int) -> None:
    """Raise 409 where so many would be too many."""
    if max(len(side.peers) for side in SIDES) + clients > LIMIT:
        raise HTTPException(409, f"there are {LIMIT - clients} and more already: reset first")


async def until(condition: Callable[[], bool]) -> bool:
    """Wait until it holds; False if it does not for too long."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        await asyncio.sleep(0.002)
    return condition()


@router.websocket("/ws/compare/tutorial/{client_id}")
async def tutorial_viewer(websocket: WebSocket, client_id: int) -> None:
    """Hand a viewer to the tutorial's endpoint."""
    await tutorial_side.handle(websocket, client_id)


@router.post("/compare/{action}", status_code=204)
async def act(action: Action, request: Request) -> None:
    """Press a button, for all who watch."""
    if Show.running is None:
        raise HTTPException(409, "nobody watches: open the page first")
    server = this_server(request.scope)
    if server is None:
        raise HTTPException(503, "the server does not say on which address it listens")
    await Show.running.act(action, server)


@hf.stream("/ws/compare", overflow="latest", since=1, linger=LINGER)
async def compare() -> AsyncIterator[State]:
    """Feed both sides, and tell how they are, from the first page that watches to the last."""
    show = Show()
    try:
        while True:
            yield show.state()
            await show.news()
    finally:
        show.close()
