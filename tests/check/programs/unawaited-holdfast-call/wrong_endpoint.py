from fastapi import FastAPI
from holdfast import Closed, Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
class Room(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str) -> None:
        conn.send(message)  # here
        if message == "bye":
            conn.close()  # here

    async def on_disconnect(self, conn: Connection[str], closed: Closed) -> None:
        conn.leave("lobby")  # here
