from fastapi import FastAPI
from holdfast import Connection, Disconnected, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/a")
async def again(conn: Connection[str]) -> None:
    while True:
        try:
            await conn.send(await conn.receive())
        except Exception as error:
            if isinstance(error, Disconnected):
                raise
            print(error)


@hf.websocket("/b")
async def other_work(conn: Connection[str]) -> None:
    while True:
        text = await conn.receive()
        try:
            number = int(text)
        except Exception:
            number = 0
        await conn.send(number)
