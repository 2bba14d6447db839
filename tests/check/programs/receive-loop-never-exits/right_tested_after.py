from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def read(ws: WebSocket) -> str | None:
    try:
        return await ws.receive_text()
    except WebSocketDisconnect:
        return None


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        text = await read(ws)
        if text is None:
            break
        await ws.send_text(text)


@app.websocket("/inline")
async def inline(ws: WebSocket):
    await ws.accept()
    while True:
        try:
            text = await ws.receive_text()
        except Exception:
            text = None
        if text is None:
            return
        await ws.send_text(text)
