import asyncio
import logging

from fastapi import FastAPI, WebSocket

app = FastAPI()
log = logging.getLogger(__name__)


class Monitor:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.errors = 0

    async def report(self) -> None:
        try:
            await self.websocket.send_json({"errors": self.errors})
        except Exception as error:
            self.errors += 1
            log.debug("no report: %r", error)

    async def run(self) -> None:
        while True:
            await self.report()  # here
            await asyncio.sleep(2)


@app.websocket("/monitor")
async def monitor(websocket: WebSocket) -> None:
    await websocket.accept()
    await Monitor(websocket).run()
