from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Manager:
    def __init__(self):
        self.active: set[WebSocket] = set()

    async def connect(self, ws: WebSocket):
        await ws.accept()
        self.active.add(ws)

    def disconnect(self, ws: WebSocket):
        self.active.discard(ws)


manager = Manager()


@app.websocket("/ws")
async def echo(ws: WebSocket):
    await manager.connect(ws)
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        manager.disconnect(ws)  # here
    except Exception as error:
        print("failed:", error)
        manager.disconnect(ws)
