"""The inner loop ends with the client, and is begun anew."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        try:
            async for text in ws.iter_text():
                await ws.send_text(text)
        except Exception:  # here
            continue
