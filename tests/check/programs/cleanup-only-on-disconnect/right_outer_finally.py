from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []


def forget(ws: WebSocket) -> None:
    if ws in clients:
        clients.remove(ws)


async def answer(ws: WebSocket) -> None:
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        forget(ws)


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    try:
        clients.append(ws)
        await answer(ws)
    finally:
        forget(ws)
