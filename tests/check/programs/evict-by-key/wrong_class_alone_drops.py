from fastapi import FastAPI, WebSocket

app = FastAPI()


class Table:
    def __init__(self) -> None:
        self.seats: dict[str, WebSocket] = {}

    async def connect(self, websocket: WebSocket, player: str) -> None:
        await websocket.accept()
        self.seats[player] = websocket

    def disconnect(self, player: str) -> None:
        if player in self.seats:
            del self.seats[player]  # here

    async def deal(self, player: str, card: str) -> None:
        if player in self.seats:
            try:
                await self.seats[player].send_text(card)
            except Exception:
                self.disconnect(player)
