from fastapi import FastAPI
from rooms import greet
from realtime import hf
from holdfast import Connection

app = FastAPI()
hf.install(app)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    await greet(conn)
    async for text in conn:
        hf.publish("lobby", text)  # here
