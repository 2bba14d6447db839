from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Player:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def tell(self, text: str) -> None:
        try:
            await self.websocket.send_text(text)
        except Exception:
            print("gone")


class Table:
    def __init__(self) -> None:
        self.players: list[Player] = []

    async def sit(self, player: Player) -> None:
        self.players.append(player)
        await player.tell("welcome")
        await self.announce()

    async def announce(self) -> None:
        for player in list(self.players):
            await player.tell(f"{len(self.players)} players")

    def rise(self, player: Player) -> None:
        if player in self.players:
            self.players.remove(player)


table = Table()


@app.websocket("/table")
async def serve(websocket: WebSocket):
    await websocket.accept()
    player = Player(websocket)
    await table.sit(player)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        print("left")
    finally:
        table.rise(player)
