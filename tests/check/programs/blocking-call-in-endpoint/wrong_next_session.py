from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/devices/{name}")
async def device(websocket: WebSocket, name: str):
    from somewhere_else.database import get_db
    from somewhere_else.models import Device

    await websocket.accept()
    db = next(get_db())
    try:
        async for text in websocket.iter_text():
            found = db.query(Device).filter(Device.name == text).first()  # here
            await websocket.send_text(str(found))
    finally:
        db.close()
