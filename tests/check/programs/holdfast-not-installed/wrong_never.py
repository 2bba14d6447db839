from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast()  # here


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)
