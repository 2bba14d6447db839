"""A task for each connection runs the timer."""

import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from prices import hub

app = FastAPI()


@app.websocket("/prices")
async def prices(client: WebSocket):
    await client.accept()
    hub.clients.add(client)
    ticker = asyncio.create_task(hub.run())  # here
    try:
        while True:
            await client.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        ticker.cancel()
        hub.clients.discard(client)
