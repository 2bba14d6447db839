from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Base(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str) -> None:
        await conn.send(message)


@hf.websocket("/ws")
class Echo(Base):
    async def on_connected(self, conn: Connection[str]) -> None:  # here
        await conn.send("welcome")
