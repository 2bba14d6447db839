from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from holdfast import Connection, Holdfast

app = FastAPI()
hf = Holdfast(app)


@hf.websocket("/ws")
async def echo(conn: Connection[str]) -> None:
    async for text in conn:
        await conn.send(text)


@app.websocket("/plain")
async def plain(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await hf.publish("lobby", text)
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
