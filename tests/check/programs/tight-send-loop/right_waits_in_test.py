import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/shell")
async def shell(websocket: WebSocket) -> None:
    await websocket.accept()
    process = await asyncio.create_subprocess_exec("uptime", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    while data := await process.stdout.read(4096):
        await websocket.send_bytes(data)
    await websocket.close()


@app.websocket("/feed")
async def feed(websocket: WebSocket) -> None:
    await websocket.accept()
    reader, writer = await asyncio.open_connection("127.0.0.1", 7000)
    while not reader.at_eof() and (line := await reader.readline()):
        await websocket.send_text(line.decode())
    writer.close()
    await websocket.close()
