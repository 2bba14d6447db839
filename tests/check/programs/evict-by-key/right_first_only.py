"""The first connection of a player is the one that is kept; a second one is never stored."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Table:
    def __init__(self) -> None:
        self.seats: dict[str, WebSocket] = {}

    async def sit(self, player: str, websocket: WebSocket) -> bool:
        if player not in self.seats:
            await websocket.accept()
            self.seats[player] = websocket
            return True
        return False

    def stand_up(self, player: str) -> None:
        if player in self.seats:
            del self.seats[player]


table = Table()


@app.websocket("/table/{player}")
async def play(websocket: WebSocket, player: str) -> None:
    if not await table.sit(player, websocket):
        await websocket.close()
        return
    try:
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    finally:
        table.stand_up(player)
