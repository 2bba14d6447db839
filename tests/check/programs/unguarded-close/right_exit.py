from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Quiet:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def __aenter__(self) -> WebSocket:
        await self.websocket.accept()
        return self.websocket

    async def __aexit__(self, *error: object) -> None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.websocket.close()


class Polite(Quiet):
    async def __aexit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            await self.websocket.close()


class Closed(Quiet):
    async def __aexit__(self, *error: object) -> None:
        await self.websocket.close()


@app.websocket("/quiet")
async def quiet(websocket: WebSocket) -> None:
    async with Quiet(websocket) as ws:
        await ws.send_text(await ws.receive_text())


@app.websocket("/polite")
async def polite(websocket: WebSocket) -> None:
    async with Polite(websocket) as ws:
        await ws.send_text(await ws.receive_text())


@app.websocket("/closed")
async def closed(websocket: WebSocket) -> None:
    try:
        async with Closed(websocket) as ws:
            await ws.send_text(await ws.receive_text())
    except (RuntimeError, WebSocketDisconnect):
        print("gone")
