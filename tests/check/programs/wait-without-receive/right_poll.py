"""Between two events the client is asked for, too."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def still_connected(websocket: WebSocket) -> bool:
    try:
        await asyncio.wait_for(websocket.receive(), timeout=0.01)
    except asyncio.TimeoutError:
        return True
    except (WebSocketDisconnect, RuntimeError):
        return False
    return True


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    queue: asyncio.Queue = asyncio.Queue(maxsize=10)
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), timeout=1)
        except asyncio.TimeoutError:
            if not await still_connected(websocket):
                break
            continue
        await websocket.send_json(event)
