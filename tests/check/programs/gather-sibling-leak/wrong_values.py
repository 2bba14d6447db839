import asyncio
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws/{name}")
async def endpoint(ws: WebSocket, name: str):
    await ws.accept()

    async def up():
        while True:
            await asyncio.sleep(1)
            await ws.send_text("x")

    async def down():
        async for text in ws.iter_text():
            print(text)

    coros = {"up": up(), "down": down()}
    await asyncio.gather(*coros.values())  # here
