from fastapi import WebSocket


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

    async def remove(self, name: str) -> None:
        if name in self.active:
            await self.active[name].close(1001)
            del self.active[name]

    async def broadcast(self, text: str) -> None:
        for websocket in list(self.active.values()):
            await websocket.send_text(text)
