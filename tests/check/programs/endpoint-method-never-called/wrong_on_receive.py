from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Echo(Endpoint[dict]):
    async def on_receive(self, conn: Connection[dict], message: dict) -> None:  # here
        await conn.send(message)
