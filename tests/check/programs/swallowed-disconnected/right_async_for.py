from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/a")
async def messages(conn: Connection[dict]) -> None:
    async for message in conn:  # ends by itself
        try:
            await hf.publish(message["room"], message["text"])
            await conn.send("ok")
        except Exception as error:
            print(error)


@hf.websocket("/b")
async def checked(conn: Connection[str]) -> None:
    while conn.closed is None:
        try:
            await conn.send(await conn.receive())
        except Exception as error:
            print(error)
