from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Commands(Endpoint[dict]):
    async def on_message(self, conn: Connection[dict], message: dict) -> None:
        method = getattr(self, f"on_{message['kind']}", None)
        if method is not None:
            await method(conn, message)

    async def on_open(self, conn: Connection[dict], message: dict) -> None:
        await conn.send("opened")
