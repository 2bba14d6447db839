import asyncio
import threading

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Player:
    """A socket and its outbox: its own `send_json` is a plain function."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.outbox: asyncio.Queue = asyncio.Queue(100)

    def send_json(self, data: dict) -> None:
        self.outbox.put_nowait(data)

    def close(self) -> None:
        self.outbox.put_nowait(None)

    async def write(self) -> None:
        while (data := await self.outbox.get()) is not None:
            await self.websocket.send_json(data)
        await self.websocket.close()

    def closing(self):
        return self.websocket.close()


players: dict[str, Player] = {}


@app.websocket("/ws/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    player = players[name] = Player(websocket)
    writing = asyncio.create_task(player.write())
    loop = asyncio.get_running_loop()

    def from_a_thread(text: str) -> None:
        asyncio.run_coroutine_threadsafe(websocket.send_text(text), loop)

    threading.Thread(target=from_a_thread, args=("hello",)).start()
    try:
        async for data in websocket.iter_json():
            for other in players.values():
                other.send_json(data)
            player.send_json({"sent": len(players)})
    finally:
        players.pop(name, None)
        player.close()
        await writing
