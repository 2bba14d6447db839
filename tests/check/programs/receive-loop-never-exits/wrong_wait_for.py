import asyncio

from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            text = await asyncio.wait_for(websocket.receive_text(), timeout=10)
            await websocket.send_text(text)
        except asyncio.TimeoutError:
            await websocket.send_text("ping")
        except Exception as error:  # here
            print("error", error)
