from fastapi import FastAPI, WebSocket
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(ws: WebSocket, conn: Connection[str]) -> None:
    await ws.accept()  # here
    async for text in conn:
        await conn.send(text)
