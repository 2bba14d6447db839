import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def until_gone(ws: WebSocket) -> None:
    async for _ in ws.iter_text():
        pass


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    try:
        await ws.accept()
        watcher = asyncio.create_task(until_gone(ws))
        try:
            while True:
                await ws.send_text(await ws.receive_text())  # here
        except WebSocketDisconnect:
            pass
        finally:
            watcher.cancel()
    finally:
        print("left")
