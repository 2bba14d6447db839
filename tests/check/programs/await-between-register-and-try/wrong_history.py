import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


async def load_history() -> list[str]:
    await asyncio.sleep(0.1)
    return ["one", "two"]


@app.websocket("/ws")
async def feed(ws: WebSocket) -> None:
    await ws.accept()
    clients.add(ws)
    history = await load_history()  # here
    for entry in history:
        await ws.send_text(entry)
    try:
        async for text in ws.iter_text():
            history.append(text)
    finally:
        clients.discard(ws)
