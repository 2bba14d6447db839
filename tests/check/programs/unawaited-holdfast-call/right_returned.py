from fastapi import FastAPI
from holdfast import Connection, Endpoint, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Rooms:
    def __init__(self, hf: Holdfast) -> None:
        self.hf = hf

    def say(self, room: str, text: str):
        return self.hf.publish(room, text)


rooms = Rooms(hf)


@hf.websocket("/ws")
class Chat(Endpoint[str]):
    async def on_message(self, conn: Connection[str], message: str) -> None:
        await rooms.say("lobby", message)
        for answer in [conn.send("a"), conn.send("b")]:
            await answer
