from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


class Session:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def add(self, row):
        pass


def session_factory():
    return Session


def get_db():
    with Session() as db:
        yield db


@app.get("/rows")
def rows(db: Session = Depends(get_db)):
    return []


@app.websocket("/ws")
async def notes(websocket: WebSocket, sessions=Depends(session_factory)):
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            with sessions() as db:
                db.add(text)
    except WebSocketDisconnect:
        pass
