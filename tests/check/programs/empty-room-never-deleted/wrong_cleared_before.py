from fastapi import FastAPI, WebSocket

app = FastAPI()


class Boards:
    def __init__(self) -> None:
        self.boards: dict[str, list[dict]] = {}

    async def join(self, websocket: WebSocket, board: str, painter: str) -> None:
        await websocket.accept()
        if board not in self.boards:
            self.boards[board] = []
        self.boards[board] = [one for one in self.boards[board] if one["painter"] != painter]
        self.boards[board].append({"websocket": websocket, "painter": painter})

    def leave(self, websocket: WebSocket, board: str) -> None:
        if board in self.boards:
            self.boards[board] = [  # here
                one for one in self.boards[board] if one["websocket"] is not websocket
            ]
