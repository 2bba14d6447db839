"""Holdfast's own endpoints that are worn out: ``/own/...``."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from fastapi import FastAPI

from holdfast import Connection, Deadlines, Endpoint, Holdfast, Limits
from tests.endurance.counts import LONG, TALK, Counts, clean_up

HEAVY = "x" * 65_536


class Order(msgspec.Struct):
    """What the typed endpoint takes."""

    id: int
    items: list[str] = []


def build(counts: Counts, deadlines: Deadlines, limits: Limits) -> tuple[FastAPI, Holdfast]:
    """The app, and what publishes on it."""
    app = FastAPI()
    hf = Holdfast(app, deadlines=deadlines, limits=limits)
    add_talkers(hf, counts)
    add_waiters(hf, counts)
    add_viewers(hf)
    return app, hf


def add_talkers(hf: Holdfast, counts: Counts) -> None:
    """Handlers that send."""

    @hf.websocket("/own/talks")
    async def talks(conn: Connection[str], count: int = 10) -> None:
        """Talk, and never receive."""
        for number in range(count):
            await conn.send(f"{number:08d}")
            await asyncio.sleep(TALK)  # pacing

    @hf.websocket("/own/echoes")
    async def echoes(conn: Connection[str]) -> None:
        """Send each message back, between the news of ``all``."""
        with counts.running("own echoes"):
            await conn.join("all")
            async for text in conn:
                await conn.send(text)

    @hf.websocket("/own/typed")
    async def typed(conn: Connection[Order]) -> None:
        with counts.running("own typed"):
            async for order in conn:
                await conn.send(order)

    @hf.websocket("/own/binary")
    class Binary(Endpoint[bytes]):
        """The same as a class, for bytes."""

        async def on_message(self, conn: Connection[bytes], message: bytes) -> None:
            await conn.send(message)

    @hf.websocket("/own/floods")
    async def floods(conn: Connection[str]) -> None:
        """More than any buffer holds."""
        with counts.running("own floods"):
            while True:
                await conn.send(HEAVY)


def add_waiters(hf: Holdfast, counts: Counts) -> None:
    """Handlers that wait, for what may never come."""

    @hf.websocket("/own/idles")
    async def idles(conn: Connection[str]) -> None:
        with counts.running("own idles"):
            await asyncio.Event().wait()

    @hf.websocket("/own/receives")
    async def receives(conn: Connection[str]) -> None:
        with counts.running("own receives"):
            async for _ in conn:
                pass

    @hf.websocket("/own/listens/{room}")
    async def listens(conn: Connection[str], room: str) -> None:
        """Never receive, and send only what channels bring."""
        with counts.running("own listens"):
            await conn.join("all")
            await conn.join(f"room.{room}")
            await hf.publish(f"room.{room}", "somebody came")
            await asyncio.sleep(LONG)  # pacing

    @hf.websocket("/own/works")
    async def works(conn: Connection[str]) -> None:
        """Busy with a long await, while messages wait."""
        with counts.running("own works"):
            await conn.receive()
            await asyncio.sleep(LONG)  # pacing

    @hf.websocket("/own/cleans")
    async def cleans(conn: Connection[str]) -> None:
        with counts.running("own cleans"):
            try:
                await asyncio.sleep(LONG)  # pacing
            finally:
                await clean_up("own")

    @hf.websocket("/own/returns")
    async def returns(conn: Connection[str]) -> None:
        await conn.send("goodbye")

    @hf.websocket("/own/closes")
    async def closes(conn: Connection[str]) -> None:
        async for _ in conn:
            await conn.close(4000, "as asked")

    @hf.websocket("/own/fails")
    async def fails(conn: Connection[str]) -> None:
        await conn.receive()
        raise RuntimeError("the handler failed, as the test wants it")


def add_viewers(hf: Holdfast) -> None:
    """Streams and channel endpoints, which server-sent events reach, too."""

    @hf.stream("/own/ticks", every=0.1)
    async def ticks() -> dict[str, Any]:
        return {"tick": 1}

    @hf.stream("/own/words/{key}", append=True, keep=0.5)
    async def words(key: str) -> Any:
        for number in range(3):
            yield f"{key} {number} "
            await asyncio.sleep(0.02)  # pacing

    @hf.subscribe("/own/feed/{room}")
    async def feed(room: str) -> str:
        return f"room.{room}"
