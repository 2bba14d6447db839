from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def logged_in(websocket: WebSocket) -> str:
    await websocket.accept()
    token = await websocket.receive_text()
    if token != "secret":
        await websocket.close(4401)
        return ""
    return "ann"


@app.websocket("/notes")
async def notes(websocket: WebSocket, user: str = Depends(logged_in)) -> None:
    if not user:
        return
    async for text in websocket.iter_text():
        await websocket.send_text(f"{user}: {text}")


class Game:
    def __init__(self) -> None:
        self.players: list[WebSocket] = []

    async def add(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.players.append(websocket)

    async def finish(self) -> None:
        for player in list(self.players):
            try:
                await player.close()
            except (RuntimeError, WebSocketDisconnect):
                continue


game = Game()


@app.websocket("/game")
async def play(websocket: WebSocket) -> None:
    await game.add(websocket)
    try:
        while True:
            if await websocket.receive_text() == "end":
                await game.finish()
                break
    except WebSocketDisconnect:
        pass
