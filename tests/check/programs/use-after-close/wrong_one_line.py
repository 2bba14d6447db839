from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def chat(ws: WebSocket, loud: bool = False):
    await ws.accept()
    # fmt: off
    if loud: await ws.close()
    # fmt: on
    await ws.send_text("hello")  # here
    await ws.close()
