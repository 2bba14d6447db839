"""Classes that nobody in sight calls, and that take keys out for another reason."""

from contextlib import suppress

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Kicks:
    def __init__(self) -> None:
        self.players: dict[str, WebSocket] = {}

    def sit(self, player: str, socket: WebSocket) -> None:
        self.players[player] = socket

    def stand(self, player: str, socket: WebSocket) -> None:
        if self.players.get(player) is socket:
            del self.players[player]

    def ban(self, player: str) -> None:
        self.players.pop(player, None)


class Closes:
    def __init__(self) -> None:
        self.players: dict[str, WebSocket] = {}

    def sit(self, player: str, socket: WebSocket) -> None:
        self.players[player] = socket

    async def throw_out(self, player: str) -> None:
        with suppress(KeyError, RuntimeError):
            await self.players[player].close(4001)
            del self.players[player]


class Lost:
    def __init__(self) -> None:
        self.players: dict[str, WebSocket] = {}

    def sit(self, player: str, socket: WebSocket) -> None:
        self.players[player] = socket

    async def tell(self, player: str, text: str) -> None:
        try:
            await self.players[player].send_text(text)
        except RuntimeError:
            del self.players[player]


class Numbered:
    def __init__(self) -> None:
        self.seats: dict[int, WebSocket] = {}

    def sit(self, seat: int, socket: WebSocket) -> None:
        self.seats[seat] = socket

    def stand(self, seat: int) -> None:
        self.seats.pop(seat, None)
