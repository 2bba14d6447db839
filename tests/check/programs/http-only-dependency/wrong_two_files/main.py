from deps import CurrentUser
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.get("/me")
async def me(user: CurrentUser):
    return user


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, user: CurrentUser):  # here
    await websocket.accept()
    await websocket.send_text(user)
    await websocket.close()
