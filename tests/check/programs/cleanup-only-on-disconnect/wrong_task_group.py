import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def both_ways(peer: WebSocket) -> None:
    await peer.accept()
    clients.add(peer)

    async def read() -> None:
        while True:
            print((await peer.receive_json())["text"])

    async def write() -> None:
        while True:
            await peer.send_text("still here")
            await asyncio.sleep(5)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            group.create_task(write())
    except* WebSocketDisconnect:
        clients.discard(peer)  # here
