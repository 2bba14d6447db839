"""A while loop that empties the collection, and a loop that starts anew."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []


async def close_all():
    while clients:
        client = clients.pop()
        await client.close(1001)


async def last_words(text: str):
    for client in reversed(clients.copy()):
        clients.remove(client)
        await client.send_text(text)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    clients.append(ws)
    try:
        while True:
            await last_words(await ws.receive_text())
            await close_all()
    except WebSocketDisconnect:
        pass
    finally:
        if ws in clients:
            clients.remove(ws)
