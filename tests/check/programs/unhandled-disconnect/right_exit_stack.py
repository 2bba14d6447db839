from contextlib import AsyncExitStack, suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    async with AsyncExitStack() as stack:
        stack.enter_context(suppress(WebSocketDisconnect))
        while True:
            await websocket.send_text(await websocket.receive_text())
