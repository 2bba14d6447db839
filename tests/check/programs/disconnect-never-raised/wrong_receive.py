from fastapi import FastAPI
from holdfast import Connection, Holdfast
from starlette.websockets import WebSocketDisconnect

app = FastAPI()
hf = Holdfast(app)
online = set()


@app.get("/online")
async def count():
    return len(online)


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    online.add(conn.id)
    try:
        while True:
            await conn.send(await conn.receive())
    except WebSocketDisconnect:  # here
        online.discard(conn.id)
