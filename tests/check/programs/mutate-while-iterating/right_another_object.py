"""Another object of the same class: its collection is another one."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Room:
    def __init__(self) -> None:
        self.members: list[WebSocket] = []

    def leave(self, ws: WebSocket) -> None:
        if ws in self.members:
            self.members.remove(ws)

    def take_from(self, other: "Room") -> None:
        for ws in self.members:
            if ws in other.members:
                other.members.remove(ws)
        for ws in self.members:
            other.leave(ws)


lobby, game = Room(), Room()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    lobby.members.append(ws)
    try:
        while True:
            await ws.receive_text()
            game.members.append(ws)
            game.take_from(lobby)
    except WebSocketDisconnect:
        pass
    finally:
        lobby.leave(ws)
        game.leave(ws)
