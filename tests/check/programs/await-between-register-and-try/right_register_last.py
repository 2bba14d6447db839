from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    await ws.send_text("welcome")
    hello = await ws.receive_text()
    clients.add(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(hello + text)
    finally:
        clients.discard(ws)
