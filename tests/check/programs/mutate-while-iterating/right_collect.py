"""First collected, then removed."""

import asyncio

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


async def in_tasks(text: str):
    async def send(client: WebSocket):
        try:
            await asyncio.wait_for(client.send_text(text), 5)
        except Exception:
            clients.discard(client)

    async with asyncio.TaskGroup() as group:
        for client in clients:
            group.create_task(send(client))
    await asyncio.gather(*(send(client) for client in clients))


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
