import asyncio

from fastapi import FastAPI, WebSocket
from halls import halls

app = FastAPI()


@app.websocket("/halls/{name}")
async def endpoint(guest: WebSocket, name: str):
    await guest.accept()
    halls.enter(name, guest)
    try:
        async for text in guest.iter_text():
            others = halls.hall(name)
            for other in others:
                if other is not guest:
                    await asyncio.wait_for(other.send_text(text), 2)
    finally:
        halls.leave(name, guest)
