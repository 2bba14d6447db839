import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    await client.accept()
    while True:
        try:
            text = await asyncio.wait_for(client.receive_text(), timeout=0.05)
        except asyncio.TimeoutError:
            break  # here
        except WebSocketDisconnect:
            break
        await client.send_text(text)
