from fastapi import FastAPI, WebSocket

app = FastAPI()
BANNED = {"mallory"}


@app.websocket("/ws/{user}")
async def endpoint(websocket: WebSocket, user: str):
    if user in BANNED:
        await websocket.close()
    await websocket.accept()  # here
    async for text in websocket.iter_text():
        await websocket.send_text(text)
