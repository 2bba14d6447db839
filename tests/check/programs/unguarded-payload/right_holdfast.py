from fastapi import FastAPI
from holdfast import Connection, Holdfast
from pydantic import BaseModel

app = FastAPI()
hf = Holdfast(app)


class Say(BaseModel):
    text: str


@hf.websocket("/ws")
async def say(conn: Connection[Say]) -> None:
    async for message in conn:
        await conn.send({"said": message.text})
