from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketState

app = FastAPI()


async def finish(conn):
    if conn.client_state == WebSocketState.CONNECTED or WebSocketState.CONNECTING:  # here
        await conn.close()


@app.websocket("/ws")
async def endpoint(conn: WebSocket):
    await conn.accept()
    assert conn.client_state.CONNECTED, "gone"  # here
    await conn.send_text("yes" if conn.application_state.CONNECTED else "no")  # here
    await conn.receive_text()
    await finish(conn)
