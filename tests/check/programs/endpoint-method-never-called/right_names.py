from fastapi import FastAPI
from holdfast import Closed, Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Echo(Endpoint[str]):
    async def on_connect(self, conn: Connection[str]) -> None:
        conn.on_gap(self.on_gap)

    async def on_message(self, conn: Connection[str], message: str) -> None:
        if message == "ping":
            await self.on_ping(conn)

    async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None: ...

    async def on_ping(self, conn: Connection[str]) -> None:
        await conn.send("pong")

    def on_gap(self, channel: str, missed: int) -> None: ...
