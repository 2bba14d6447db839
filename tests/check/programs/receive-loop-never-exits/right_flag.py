from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket


class Session:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.running = True

    def stop(self) -> None:
        self.running = False

    async def run(self) -> None:
        await self.ws.accept()
        while self.running:
            try:
                await self.ws.send_text(await self.ws.receive_text())
            except Exception:
                self.stop()


async def session(websocket: WebSocket) -> None:
    await Session(websocket).run()


async def local(websocket: WebSocket) -> None:
    await websocket.accept()
    running = True
    while running:
        try:
            await websocket.send_text(await websocket.receive_text())
        except Exception:
            running = False


app = Starlette(routes=[WebSocketRoute("/", session), WebSocketRoute("/local", local)])
