"""The loop inside is left when a send fails, and the one around it looks at that."""

import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
SERVICES = ("gateway", "mailer")


@app.websocket("/else")
async def by_else(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        await asyncio.sleep(5)
        for service in SERVICES:
            try:
                await websocket.send_text(service)
            except Exception:
                break
        else:
            continue
        break


@app.websocket("/count")
async def by_count(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        sent = 0
        for service in SERVICES:
            try:
                await websocket.send_text(service)
            except Exception:
                continue
            sent += 1
        if not sent:
            break
        await asyncio.sleep(5)
