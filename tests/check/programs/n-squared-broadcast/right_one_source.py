"""A sensor's connection tells the viewers, and is none of them."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
viewers: set[WebSocket] = set()


@app.websocket("/sensor")
async def sensor(ws: WebSocket):
    await ws.accept()
    number = 0
    while True:
        number += 1
        for viewer in list(viewers):
            try:
                await asyncio.wait_for(viewer.send_json({"number": number}), 5)
            except Exception:
                viewers.discard(viewer)
        await asyncio.sleep(1)


@app.websocket("/view")
async def view(ws: WebSocket):
    await ws.accept()
    viewers.add(ws)
    try:
        async for _ in ws.iter_text():
            pass
    except WebSocketDisconnect:
        pass
    finally:
        viewers.discard(ws)
