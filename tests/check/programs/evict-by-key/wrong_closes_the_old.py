from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Sessions:
    def __init__(self) -> None:
        self.by_name: dict[str, WebSocket] = {}

    async def open(self, name: str, ws: WebSocket) -> None:
        await ws.accept()
        if name in self.by_name:
            await self.by_name[name].close(4000, "you are here from elsewhere")
        self.by_name[name] = ws

    def close(self, name: str, ws: WebSocket) -> None:
        print("closed", ws.client)
        self.by_name.pop(name, None)  # here


sessions = Sessions()


@app.websocket("/sessions/{name}")
async def session(ws: WebSocket, name: str) -> None:
    await sessions.open(name, ws)
    try:
        while True:
            await ws.send_text(await ws.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        sessions.close(name, ws)
