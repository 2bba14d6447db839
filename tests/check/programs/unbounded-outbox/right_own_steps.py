"""What one coroutine of the connection puts, another of the same takes; nobody else puts."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    parts: asyncio.Queue = asyncio.Queue()
    try:
        while True:
            for part in (await ws.receive_text()).split():
                parts.put_nowait(part)
            while not parts.empty():
                await ws.send_text(parts.get_nowait())
    except WebSocketDisconnect:
        pass
