import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    while True:
        message = await asyncio.wait_for(ws.receive(), 30)  # here
        if "bytes" in message and message["bytes"]:
            print(len(message["bytes"]))
        else:
            print("text", message.get("text"))
