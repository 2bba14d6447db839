import asyncio
from contextlib import suppress

from fastapi import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState


class Manager:
    def __init__(self) -> None:
        self.active: dict[str, WebSocket] = {}

    async def connect(self, user: str, websocket: WebSocket) -> None:
        await websocket.accept()
        self.active[user] = websocket

    async def disconnect(self, user: str) -> None:
        websocket = self.active.pop(user, None)
        if websocket is not None:
            await websocket.close()

    async def forget(self, user: str) -> None:
        websocket = self.active.pop(user)
        with suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close()
        await asyncio.gather(websocket.close(), return_exceptions=True)
        if websocket.application_state is WebSocketState.CONNECTED:
            await websocket.close()

    async def broadcast(self, text: str) -> None:
        for websocket in list(self.active.values()):
            await websocket.send_text(text)
