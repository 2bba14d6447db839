"""A broadcast may fail for another's end, which is of the same class."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self) -> None:
        self.active: list[WebSocket] = []

    async def broadcast(self, text: str) -> None:
        for one in list(self.active):
            await one.send_text(text)


manager = Manager()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    manager.active.append(websocket)
    try:
        async for text in websocket.iter_text():
            await manager.broadcast(text)
    except WebSocketDisconnect:
        print("somebody left")
    finally:
        manager.active.remove(websocket)
