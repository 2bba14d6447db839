from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        hello = await websocket.receive_json()
        async for text in websocket.iter_text():
            print(hello, text)
    except WebSocketDisconnect:
        print("left before it said hello")
