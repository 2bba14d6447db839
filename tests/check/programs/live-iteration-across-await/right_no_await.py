"""Loops over live collections in which nothing else can run."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()
queues: dict[WebSocket, asyncio.Queue] = {}
tasks: set[asyncio.Task] = set()


def publish(text):
    for queue in queues.values():
        queue.put_nowait(text)


async def broadcast(text):
    for client in clients:
        task = asyncio.create_task(client.send_text(text))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*(client.send_text(text) for client in clients), return_exceptions=True)
    pending = []
    for client in clients:
        pending.append(client.send_text(text))
    await asyncio.gather(*pending, return_exceptions=True)


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    clients.add(ws)
    queues[ws] = asyncio.Queue(10)
    try:
        while True:
            await broadcast(await ws.receive_text())
            publish("sent")
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(ws)
        del queues[ws]
