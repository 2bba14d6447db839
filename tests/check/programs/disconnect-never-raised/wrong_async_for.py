from fastapi import FastAPI, WebSocketDisconnect
from holdfast import Connection, Holdfast

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
        async for text in conn:
            await hf.publish("lobby", text)
    except WebSocketDisconnect:  # here
        online.discard(conn.id)
