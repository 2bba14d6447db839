from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    conn.join("lobby")  # here
    conn.send("welcome")  # here
    async for text in conn:
        hf.publish("lobby", text)  # here
