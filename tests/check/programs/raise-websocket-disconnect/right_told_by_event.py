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


async def until(gone: asyncio.Event) -> None:
    await gone.wait()
    raise WebSocketDisconnect(1006)


@app.websocket("/watched")
async def watched(websocket: WebSocket) -> None:
    await websocket.accept()
    gone = asyncio.Event()
    watcher = asyncio.create_task(until(gone))
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        gone.set()
        await asyncio.gather(watcher, return_exceptions=True)
