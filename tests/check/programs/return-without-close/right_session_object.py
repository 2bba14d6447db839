import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
players: list["Player"] = []


class Player:
    """Is kept by a list: somebody else may close it."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.done = asyncio.Event()


class Asker:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def ask(self) -> str | None:
        try:
            return await self.websocket.receive_text()
        except WebSocketDisconnect:
            return None

    async def finish(self, text: str) -> None:
        await self.websocket.send_text(text)
        await self.websocket.close()


@app.websocket("/players")
async def play(websocket: WebSocket) -> None:
    await websocket.accept()
    player = Player(websocket)
    players.append(player)
    await player.done.wait()


@app.websocket("/asked")
async def asked(websocket: WebSocket) -> None:
    await websocket.accept()
    asker = Asker(websocket)
    name = await asker.ask()
    if name is None:
        return
    await asker.finish(f"hello {name}")
