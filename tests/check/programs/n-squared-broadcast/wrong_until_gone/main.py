import asyncio
import time
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from hub import hub

app = FastAPI()


@app.websocket("/time")
async def clock(ws: WebSocket):
    await ws.accept()
    hub.socks.add(ws)

    async def drain() -> None:
        async for _ in ws.iter_text():
            pass

    gone = asyncio.create_task(drain())
    try:
        while not gone.done():
            await hub.push({"now": time.time()})  # here
            await asyncio.wait({gone}, timeout=1)
    except WebSocketDisconnect:
        pass
    finally:
        gone.cancel()
        hub.socks.discard(ws)
