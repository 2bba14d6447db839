from fastapi import FastAPI, WebSocket

app = FastAPI()


async def greet(websocket, name):
    await websocket.send_text(f"Hello {name}")


class Manager:
    async def connect(self, websocket):
        await websocket.accept()

    async def disconnect(self, ws):
        await ws.close()


manager = Manager()


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name):
    await manager.connect(websocket)
    await greet(websocket, name)
    await manager.disconnect(websocket)


@app.websocket("/search")
async def search(websocket: WebSocket, socket, query):
    """Two query parameters: one of them is called socket."""
    await websocket.accept()
    await websocket.send_json([socket, query])
    await websocket.close()
