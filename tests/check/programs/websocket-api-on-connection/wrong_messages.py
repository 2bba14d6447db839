from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/text")
async def text(conn: Connection[str]) -> None:
    async for message in conn:
        await conn.send_text(message)  # here


@hf.websocket("/json")
async def json(conn: Connection[dict]) -> None:
    while True:
        message = await conn.receive_json()  # here
        await conn.send_json(message)  # here


@hf.websocket("/iter")
async def iterate(conn: Connection) -> None:
    async for message in conn.iter_text():  # here
        await conn.send(message)
