import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


async def tell_all(text: str) -> None:
    for client in list(clients):
        try:
            await asyncio.wait_for(client.send_text(text), 5)
        except Exception:
            clients.discard(client)


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    clients.add(ws)
    await tell_all("somebody came")
    try:
        while True:
            await tell_all(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(ws)
