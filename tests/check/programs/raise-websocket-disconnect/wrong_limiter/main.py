from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from limits import Limiter

app = FastAPI()


@app.websocket("/talk")
async def talk(conn: WebSocket):
    await conn.accept()
    limiter = Limiter(5)
    try:
        while True:
            text = await conn.receive_text()
            limiter.count(text)
            await conn.send_text(text)
    except WebSocketDisconnect:
        print("left")
