"""A class of a library: nobody in sight calls it, and its methods have names of their own."""

from collections import defaultdict

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Table:
    def __init__(self) -> None:
        self.seats: dict[str, WebSocket] = {}

    async def sit(self, player: str, socket: WebSocket) -> None:
        await socket.accept()
        self.seats[player] = socket

    def stand(self, player: str) -> None:
        self.seats.pop(player, None)  # here

    async def tell(self, player: str, text: str) -> None:
        await self.seats[player].send_text(text)


class Halls:
    def __init__(self) -> None:
        self.halls: defaultdict[str, dict[str, WebSocket]] = defaultdict(dict)

    def arrive(self, hall: str, nick: str, ws: WebSocket) -> None:
        self.halls[hall][nick] = ws

    def depart(self, hall: str, nick: str) -> None:
        if nick in self.halls[hall]:
            del self.halls[hall][nick]  # here
        if not self.halls[hall]:
            del self.halls[hall]
