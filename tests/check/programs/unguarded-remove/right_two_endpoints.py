from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: list[WebSocket] = []


@app.websocket("/one")
async def one(ws: WebSocket) -> None:
    await ws.accept()
    clients.append(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text)
    finally:
        clients.remove(ws)


@app.websocket("/two")
async def two(ws: WebSocket) -> None:
    await ws.accept()
    clients.append(ws)
    try:
        async for text in ws.iter_text():
            await ws.send_text(text.upper())
    finally:
        clients.remove(ws)
