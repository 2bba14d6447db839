from fastapi import FastAPI
from holdfast import Connection, Holdfast
from replies import reply

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    async for text in conn:
        await reply(conn, text)
