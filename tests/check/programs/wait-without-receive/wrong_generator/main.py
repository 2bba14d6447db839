from fastapi import FastAPI, WebSocket

from bus import bus

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    async for message in bus.listen():  # here
        await ws.send_json(message)
