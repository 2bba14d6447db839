from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)
peers: list[Connection[str]] = []


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    peers.append(conn)
    async for text in conn:
        for peer in peers:
            await peer.send(text)  # here
