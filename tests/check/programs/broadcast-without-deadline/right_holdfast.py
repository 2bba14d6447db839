from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws/{room}")
async def endpoint(conn: Connection, room: str):
    await conn.subscribe(room)
    async for message in conn:
        await hf.publish(room, message)
