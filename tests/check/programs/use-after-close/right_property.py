from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

app = FastAPI()


class Peer:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self._open = False

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def is_connected(self) -> bool:
        return self.websocket.application_state == WebSocketState.CONNECTED

    async def open(self) -> None:
        await self.websocket.accept()
        self._open = True

    async def close(self, code: int = 1000) -> None:
        self._open = False
        await self.websocket.close(code)

    async def send(self, text: str) -> None:
        if self.is_open:
            await self.websocket.send_text(text)


@app.websocket("/peer")
async def talk(websocket: WebSocket) -> None:
    peer = Peer(websocket)
    await peer.open()
    try:
        while peer.is_open:
            text = await websocket.receive_text()
            if text == "bye":
                await peer.close()
            await peer.send(text)
        if peer.is_connected:
            await websocket.close()
    except WebSocketDisconnect:
        pass
