import asyncio
from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def up(client: WebSocket, writer: asyncio.StreamWriter) -> None:
    async for data in client.iter_bytes():
        writer.write(data)
        await writer.drain()


async def down(client: WebSocket, reader: asyncio.StreamReader) -> None:
    while data := await reader.read(4096):
        await client.send_bytes(data)


@app.websocket("/relay")
async def relay(client: WebSocket) -> None:
    await client.accept()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", 5000)
        tasks = [asyncio.create_task(up(client, writer)), asyncio.create_task(down(client, reader))]
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        for task in done:
            task.result()
    except OSError:
        await client.close(1013, "no upstream")
        return
    except WebSocketDisconnect:
        return
    with suppress(RuntimeError, WebSocketDisconnect):
        await client.close()
