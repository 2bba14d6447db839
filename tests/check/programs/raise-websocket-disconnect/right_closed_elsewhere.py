from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Rooms:
    """Knows no WebSocket: who calls it closes with the code that it raises."""

    def __init__(self) -> None:
        self.names = {"lobby"}

    def find(self, name: str) -> str:
        if name not in self.names:
            raise WebSocketDisconnect(4004, "no such room")
        return name


rooms = Rooms()


async def refuse(websocket: WebSocket, code: int) -> None:
    await websocket.close(code)
    raise WebSocketDisconnect(code=code)


@app.websocket("/rooms/{name}")
async def endpoint(websocket: WebSocket, name: str):
    await websocket.accept()
    try:
        room = rooms.find(name)
        if websocket.query_params.get("key") != "secret":
            await refuse(websocket, 4001)
        async for text in websocket.iter_text():
            await websocket.send_text(f"{room}: {text}")
    except WebSocketDisconnect as gone:
        if gone.code == 4004:
            await websocket.close(gone.code, gone.reason)
