from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Sessions:
    def __init__(self) -> None:
        self.open: set[WebSocket] = set()

    async def attach(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.open.add(websocket)

    def detach(self, websocket: WebSocket) -> None:
        self.open.discard(websocket)


sessions = Sessions()


@app.websocket("/live")
async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        await sessions.attach(websocket)  # here
        async for text in websocket.iter_text():
            await websocket.send_text(text)
    except (WebSocketDisconnect, RuntimeError):
        print("gone")
    finally:
        sessions.detach(websocket)
