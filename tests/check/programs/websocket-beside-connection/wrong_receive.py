from fastapi import FastAPI, WebSocket
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str], websocket: WebSocket) -> None:
    while True:
        text = await websocket.receive_text()  # here
        await conn.send(text)
