"""The app that the servers under test serve: a path for each way a handler can live."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI

from holdfast import Connection, Deadlines, History, Holdfast

QUICK = Deadlines(send_timeout=1.0, close_timeout=1.0, grace=0.5, cleanup_timeout=0.5)


class Book:
    """What became of the connections of each name."""

    def __init__(self) -> None:
        self.running: Counter[str] = Counter()
        self.disconnected: Counter[str] = Counter()
        self.codes: dict[str, int] = {}
        self.full: set[str] = set()

    @asynccontextmanager
    async def entry(self, conn: Connection[Any], name: str) -> AsyncIterator[None]:
        """The handler of that name runs; what ends its connection is noted."""

        def note(conn: Connection[Any], closed: Any) -> None:
            self.disconnected[name] += 1
            self.codes[name] = closed.code

        conn.on_disconnect(note)
        self.running[name] += 1
        try:
            yield
        finally:
            self.running[name] -= 1


def memory() -> int:
    """Bytes of resident memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def build(deadlines: Deadlines | None = None) -> FastAPI:
    app = FastAPI()
    hf = Holdfast(app, deadlines=deadlines)
    book = Book()
    hf.channel("skip.{name}", overflow="skip")
    hf.channel("kept.{name}", history=History(size=100, ttl=60))
    add_handlers(hf, book)
    add_closing_handlers(hf)
    add_controls(app, hf, book)
    return app


async def user_of(name: str) -> str:
    return name


def add_handlers(hf: Holdfast, book: Book) -> None:
    @hf.websocket("/listen/{channel}/{name}", user=Depends(user_of))
    async def listen(conn: Connection[str], channel: str, name: str) -> None:
        async with book.entry(conn, name):
            await conn.join(channel)
            async for _ in conn:
                pass

    @hf.websocket("/sends/{name}")
    async def sends(conn: Connection[str], name: str, size: int = 10) -> None:
        async with book.entry(conn, name):
            while True:
                await conn.send("x" * size)
                await asyncio.sleep(0.01)  # pacing

    @hf.websocket("/sleeps/{channel}/{name}")
    async def sleeps(conn: Connection[str], channel: str, name: str) -> None:
        async with book.entry(conn, name):
            await conn.join(channel)
            await asyncio.sleep(3600)  # pacing: until it is cancelled

    @hf.websocket("/fills/{name}", user=Depends(user_of))
    async def fills(conn: Connection[str], name: str) -> None:
        """Send until the server has to keep a little of it, and no more."""
        async with book.entry(conn, name):
            link: Any = conn.link
            while not link.outbox:
                await conn.send("x" * 1024)
                if link.outbox:
                    await asyncio.sleep(0.3)  # pacing: the kernel may take it yet
            book.full.add(name)
            async for _ in conn:
                pass

    @hf.websocket("/talks")
    async def talks(conn: Connection[str], seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            await conn.send("talk")
            await asyncio.sleep(0.1)  # pacing


def add_closing_handlers(hf: Holdfast) -> None:
    @hf.websocket("/returns")
    async def returns(conn: Connection[str]) -> None:
        await conn.send("goodbye")

    @hf.websocket("/raises")
    async def raises(conn: Connection[str]) -> None:
        raise RuntimeError("the handler failed, as the test wants it")

    @hf.websocket("/numbers")
    async def numbers(conn: Connection[int]) -> None:
        async for number in conn:
            await conn.send(f"{number + 1}")

    @hf.websocket("/closes")
    async def closes(conn: Connection[str], code: int, length: int) -> None:
        try:
            await conn.close(code, "r" * length)
        except ValueError as error:
            await conn.send(str(error))

    @hf.subscribe("/feed/{channel}")
    async def feed(channel: str) -> str:
        return channel


def add_controls(app: FastAPI, hf: Holdfast, book: Book) -> None:
    @app.post("/publish/{channel}")
    async def publish(channel: str, count: int = 1, size: int = 8) -> dict[str, int]:
        """Publish in a loop without a sleep."""
        tail = "x" * (size - 8)
        for i in range(count):
            await hf.publish(channel, f"{i:08d}{tail}")
        return {"missed": hf.statistics().missed}

    @app.post("/disconnect/{user}")
    async def disconnect(user: str, code: int, reason: str) -> dict[str, int]:
        return {"closed": await hf.disconnect(user=user, code=code, reason=reason)}

    @app.get("/state")
    async def state() -> dict[str, Any]:
        statistics = hf.statistics()
        return {
            "pid": os.getpid(),
            "paths": [conn.http.url.path for conn in hf.connections],
            "channels": statistics.channels,
            "aborted": statistics.aborted,
            "running": +book.running,
            "disconnected": book.disconnected,
            "codes": book.codes,
            "full": sorted(book.full),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "tasks": len(asyncio.all_tasks()),
            "memory": memory(),
        }


app = build()
quick = build(QUICK)
patient = build(Deadlines(publish_wait=3.0))
"""Its readers are a process that has to share two cores: 1 s without any of them is not rare."""
