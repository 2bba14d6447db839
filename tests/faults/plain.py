"""The other two columns: the same handlers as plain FastAPI endpoints, as tutorials write them.

Under ``HoldfastGuard`` nothing of this file changes: that is the point of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

from tests.faults.book import Book, Entry
from tests.faults.own import LONG, TICK, Failed, gate, news, queue_of


class Room:
    """The application's own registry, as in the tutorial's ConnectionManager."""

    def __init__(self) -> None:
        self.active: dict[str, WebSocket] = {}

    async def flood(self, cell: str, count: int, size: int) -> None:
        """Send to a connection from outside its handler, as a broadcast does."""
        for _ in range(count):
            if cell not in self.active:
                return
            try:
                await self.active[cell].send_text("x" * size)
            except Exception:  # what a server raises here is its own affair
                return


def build(book: Book) -> FastAPI:
    """The app: handlers at ``/HANDLER/CELL``, and what the driver asks for."""
    app = FastAPI()
    room = Room()
    entered = entering(book, room)
    add_single_handlers(app, entered)
    add_handlers_with_more(app, entered)
    add_controls(app, room, book)
    return app


def entering(book: Book, room: Room) -> Any:
    @asynccontextmanager
    async def entered(websocket: WebSocket, cell: str) -> AsyncIterator[Entry]:
        """Accept and register; a client that goes is no error."""
        async with book.handler(cell) as entry:
            await websocket.accept()
            room.active[cell] = websocket
            try:
                yield entry
            except WebSocketDisconnect as gone:
                entry.disconnects.append((gone.code, gone.reason))
            finally:
                del room.active[cell]

    return entered


def add_single_handlers(app: FastAPI, entered: Any) -> None:
    """Handlers that do one thing."""

    @app.websocket("/sends/{cell}", dependencies=[Depends(gate)])
    async def sends(websocket: WebSocket, cell: str, heavy: bool = False) -> None:
        async with entered(websocket, cell):
            async for text in news(heavy):
                await websocket.send_text(text)

    @app.websocket("/receives/{cell}", dependencies=[Depends(gate)])
    async def receives(websocket: WebSocket, cell: str) -> None:
        async with entered(websocket, cell):
            while True:
                await websocket.receive_text()

    @app.websocket("/both/{cell}", dependencies=[Depends(gate)])
    async def both(websocket: WebSocket, cell: str, heavy: bool = False) -> None:
        async with entered(websocket, cell):
            async for text in news(heavy):
                try:
                    await asyncio.wait_for(websocket.receive_text(), TICK / 10)
                except TimeoutError:
                    pass
                await websocket.send_text(text)

    @app.websocket("/waits/{cell}", dependencies=[Depends(gate)])
    async def waits(websocket: WebSocket, cell: str) -> None:
        async with entered(websocket, cell):
            await queue_of(cell).get()

    @app.websocket("/busy/{cell}", dependencies=[Depends(gate)])
    async def busy(websocket: WebSocket, cell: str) -> None:
        async with entered(websocket, cell):
            await websocket.receive_text()
            await asyncio.sleep(LONG)  # pacing: a call that takes long, while messages wait


def add_handlers_with_more(app: FastAPI, entered: Any) -> None:
    """Handlers with a clean-up, a failure, siblings."""

    @app.websocket("/cleans/{cell}", dependencies=[Depends(gate)])
    async def cleans(websocket: WebSocket, cell: str) -> None:
        async with entered(websocket, cell) as entry:
            entry.cleaning += 1
            try:
                await queue_of(cell).get()
            finally:
                for _ in range(3):
                    await asyncio.sleep(0.1)  # pacing
                entry.cleaning -= 1

    @app.websocket("/raises/{cell}", dependencies=[Depends(gate)])
    async def raises(websocket: WebSocket, cell: str) -> None:
        async with entered(websocket, cell):
            try:
                while await websocket.receive_text() != "fail":
                    pass
            finally:
                raise Failed("as the matrix wants it")

    @app.websocket("/gathers/{cell}", dependencies=[Depends(gate)])
    async def gathers(websocket: WebSocket, cell: str, heavy: bool = False) -> None:
        async def reads() -> None:
            while True:
                await websocket.receive_text()

        async def sends() -> None:
            async for text in news(heavy):
                await websocket.send_text(text)

        async with entered(websocket, cell):
            await asyncio.gather(reads(), sends(), queue_of(cell).get())


def add_controls(app: FastAPI, room: Room, book: Book) -> None:
    @app.post("/flood/{cell}")
    async def flood(cell: str, count: int = 160, size: int = 65_536) -> None:
        """More than its buffers hold, from outside its handler, and without waiting for it."""
        book[cell].tasks.add(asyncio.create_task(room.flood(cell, count, size)))

    @app.get("/cells")
    async def cells() -> dict[str, Any]:
        found = book.report()
        for cell, entry in found["cells"].items():
            entry["registered"] = int(cell in room.active)
            entry["subscribed"] = 0
        return found
