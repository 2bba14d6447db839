import asyncio

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.routing import WebSocketRoute

boards = set()


async def arrivals():
    count = 0
    while True:
        await asyncio.sleep(30)
        count += 1
        yield f"bus {count}"


async def show(line):
    for board in list(boards):
        try:
            await asyncio.wait_for(board.send_text(line), 1)
        except Exception:
            boards.discard(board)


async def announce():
    async for line in arrivals():
        await show(line)  # here


class Board(WebSocketEndpoint):
    encoding = "text"

    async def on_connect(self, websocket):
        await websocket.accept()
        boards.add(websocket)
        self.announcing = asyncio.create_task(announce())

    async def on_disconnect(self, websocket, close_code):
        self.announcing.cancel()
        boards.discard(websocket)


app = Starlette(routes=[WebSocketRoute("/board", Board)])
