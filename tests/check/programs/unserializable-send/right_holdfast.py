from datetime import datetime

from fastapi import FastAPI
from holdfast import Connection, Holdfast
from pydantic import BaseModel

app = FastAPI()
hf = Holdfast(app)


class Reading(BaseModel):
    at: datetime


@hf.websocket("/ws")
async def readings(conn: Connection[str]) -> None:
    async for name in conn:
        await conn.send(Reading(at=datetime.now()))
        await conn.send({"name": name, "at": datetime.now(), "tags": {"a", "b"}})
