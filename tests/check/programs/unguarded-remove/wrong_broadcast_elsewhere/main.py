from fastapi import FastAPI, WebSocket

from feed import feed

app = FastAPI()


@app.websocket("/feed")
async def endpoint(ws: WebSocket) -> None:
    await feed.open(ws)
    try:
        async for text in ws.iter_text():
            await feed.publish(text)
    finally:
        feed.readers.remove(ws)  # here
