import asyncio

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


async def relay(ws: WebSocket) -> None:
    await ws.accept()

    async def commands():
        async for command in ws.iter_json():
            await ws.send_json({"done": command})

    async def heartbeat():
        while True:
            await ws.send_text("ping")
            await asyncio.wait_for(ws.receive_text(), 10)

    async with asyncio.TaskGroup() as group:
        group.create_task(commands())
        group.create_task(heartbeat())  # here


app = Starlette(routes=[WebSocketRoute("/relay", relay)])
