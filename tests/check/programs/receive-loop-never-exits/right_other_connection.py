"""An upstream's errors are swallowed; the client's are not."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Upstream:
    async def receive_text(self) -> str:
        raise OSError

    async def send(self, text: str) -> None: ...


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    upstream = Upstream()
    try:
        while True:
            text = await websocket.receive_text()
            try:
                await upstream.send(text)
                await upstream.receive_text()
            except Exception:
                continue
    except WebSocketDisconnect:
        pass
