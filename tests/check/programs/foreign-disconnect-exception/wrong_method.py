import logging

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Handler:
    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket

    async def serve(self) -> None:
        try:
            while True:
                await self.websocket.send_text((await self.websocket.receive_text()).upper())
        except ConnectionError:  # here
            logging.info("left")


@app.websocket("/upper")
async def upper(websocket: WebSocket) -> None:
    await websocket.accept()
    await Handler(websocket).serve()
