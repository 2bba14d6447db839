from fastapi import Depends, FastAPI, WebSocket, WebSocketDisconnect

try:
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session, sessionmaker

    SessionLocal = sessionmaker(create_engine("sqlite://"))
except ImportError:
    SessionLocal = Session = text = None

app = FastAPI()


@app.websocket("/users")
async def users(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            name = await websocket.receive_text()
            with SessionLocal() as db:
                row = db.execute(text("select :name"), {"name": name}).one()  # here
            await websocket.send_text(row[0])
    except WebSocketDisconnect:
        pass
