import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/render")
async def render(websocket: WebSocket):
    await websocket.accept()
    try:
        async for name in websocket.iter_text():
            await websocket.send_text(f"rendering {name}")
            await asyncio.sleep(60)  # here
            await websocket.send_text(f"rendered {name}")
    except WebSocketDisconnect:
        pass
