from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@app.websocket("/plain")
async def plain(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await hf.publish("lobby", await websocket.receive_text())
    except WebSocketDisconnect:
        pass


@hf.websocket("/ws")
async def chat(conn: Connection[str]) -> None:
    await conn.join("lobby")
    async for text in conn:
        await conn.send(text)
