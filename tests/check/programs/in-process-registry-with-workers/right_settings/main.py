import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
guests: set[WebSocket] = set()


@app.websocket("/chat")
async def chat(websocket: WebSocket) -> None:
    await websocket.accept()
    guests.add(websocket)
    try:
        async for text in websocket.iter_text():
            for guest in list(guests):
                try:
                    await asyncio.wait_for(guest.send_text(text), 1)
                except Exception:
                    guests.discard(guest)
    finally:
        guests.discard(websocket)
