from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from limits import Limiter

app = FastAPI()


@app.websocket("/talk")
async def talk(conn: WebSocket):
    await conn.accept()
    limiter = Limiter(5)
    while True:
        text = await conn.receive_text()
        try:
            limiter.count(text)
        except WebSocketDisconnect as error:
            await conn.close(error.code, error.reason)
            return
        await conn.send_text(text)
