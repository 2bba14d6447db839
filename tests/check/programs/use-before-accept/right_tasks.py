import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Line:
    def __init__(self, conn: WebSocket) -> None:
        self.conn = conn
        self.open = asyncio.Event()

    async def read(self) -> None:
        await self.conn.accept()
        self.open.set()
        async for line in self.conn.iter_text():
            print(line)

    async def write(self) -> None:
        await self.open.wait()
        await self.conn.send_text("welcome")


@app.websocket("/line")
async def serve(conn: WebSocket) -> None:
    line = Line(conn)
    async with asyncio.TaskGroup() as group:
        group.create_task(line.read())
        group.create_task(line.write())
