from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.active: list[WebSocket] = []

    async def connect(self, ws: WebSocket) -> None:
        await ws.accept()
        self.active.append(ws)

    def disconnect(self, ws: WebSocket) -> None:
        if ws in self.active:
            self.active.remove(ws)

    async def broadcast(self, text: str) -> None:
        for peer in list(self.active):
            try:
                await peer.send_text(text)
            except (RuntimeError, WebSocketDisconnect):
                if peer in self.active:
                    self.active.remove(peer)


manager = Manager()


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await manager.connect(ws)
    try:
        while True:
            await manager.broadcast((await ws.receive_json())["text"])
    except WebSocketDisconnect:
        manager.disconnect(ws)  # here
    except Exception as error:
        await manager.broadcast(f"somebody had {error!r}")
