import multiprocessing

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
        for ws in list(self.active):
            await ws.send_text(text)


manager = Manager()


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await manager.connect(ws)
    try:
        while True:
            await manager.broadcast(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        manager.disconnect(ws)


def main() -> None:
    import uvicorn

    workers = multiprocessing.cpu_count() * 2 + 1
    uvicorn.run("wrong_cpu_count:app", workers=workers)  # here


if __name__ == "__main__":
    main()
