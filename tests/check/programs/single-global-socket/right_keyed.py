from contextvars import ContextVar

from fastapi import FastAPI, WebSocket

app = FastAPI()
sockets: dict[str, WebSocket] = {}
current: ContextVar[WebSocket] = ContextVar("current")


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str) -> None:
    await websocket.accept()
    local = {"ws": None}
    local["ws"] = websocket
    current.set(websocket)
    websocket.state.socket = websocket
    sockets[name] = websocket
    try:
        async for text in websocket.iter_text():
            await current.get().send_text(text)
    finally:
        if sockets.get(name) is websocket:
            del sockets[name]
