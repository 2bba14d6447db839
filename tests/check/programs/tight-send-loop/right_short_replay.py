from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
KEPT = 50


class Room:
    def __init__(self):
        self.lines = []
        self.players = []
        self.names: list[str] = []

    def add(self, line):
        self.lines.append(line)
        if len(self.lines) > KEPT:
            self.lines = self.lines[-KEPT:]

    async def greet(self, websocket: WebSocket):
        for line in self.lines:
            await websocket.send_text(line)
        for name in self.names:
            await websocket.send_text(name)


room = Room()


@app.websocket("/room/{name}")
async def join(websocket: WebSocket, name: str):
    await websocket.accept()
    await room.greet(websocket)
    room.names.append(name)
    try:
        while True:
            room.add(await websocket.receive_text())
            await websocket.send_text(f"{len(room.lines)} lines")
    except WebSocketDisconnect:
        pass
    finally:
        room.names.remove(name)
