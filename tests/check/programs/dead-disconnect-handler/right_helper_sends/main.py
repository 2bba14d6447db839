from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from answers import answer

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            await answer(websocket, text)
    except WebSocketDisconnect:
        print("left")
