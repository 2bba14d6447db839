from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
users: dict[int, WebSocket] = {}


@app.websocket("/users/{user}")
async def relay(websocket: WebSocket, user: int):
    await websocket.accept()
    users[user] = websocket
    try:
        async for event in websocket.iter_json():
            try:
                await users[event["to"]].send_json({"from": user})
            except Exception as error:
                print(error)
    except WebSocketDisconnect:  # here
        users.pop(user, None)
