from fastapi import FastAPI, WebSocket

app = FastAPI()


class Pinging(WebSocket):
    """Adds what it needs."""

    closed = False

    async def ping(self) -> None:
        await self.send_text("ping")

    async def recv(self) -> str:
        return await self.receive_text()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    socket = Pinging(websocket.scope, websocket.receive, websocket.send)
    await socket.accept()
    await socket.ping()
    await socket.send_text(await socket.recv())
    await socket.close()


@app.websocket("/typed")
async def typed(socket: Pinging):
    await socket.accept()
    await socket.close()


@app.websocket("/marked")
async def marked(websocket: WebSocket):
    websocket.closed = False
    await websocket.accept()
    if not websocket.closed:
        await websocket.close()


@app.websocket("/guarded")
async def guarded(websocket: WebSocket):
    await websocket.accept()
    if hasattr(websocket, "ping"):
        await websocket.ping()
    await websocket.close()
