"""create_task in a comprehension over functions; errors are returned."""

import asyncio
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def read(ws: WebSocket, box: asyncio.Queue) -> None:
    async for text in ws.iter_text():
        await box.put(text)


async def write(ws: WebSocket, box: asyncio.Queue) -> None:
    while True:
        await ws.send_text(await box.get())


async def talk(websocket: WebSocket) -> None:
    await websocket.accept()
    box: asyncio.Queue = asyncio.Queue(5)
    tasks = [asyncio.create_task(job(websocket, box)) for job in (read, write)]
    results = await asyncio.gather(*tasks, return_exceptions=True)  # here
    print(results)


app = Starlette(routes=[WebSocketRoute("/talk", talk)])
