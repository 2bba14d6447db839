from dataclasses import dataclass

from fastapi import Cookie, Depends, FastAPI, WebSocket, WebSocketDisconnect

try:
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session as DatabaseSession
    from sqlalchemy.orm import sessionmaker

    SessionLocal = sessionmaker(create_engine("sqlite://"))
except ImportError:
    DatabaseSession = object

app = FastAPI()


def get_db():
    with SessionLocal() as db:
        yield db


@app.websocket("/greeted")
async def greeted(websocket: WebSocket, user: int, db: DatabaseSession = Depends(get_db)):
    name = db.scalar(text("select name from users where id = :id"), {"id": user})
    db.close()
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{name}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass


@dataclass
class Session:
    visitor: str
    seen: int = 0

    def close(self) -> None:
        VISITS.pop(self.visitor, None)


VISITS: dict[str, Session] = {}


def get_session(visitor: str = Cookie("")):
    session = VISITS.setdefault(visitor, Session(visitor))
    try:
        yield session
    finally:
        session.close()


@app.websocket("/counted")
async def counted(websocket: WebSocket, session: Session = Depends(get_session)):
    await websocket.accept()
    try:
        while True:
            await websocket.receive_text()
            session.seen += 1
            await websocket.send_text(str(session.seen))
    except WebSocketDisconnect:
        pass
