"""Each turn makes another receive, with the one of the last turn still waiting."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
orders: asyncio.Queue[str] = asyncio.Queue(maxsize=10)


@app.websocket("/orders")
async def deal(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            said = asyncio.create_task(ws.receive_text())  # here
            order = asyncio.create_task(orders.get())
            done, _ = await asyncio.wait({said, order}, return_when=asyncio.FIRST_COMPLETED)
            if said in done:
                print(said.result())
                if said.result() == "enough":
                    break
            if order in done:
                await ws.send_text(order.result())
    except WebSocketDisconnect:
        pass


class Kitchen:
    def __init__(self, ws: WebSocket) -> None:
        self.ws = ws
        self.closed = False

    async def wait_for_close(self) -> None:
        while not self.closed:
            self.closed = await self.ws.receive_text() == "close"

    async def cook(self) -> None:
        for dish in ("soup", "salad"):
            await self.ws.send_text(dish)
            print(await self.ws.receive_text())


@app.websocket("/kitchen")
async def kitchen(ws: WebSocket):
    await ws.accept()
    served = Kitchen(ws)
    closing = asyncio.create_task(served.wait_for_close())
    try:
        await served.cook()  # here
    except WebSocketDisconnect:
        pass
    finally:
        closing.cancel()
