import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def read(conn: WebSocket, lines: asyncio.Queue[str]) -> None:
    async for line in conn.iter_text():
        await lines.put(line)


async def write(conn: WebSocket, lines: asyncio.Queue[str]) -> None:
    while True:
        await conn.send_text(await lines.get())


@app.websocket("/duplex")
async def duplex(conn: WebSocket) -> None:
    lines: asyncio.Queue[str] = asyncio.Queue(100)
    async with asyncio.TaskGroup() as group:
        group.create_task(read(conn, lines))  # here
        group.create_task(write(conn, lines))  # here
