from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from limits import limits

app = FastAPI()


@app.websocket("/ws")
async def endpoint(conn: WebSocket):
    await conn.accept()
    try:
        while True:
            data = await conn.receive_json()  # here
            if len(data) > 3:
                await limits.kick(conn, "too much")
            else:
                await conn.send_json(data)
    except WebSocketDisconnect:
        pass
