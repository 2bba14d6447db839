"""First collected, then removed."""
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(text: str):
    dead = set()
    for client in tuple(clients):
        try:
            await client.send_text(text)
        except Exception:
            dead.add(client)
    for client in dead:
        clients.discard(client)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    clients.add(ws)
    try:
        while True:
            await broadcast(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(ws)
