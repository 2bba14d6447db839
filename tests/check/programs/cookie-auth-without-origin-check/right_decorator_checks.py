import functools

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
ALLOWED = {"https://app.example.com"}


def own_pages(endpoint):
    @functools.wraps(endpoint)
    async def guarded(websocket: WebSocket):
        if websocket.headers.get("Origin") not in ALLOWED:
            await websocket.close()
            return
        await endpoint(websocket)

    return guarded


@app.websocket("/ws")
@own_pages
async def account(websocket: WebSocket):
    session = websocket.cookies.get("session")
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{session}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass


@app.websocket("/other")
@own_pages
async def other(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
