from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: list[WebSocket] = []


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    clients.append(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        clients.remove(ws)
