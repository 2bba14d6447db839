from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        if websocket.application_state.CONNECTED:  # here
            await websocket.send_text(text)
    if websocket.client_state.CONNECTED:  # here
        await websocket.send_text("are you there?")
