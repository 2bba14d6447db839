import asyncio
from collections.abc import Callable
from contextlib import ExitStack

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def safe_send(sock: WebSocket, data: object) -> bool:
    try:
        await asyncio.wait_for(sock.send_json(data), 3)
    except (RuntimeError, WebSocketDisconnect, asyncio.TimeoutError):
        return False
    return True


class Group:
    def __init__(self) -> None:
        self.members: set[WebSocket] = set()

    def add(self, sock: WebSocket) -> Callable[[], None]:
        self.members.add(sock)

        def remove() -> None:
            self.members.discard(sock)

        return remove

    async def broadcast(self, data: object) -> None:
        members = frozenset(self.members)
        sent = await asyncio.gather(*(safe_send(sock, data) for sock in members))
        for sock, ok in zip(members, sent, strict=True):
            if not ok:
                self.members.discard(sock)


group = Group()


@app.websocket("/votes")
async def votes(websocket: WebSocket) -> None:
    await websocket.accept()
    with ExitStack() as stack:
        stack.callback(group.add(websocket))
        try:
            while True:
                await group.broadcast({"vote": await websocket.receive_text()})
        except WebSocketDisconnect as gone:
            print(gone.code)
