from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Peer:
    def __init__(self, conn: Connection[str]):
        self.conn = conn

    async def send_text(self, text: str):
        await self.conn.send(text)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    peer = Peer(conn)
    async for text in conn:
        await peer.send_text(text)


class Pooled:
    """A connection of another kind."""

    headers: dict[str, str] = {}


def query(conn: Pooled):
    return conn.headers
