"""Only ONE of the two endpoints looks at the Origin."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
USERS = {"abc": "ann"}
ALLOWED = {"https://example.com"}


def who(ws: WebSocket) -> str | None:
    return USERS.get(ws.cookies.get("sid", ""))  # here


@app.websocket("/safe")
async def safe(ws: WebSocket):
    if ws.headers.get("origin") not in ALLOWED or not who(ws):
        await ws.close()
        return
    await ws.accept()
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass


@app.websocket("/open")
async def unsafe(ws: WebSocket):
    name = who(ws)
    if not name:
        await ws.close()
        return
    await ws.accept()
    try:
        while True:
            await ws.send_text(f"{name} {await ws.receive_text()}")
    except WebSocketDisconnect:
        pass
