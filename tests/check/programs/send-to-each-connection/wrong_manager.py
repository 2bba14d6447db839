from collections import defaultdict

from fastapi import FastAPI
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


class Rooms:
    def __init__(self) -> None:
        self.rooms: dict[str, set[Connection[str]]] = defaultdict(set)

    def enter(self, room: str, conn: Connection[str]) -> None:
        self.rooms[room].add(conn)

    async def say(self, room: str, text: str) -> None:
        for member in self.rooms[room]:
            await member.send(text)  # here


rooms = Rooms()


@hf.websocket("/rooms/{room}")
async def chat(conn: Connection[str], room: str) -> None:
    rooms.enter(room, conn)
    async for text in conn:
        await rooms.say(room, text)
