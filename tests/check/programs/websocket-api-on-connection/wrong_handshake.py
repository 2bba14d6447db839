from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def headers(conn: Connection[str]) -> None:
    await conn.send(conn.headers.get("user-agent", ""))  # here


@hf.websocket("/endpoint")
class Room(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        await conn.send(conn.query_params.get("name", ""))  # here
