from fastapi import Depends, FastAPI, WebSocket

app = FastAPI()


def get_db():
    db = {"rows": [1, 2, 3]}
    try:
        yield db
    finally:
        db.clear()


@app.websocket("/rows")
async def rows(websocket: WebSocket, db: dict = Depends(get_db)):
    await websocket.accept()
    await websocket.send_json(db["rows"])
    await websocket.close()
