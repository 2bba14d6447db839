from fastapi import FastAPI, WebSocket

app = FastAPI()
names: dict[WebSocket, str] = {}
by_id: dict[int, WebSocket] = {}


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str) -> None:
    await ws.accept()
    names[ws] = name
    by_id[id(ws)] = ws
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        names.pop(ws, None)
        del by_id[id(ws)]
