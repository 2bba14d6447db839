"""The first client begins the timer for all; a join is told to everybody once."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Game:
    def __init__(self) -> None:
        self.players: set[WebSocket] = set()
        self.task: asyncio.Task | None = None

    async def tell(self, data):
        for player in list(self.players):
            try:
                await asyncio.wait_for(player.send_json(data), 5)
            except Exception:
                self.players.discard(player)

    async def run(self):
        while self.players:
            await self.tell({"state": "running"})
            await asyncio.sleep(0.05)


game = Game()


@app.websocket("/game")
async def play(ws: WebSocket):
    await ws.accept()
    game.players.add(ws)
    await game.tell({"players": len(game.players)})
    if game.task is None:
        game.task = asyncio.create_task(game.run())
    try:
        while True:
            await ws.receive_json()
    except WebSocketDisconnect:
        pass
    finally:
        game.players.discard(ws)
