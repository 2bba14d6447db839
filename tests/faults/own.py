"""The first column: Holdfast's own endpoints, one for each way a handler can live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI

from holdfast import Connection, Deadlines, Holdfast
from tests.faults.book import Book, Entry

TICK = 0.05  # seconds between two messages of a handler that sends
LONG = 3600.0
HEAVY = "x" * 65_536
LIGHT = "x" * 100
ENOUGH = 160  # heavy messages: 10 MB, where 4 MB fill every buffer


class Failed(Exception):
    """What the handler that raises raises."""


async def gate(wait: float = 0.0) -> None:
    """A dependency that takes its time, so that a client can be gone before it is accepted."""
    await asyncio.sleep(wait)  # pacing


async def news(heavy: bool = False) -> AsyncIterator[str]:
    """What a handler has to say, without end. Heavy news fill every buffer first.

    No more than that: daphne would take it all, and keep it.
    """
    for _ in range(ENOUGH if heavy else 0):
        yield HEAVY
        await asyncio.sleep(TICK / 10)  # pacing
    while True:
        yield LIGHT
        await asyncio.sleep(TICK)  # pacing


def build(book: Book, deadlines: Deadlines) -> FastAPI:
    """The app: handlers at ``/HANDLER/CELL``, and what the driver asks for."""
    app = FastAPI()
    hf = Holdfast(app, deadlines=deadlines)
    hf.channel("cell.{name}", overflow="skip")
    entered = entering(book)
    add_single_handlers(hf, entered)
    add_handlers_with_more(hf, entered)
    add_controls(app, hf, book)
    return app


def entering(book: Book) -> Any:
    @asynccontextmanager
    async def entered(conn: Connection[Any], cell: str) -> AsyncIterator[Entry]:
        """Join the cell's channel; note the end of the connection and that of the handler."""

        def note(conn: Connection[Any], closed: Any) -> None:
            book[cell].disconnects.append((int(closed.code), closed.reason))

        conn.on_disconnect(note)
        async with book.handler(cell) as entry:
            await conn.join(f"cell.{cell}")
            yield entry

    return entered


def add_single_handlers(hf: Holdfast, entered: Any) -> None:
    """Handlers that do one thing."""

    @hf.websocket("/sends/{cell}", dependencies=[Depends(gate)])
    async def sends(conn: Connection[str], cell: str, heavy: bool = False) -> None:
        async with entered(conn, cell):
            async for text in news(heavy):
                await conn.send(text)

    @hf.websocket("/receives/{cell}", dependencies=[Depends(gate)])
    async def receives(conn: Connection[str], cell: str) -> None:
        async with entered(conn, cell):
            async for _ in conn:
                pass

    @hf.websocket("/both/{cell}", dependencies=[Depends(gate)])
    async def both(conn: Connection[str], cell: str, heavy: bool = False) -> None:
        async with entered(conn, cell):
            async for text in news(heavy):
                try:
                    await conn.receive(timeout=TICK / 10)
                except TimeoutError:
                    pass
                await conn.send(text)

    @hf.websocket("/waits/{cell}", dependencies=[Depends(gate)])
    async def waits(conn: Connection[str], cell: str) -> None:
        async with entered(conn, cell):
            await queue_of(cell).get()

    @hf.websocket("/busy/{cell}", dependencies=[Depends(gate)])
    async def busy(conn: Connection[str], cell: str) -> None:
        async with entered(conn, cell):
            await conn.receive()
            await asyncio.sleep(LONG)  # pacing: a call that takes long, while messages wait


def add_handlers_with_more(hf: Holdfast, entered: Any) -> None:
    """Handlers with a clean-up, a failure, siblings."""

    @hf.websocket("/cleans/{cell}", dependencies=[Depends(gate)])
    async def cleans(conn: Connection[str], cell: str) -> None:
        async with entered(conn, cell) as entry:
            entry.cleaning += 1
            try:
                await queue_of(cell).get()
            finally:
                for _ in range(3):
                    await asyncio.sleep(0.1)  # pacing
                entry.cleaning -= 1

    @hf.websocket("/raises/{cell}", dependencies=[Depends(gate)])
    async def raises(conn: Connection[str], cell: str) -> None:
        async with entered(conn, cell):
            async for text in conn:
                if text == "fail":
                    break
            raise Failed("as the matrix wants it")

    @hf.websocket("/gathers/{cell}", dependencies=[Depends(gate)])
    async def gathers(conn: Connection[str], cell: str, heavy: bool = False) -> None:
        async def reads() -> None:
            while True:
                await conn.receive()

        async def sends() -> None:
            async for text in news(heavy):
                await conn.send(text)

        async with entered(conn, cell):
            await asyncio.gather(reads(), sends(), queue_of(cell).get())


QUEUES: dict[str, asyncio.Queue[str]] = {}


def queue_of(cell: str) -> asyncio.Queue[str]:
    """Held here, as applications hold theirs: what waits for it is never collected by chance."""
    return QUEUES.setdefault(cell, asyncio.Queue())


def add_controls(app: FastAPI, hf: Holdfast, book: Book) -> None:
    @app.post("/flood/{cell}")
    async def flood(cell: str, count: int = 2500, size: int = 4096) -> None:
        """More than its buffers hold, from outside its handler."""
        for _ in range(count):
            await hf.publish(f"cell.{cell}", "x" * size)

    @app.get("/cells")
    async def cells() -> dict[str, Any]:
        found = book.report()
        registered = [conn.http.url.path.rpartition("/")[2] for conn in hf.connections]
        for cell, entry in found["cells"].items():
            entry["registered"] = registered.count(cell)
            members = await hf.presence(f"cell.{cell}")
            entry["subscribed"] = sum(member.connections for member in members)
        found["channels"] = hf.statistics().channels
        return found
