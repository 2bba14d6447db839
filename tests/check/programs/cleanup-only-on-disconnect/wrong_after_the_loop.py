from fastapi import FastAPI, WebSocket

app = FastAPI()


class Board:
    def __init__(self) -> None:
        self.viewers: set[WebSocket] = set()

    def enter(self, viewer: WebSocket) -> None:
        self.viewers.add(viewer)

    def leave(self, viewer: WebSocket) -> None:
        self.viewers.discard(viewer)


board = Board()


@app.websocket("/board")
async def show(websocket: WebSocket) -> None:
    await websocket.accept()
    board.enter(websocket)
    async for text in websocket.iter_text():
        await websocket.send_text(str(1 / int(text)))
    board.leave(websocket)  # here
