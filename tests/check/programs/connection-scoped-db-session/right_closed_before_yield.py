from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class SessionLocal:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def name_of(self, token):
        return token.title()


async def current_user(websocket: WebSocket):
    with SessionLocal() as db:
        name = db.name_of(websocket.headers.get("x-user", "nobody"))
    yield name


async def settings():
    yield {"greeting": "hello"}


@app.websocket("/ws")
async def hello(
    websocket: WebSocket, user: str = Depends(current_user), config: dict = Depends(settings)
):
    await websocket.accept()
    try:
        while True:
            await websocket.receive_text()
            await websocket.send_text(f"{config['greeting']} {user}")
    except WebSocketDisconnect:
        pass
