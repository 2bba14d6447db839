"""Who tells the screens drops those that do not take it, which ends the loop of each."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
screens: set[WebSocket] = set()


@app.post("/show")
async def show(text: str):
    for screen in list(screens):
        if not await takes(screen, text):
            screens.discard(screen)


async def takes(screen: WebSocket, text: str) -> bool:
    try:
        await asyncio.wait_for(screen.send_text(text), 1)
    except Exception:
        return False
    return True


async def sweep() -> None:
    for screen in list(screens):
        if not await takes(screen, ""):
            screens.discard(screen)


@app.websocket("/screens")
async def join(screen: WebSocket):
    await screen.accept()
    screens.add(screen)
    sweeping = asyncio.create_task(sweep())
    try:
        while screen in screens:
            await asyncio.sleep(5)
    finally:
        sweeping.cancel()
