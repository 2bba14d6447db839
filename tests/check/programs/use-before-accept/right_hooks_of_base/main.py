from fastapi import FastAPI, WebSocket
from handlers import Echo

app = FastAPI()


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await Echo(websocket).run()


class Lazy:
    """Opens when it is first needed."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.opened = False

    async def open(self) -> None:
        if self.opened:
            return
        await self.websocket.accept()
        self.opened = True

    async def send(self, text: str) -> None:
        await self.open()
        await self.websocket.send_text(text)


@app.websocket("/lazy")
async def lazy(websocket: WebSocket) -> None:
    channel = Lazy(websocket)
    await channel.send("one")
    await channel.send("two")
    await websocket.close()


@app.websocket("/lambda")
async def by_lambda(websocket: WebSocket) -> None:
    start = lambda: websocket.accept()  # noqa: E731
    await start()
    await websocket.send_text("hello")
    await websocket.close()
