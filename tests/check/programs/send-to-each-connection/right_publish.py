from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/rooms/{room}")
async def chat(conn: Connection[str], room: str) -> None:
    await conn.join(room)
    async for text in conn:
        await hf.publish(room, text)


@app.post("/announce")
async def announce(text: str, rooms: str):
    await hf.broadcast(text)
    for room in rooms.split(","):
        await hf.publish(room, text)
