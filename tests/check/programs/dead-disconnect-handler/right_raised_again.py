from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
left: list[int] = []


@app.websocket("/users/{user}")
async def answer(websocket: WebSocket, user: int):
    await websocket.accept()
    try:
        async for event in websocket.iter_json():
            try:
                await websocket.send_json({"got": event})
            except Exception as error:
                print(error)
                raise
    except WebSocketDisconnect:
        left.append(user)


@app.websocket("/numbers/{user}")
async def add(websocket: WebSocket, user: int):
    await websocket.accept()
    try:
        async for event in websocket.iter_json():
            try:
                await websocket.send_json({"sum": event["a"] + event["b"]})
            except (KeyError, TypeError) as error:
                await websocket.send_json({"error": str(error)})
    except WebSocketDisconnect:
        left.append(user)
