import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

app = FastAPI()


@app.websocket("/weather")
async def weather(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        async with connect("ws://weather.example/now") as station:
            await between(websocket, station)
    except InvalidStatus:
        await websocket.close(1014)


async def between(websocket: WebSocket, station: ClientConnection) -> None:
    async def ask() -> None:
        try:
            while True:
                await station.send(await websocket.receive_text())
        except WebSocketDisconnect:
            return

    async def tell() -> None:
        async for report in station:
            await websocket.send_text(str(report))

    tasks = [asyncio.create_task(ask()), asyncio.create_task(tell())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if websocket.client_state.name != "DISCONNECTED":
            await websocket.close(1000)
