from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


def announce(text: str):
    """Called on the loop."""
    hf.publish_nowait("lobby", text)


@app.post("/say")
async def say(text: str):
    announce(text)
    await hf.publish("lobby", text)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    conn.on_disconnect(lambda conn, closed: hf.publish_nowait("lobby", "somebody left"))
    async for text in conn:
        hf.publish_nowait("lobby", text)
