from fastapi import FastAPI
from holdfast import Connection, Disconnected, Holdfast

app = FastAPI()
hf = Holdfast(app)
online = set()


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    online.add(conn.id)
    try:
        async for text in conn:
            await hf.publish("lobby", text)
    finally:
        online.discard(conn.id)


@hf.websocket("/receive")
async def receive(conn: Connection[str]) -> None:
    try:
        while True:
            await conn.send(await conn.receive())
    except Disconnected:
        print("gone")


@hf.websocket("/echo")
async def echo(conn: Connection[str]) -> None:
    try:
        async for text in conn:
            await conn.send(text)
    except Disconnected:
        print("gone while it was sent to")
