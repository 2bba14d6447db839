"""The helper swallows the end, and the loop has no way out."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


async def read(ws: WebSocket) -> str | None:
    try:
        return await ws.receive_text()
    except Exception:
        return None


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        text = await read(ws)  # here
        if text:
            await ws.send_text(text)
