"""Objects of one's own in the registry, sent to through a helper."""

import asyncio
from dataclasses import dataclass, field
from uuid import uuid4

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@dataclass
class Player:
    conn: WebSocket
    id: str = field(default_factory=lambda: uuid4().hex)


class Game:
    def __init__(self):
        self.players = {}

    def enter(self, conn: WebSocket) -> Player:
        player = Player(conn)
        self.players[player.id] = player
        return player

    def quit(self, player: Player) -> None:
        del self.players[player.id]

    async def _push(self, player, state):
        try:
            await asyncio.wait_for(player.conn.send_json(state), 3)
        except Exception:
            await player.conn.close(1011)

    async def tick(self, state):
        for player in self.players.values():  # here
            await self._push(player, state)


game = Game()


@app.websocket("/game")
async def play(conn: WebSocket):
    await conn.accept()
    player = game.enter(conn)
    try:
        while True:
            await game.tick(await conn.receive_json())
    except WebSocketDisconnect:
        pass
    finally:
        game.quit(player)
