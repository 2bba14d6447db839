from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/devices/{name}")
async def device(websocket: WebSocket, name: str):
    import redis

    from somewhere_else.database import SessionLocal
    from somewhere_else.models import Device

    redis = redis.Redis()
    await websocket.accept()
    db = SessionLocal()
    try:
        async for text in websocket.iter_text():
            found = db.query(Device).filter(Device.name == name).first()  # here
            redis.set(name, text)  # here
            await websocket.send_text(str(found))
    finally:
        db.close()
