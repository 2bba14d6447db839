from fastapi import FastAPI, WebSocketDisconnect
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)
failed = []


@hf.websocket("/ws")
class Room(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str) -> None:
        try:
            for _ in range(1000):
                await conn.send(message)
        except (WebSocketDisconnect, RuntimeError):  # here
            failed.append(conn.id)
