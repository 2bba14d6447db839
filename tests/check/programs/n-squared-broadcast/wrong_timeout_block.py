import asyncio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()

sockets: set[WebSocket] = set()
rooms: dict[str, list[WebSocket]] = {}


async def tell(text):
    for s in list(sockets):
        try:
            await asyncio.wait_for(s.send_text(text), 1)
        except Exception:
            sockets.discard(s)


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()
    sockets.add(ws)
    try:
        while True:
            try:
                async with asyncio.timeout(1):
                    await ws.receive_text()
            except TimeoutError:
                await tell("tick")  # here
    except WebSocketDisconnect:
        pass
    finally:
        sockets.discard(ws)
