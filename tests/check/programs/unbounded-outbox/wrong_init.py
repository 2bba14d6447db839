"""Made in the constructor, with an explicit size that means no bound."""

from asyncio import Queue, create_task

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

sessions = set()


class Session:
    def __init__(self, ws):
        self.ws = ws
        self.queue = Queue(maxsize=0)  # here

    def send(self, text):
        self.queue.put_nowait(text)

    async def pump(self):
        while (text := await self.queue.get()) is not None:
            await self.ws.send_text(text)
            self.queue.task_done()


async def live(ws: WebSocket) -> None:
    await ws.accept()
    session = Session(ws)
    sessions.add(session)
    pumping = create_task(session.pump())
    try:
        while True:
            text = await ws.receive_text()
            for other in sessions:
                other.send(text)
    except WebSocketDisconnect:
        pass
    finally:
        pumping.cancel()
        sessions.discard(session)


app = Starlette(routes=[WebSocketRoute("/live", live)])
