import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def receive(websocket: WebSocket, gone: asyncio.Event) -> str:
    """Receive, unless somebody else has seen the client leave."""
    read = asyncio.ensure_future(websocket.receive_text())
    left = asyncio.ensure_future(gone.wait())
    await asyncio.wait({read, left}, return_when=asyncio.FIRST_COMPLETED)
    left.cancel()
    if gone.is_set():
        read.cancel()
        raise WebSocketDisconnect(1001)
    return read.result()


@app.websocket("/lines")
async def lines(websocket: WebSocket) -> None:
    await websocket.accept()
    gone = asyncio.Event()
    try:
        while True:
            await websocket.send_text(await receive(websocket, gone))
    except WebSocketDisconnect:
        gone.set()
