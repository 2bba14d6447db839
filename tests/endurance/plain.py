"""The same as plain FastAPI endpoints: ``/plain/...``, and ``/bare/...`` without the guard.

As careful applications write them: nothing here fails of what a client may send.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from tests.endurance.counts import LONG, TALK, Counts, clean_up
from tests.endurance.own import HEAVY


def routes(counts: Counts) -> APIRouter:
    """The handlers, without a prefix."""
    router = APIRouter()
    add_talkers(router, counts)
    add_waiters(router, counts)
    add_cleaners(router, counts)
    add_enders(router)
    return router


def add_talkers(router: APIRouter, counts: Counts) -> None:
    """Handlers that send."""

    @router.websocket("/talks")
    async def talks(websocket: WebSocket, count: int = 10) -> None:
        """Talk, and never receive."""
        await websocket.accept()
        for number in range(count):
            await websocket.send_text(f"{number:08d}")
            await asyncio.sleep(TALK)  # pacing

    @router.websocket("/echoes")
    async def echoes(websocket: WebSocket) -> None:
        """Send each message back."""
        await websocket.accept()
        with counts.running("plain echoes"):
            while (message := await websocket.receive())["type"] == "websocket.receive":
                text = message.get("text")
                await websocket.send_text("binary" if text is None else text)

    @router.websocket("/typed")
    async def typed(websocket: WebSocket) -> None:
        await websocket.accept()
        with counts.running("plain typed"):
            while (message := await websocket.receive())["type"] == "websocket.receive":
                await websocket.send_json(order_of(message))

    @router.websocket("/floods")
    async def floods(websocket: WebSocket) -> None:
        """More than any buffer holds."""
        await websocket.accept()
        with counts.running("plain floods"):
            while True:
                await websocket.send_text(HEAVY)


def order_of(message: Any) -> Any:
    try:
        return {"id": int(json.loads(message.get("text") or "")["id"])}
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return {"error": "no order"}


def add_waiters(router: APIRouter, counts: Counts) -> None:
    """Handlers that wait, for what may never come."""

    @router.websocket("/idles")
    async def idles(websocket: WebSocket) -> None:
        await websocket.accept()
        with counts.running("plain idles"):
            await asyncio.Event().wait()

    @router.websocket("/receives")
    async def receives(websocket: WebSocket) -> None:
        await websocket.accept()
        with counts.running("plain receives"):
            while (await websocket.receive())["type"] == "websocket.receive":
                pass

    @router.websocket("/listens/{room}")
    async def listens(websocket: WebSocket, room: str) -> None:
        """Never receive, and send now and then."""
        await websocket.accept()
        with counts.running("plain listens"):
            while True:
                await websocket.send_text(room)
                await asyncio.sleep(TALK)  # pacing

    @router.websocket("/works")
    async def works(websocket: WebSocket) -> None:
        """Busy with a long await, while messages wait."""
        await websocket.accept()
        with counts.running("plain works"):
            await websocket.receive_text()
            await asyncio.sleep(LONG)  # pacing


def add_cleaners(router: APIRouter, counts: Counts) -> None:
    """Handlers that leave something to be done after them."""

    @router.websocket("/cleans")
    async def cleans(websocket: WebSocket) -> None:
        await websocket.accept()
        with counts.running("plain cleans"):
            try:
                await asyncio.sleep(LONG)  # pacing
            finally:
                await clean_up("plain")

    @router.websocket("/gathers")
    async def gathers(websocket: WebSocket) -> None:
        """Siblings, which ``gather`` leaves running."""
        await websocket.accept()
        queue: asyncio.Queue[str] = asyncio.Queue()

        async def reads() -> None:
            while True:
                await queue.put(await websocket.receive_text())

        async def writes() -> None:
            while True:
                await websocket.send_text(await queue.get())

        with counts.running("plain gathers"):
            try:
                await asyncio.gather(reads(), writes())
            except (WebSocketDisconnect, KeyError):  # KeyError: a binary frame
                pass


def add_enders(router: APIRouter) -> None:
    """Handlers that end the connection."""

    @router.websocket("/returns")
    async def returns(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("goodbye")

    @router.websocket("/closes")
    async def closes(websocket: WebSocket) -> None:
        await websocket.accept()
        async for _ in websocket.iter_text():
            await websocket.close(4000, "as asked")
            return

    @router.websocket("/fails")
    async def fails(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()
        raise RuntimeError("the handler failed, as the test wants it")
