from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


async def ensure_open(ws: WebSocket) -> None:
    if ws.application_state == WebSocketState.CONNECTING:
        await ws.accept()


async def hello(ws: WebSocket, accept: bool = True) -> None:
    if accept:
        await ws.accept()
    await ws.send_text("hello")


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    await ensure_open(ws)
    await ws.send_text("welcome")
    await ws.close()


@app.websocket("/flag")
async def flag(ws: WebSocket):
    await ws.accept()
    await hello(ws, accept=False)
    await ws.close()


@app.websocket("/late")
async def late(ws: WebSocket):
    accepted = False
    for attempt in range(2):
        if not accepted:
            await ws.accept()
            accepted = True
        await ws.send_text(f"attempt {attempt}")
    await ws.close()
