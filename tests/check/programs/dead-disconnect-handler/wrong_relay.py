"""Another connection is fed, and never closed."""

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

app = FastAPI()
CLOSED: list[str] = []


class Upstream:
    async def send(self, text: str) -> None: ...

    async def close(self) -> None:
        CLOSED.append("upstream")


@app.websocket("/relay")
async def relay(ws: WebSocket):
    await ws.accept()
    upstream = Upstream()

    async def from_client():
        try:
            async for message in ws.iter_json():
                if message.get("event") == "media":
                    await upstream.send(message["payload"])
        except WebSocketDisconnect:  # here
            print("client left")
            await upstream.close()

    await from_client()
