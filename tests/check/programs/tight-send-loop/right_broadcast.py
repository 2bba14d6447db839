"""A loop over clients is a broadcast, not a stream to one."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: list[WebSocket] = []


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    clients.append(ws)
    try:
        while True:
            text = await ws.receive_text()
            for client in list(clients):
                try:
                    await client.send_text(text)
                except Exception:
                    pass
    except WebSocketDisconnect:
        pass
    finally:
        clients.remove(ws)


@app.websocket("/stream")
async def stream(ws: WebSocket):
    await ws.accept()
    queue: asyncio.Queue = asyncio.Queue(10)
    for number in range(10):
        queue.put_nowait(number)
    while not queue.empty():
        await ws.send_text(str(queue.get_nowait()))
    while True:
        await ws.send_text(str(await queue.get()))
