from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
opened = []


class SessionLocal:
    def __init__(self):
        opened.append(self)

    def add(self, row):
        pass

    def close(self):
        opened.remove(self)


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


@app.get("/open")
async def count():
    return len(opened)


@app.websocket("/ws")
async def notes(websocket: WebSocket, db=Depends(get_db)):  # here
    await websocket.accept()
    try:
        while True:
            db.add(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
