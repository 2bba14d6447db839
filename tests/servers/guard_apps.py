"""Unchanged FastAPI code, as people write it, with the guard and without."""

import asyncio
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, FastAPI, Request, WebSocket, WebSocketDisconnect

from holdfast import Deadlines, HoldfastGuard, outlives_client
from holdfast.compat import ConnectionManager as Cured

DEADLINES = Deadlines(
    send_timeout=1.0, close_timeout=1.0, grace=1.0, cleanup_timeout=0.5, inbox_timeout=5.0
)

ended: dict[str, list[str]] = {}
"""Of each connection, by the name in its path: what its handler saw at its end."""


class ConnectionManager:
    """The shape of the documentation's example."""

    def __init__(self) -> None:
        self.active: list[WebSocket] = []

    async def connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.active.append(websocket)

    def disconnect(self, websocket: WebSocket) -> None:
        self.active.remove(websocket)

    async def broadcast(self, text: str) -> None:
        for websocket in self.active:
            await websocket.send_text(text)


router = APIRouter()
manager = ConnectionManager()
cured = Cured()


def note(name: str, what: object) -> None:
    ended.setdefault(name, []).append(f"{type(what).__name__}" if what else "returned")


async def noted(name: str, body: Any) -> None:
    """Run the body, and note how it ended."""
    try:
        await body
    except BaseException as error:
        note(name, error)
        raise
    note(name, None)


@router.get("/state")
async def state(request: Request) -> dict[str, Any]:
    guard = getattr(request.app.state, "holdfast_guard", None)
    rescues = [] if guard is None else guard.rescues()
    return {
        "ended": ended,
        "tasks": len(asyncio.all_tasks()),
        "guarded": 0 if guard is None else len(guard.connections),
        "chat": len(manager.active),
        "compat": len(cured.active_connections),
        "rescues": {f"{r.endpoint}: {r.kind}": r.count for r in rescues},
        "where": {str(r.kind): r.where for r in rescues},
    }


@router.websocket("/chat/{name}")
async def chat(websocket: WebSocket, name: str) -> None:
    await manager.connect(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            await manager.broadcast(f"{name}: {text}")
    except WebSocketDisconnect:
        manager.disconnect(websocket)
        await manager.broadcast(f"{name} left")


@router.websocket("/compat/{name}")
async def compat(websocket: WebSocket, name: str) -> None:
    """The same handler; only its manager was imported from elsewhere."""
    await cured.connect(websocket)
    try:
        while True:
            text = await websocket.receive_text()
            await cured.broadcast(f"{name}: {text}")
    except WebSocketDisconnect:
        cured.disconnect(websocket)
        await cured.broadcast(f"{name} left")


@router.websocket("/sends/{name}")
async def sends(websocket: WebSocket, name: str) -> None:
    async def body() -> None:
        await websocket.accept()
        while True:
            await websocket.send_text("x" * 100)
            await asyncio.sleep(0.05)  # pacing

    await noted(name, body())


@router.websocket("/floods/{name}")
async def floods(websocket: WebSocket, name: str) -> None:
    async def body() -> None:
        await websocket.accept()
        while True:
            await websocket.send_text("x" * 65536)

    await noted(name, body())


@router.websocket("/sleeps/{name}")
async def sleeps(websocket: WebSocket, name: str) -> None:
    async def body() -> None:
        await websocket.accept()
        await asyncio.sleep(3600)  # pacing

    await noted(name, body())


@router.websocket("/works/{name}")
@outlives_client
async def works(websocket: WebSocket, name: str) -> None:
    async def body() -> None:
        await websocket.accept()
        await asyncio.sleep(3)  # pacing

    await noted(name, body())


@router.websocket("/siblings/{name}")
async def siblings(websocket: WebSocket, name: str) -> None:
    queue: asyncio.Queue[str] = asyncio.Queue()

    async def push() -> None:
        await websocket.send_text(await queue.get())

    async def pull() -> None:
        while True:
            await websocket.receive_text()

    await websocket.accept()
    await noted(name, asyncio.gather(noted(f"{name}-push", push()), pull()))


@router.websocket("/swallows/{name}")
async def swallows(websocket: WebSocket, name: str) -> None:
    async def body() -> None:
        await websocket.accept()
        for _ in range(3):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)  # pacing

    await noted(name, body())


@router.websocket("/returns/{name}")
async def returns(websocket: WebSocket, name: str) -> None:
    await websocket.accept()


@router.websocket("/fails/{name}")
async def fails(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    raise RuntimeError("the handler failed, as the test wants it")


@router.websocket("/closes/{name}")
async def closes(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    code, _, reason = (await websocket.receive_text()).partition(" ")
    await websocket.close(int(code), reason)


@router.websocket("/never-accepts/{name}")
async def never_accepts(websocket: WebSocket, name: str) -> None:
    pass


@router.websocket("/sends-twice/{name}")
async def sends_twice(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.receive_text()
    for _ in range(2):
        try:
            await websocket.send_text("still there?")
        except Exception as error:
            note(name, error)


bare = FastAPI()
bare.include_router(router)
app = FastAPI()
app.include_router(router)
app.add_middleware(HoldfastGuard, deadlines=DEADLINES)
