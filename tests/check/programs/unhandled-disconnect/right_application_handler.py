"""Starlette calls exception handlers for WebSockets, too."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.exception_handler(WebSocketDisconnect)
async def left(websocket: WebSocket, error: WebSocketDisconnect) -> None:
    print(f"{websocket.client} left with {error.code}")


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())
