import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def echo(ws: WebSocket):
    await ws.accept()
    clients.add(ws)
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except asyncio.CancelledError:
        clients.discard(ws)
        raise
    except Exception:
        clients.discard(ws)
