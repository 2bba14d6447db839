"""Nobody but the endpoint itself takes the WebSocket out of the set that the loop looks at."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
screens: set[WebSocket] = set()


@app.websocket("/screens")
async def show(screen: WebSocket):
    await screen.accept()
    screens.add(screen)
    try:
        while screen in screens:
            await asyncio.sleep(5)  # here
    finally:
        screens.discard(screen)
