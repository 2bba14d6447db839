import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
active: set[WebSocket] = set()


async def tell(text: str) -> None:
    await asyncio.wait_for(asyncio.gather(*[ws.send_text(text) for ws in active]), 5)  # here


async def insist(text: str) -> None:
    sends = [asyncio.wait_for(ws.send_text(text), 1) for ws in active]
    await asyncio.shield(asyncio.gather(*sends))  # here


@app.websocket("/ws")
async def serve(websocket: WebSocket):
    await websocket.accept()
    active.add(websocket)
    try:
        while True:
            await tell(await websocket.receive_text())
            await insist("that was it")
    except WebSocketDisconnect:
        pass
    finally:
        active.discard(websocket)
