from fastapi import FastAPI, WebSocket

app = FastAPI()


class Session:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.backup: WebSocket | None = None

    async def run(self) -> None:
        self.backup = self.websocket
        async for text in self.websocket.iter_text():
            await self.websocket.send_text(text)


class Handler:
    async def handle(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        async for text in self.websocket.iter_text():
            await self.websocket.send_text(text)


@app.websocket("/session")
async def session(websocket: WebSocket) -> None:
    await websocket.accept()
    await Session(websocket).run()


@app.websocket("/handler")
async def handler(websocket: WebSocket) -> None:
    await websocket.accept()
    one = Handler()
    await one.handle(websocket)
