from fastapi import FastAPI

from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def ours(conn: Connection):
    async for text in conn:
        await conn.send(text)
