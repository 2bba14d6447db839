from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from holdfast import HoldfastGuard

app = FastAPI()
app.add_middleware(HoldfastGuard)


@app.websocket("/ws")
async def chat(conn: WebSocket) -> None:
    await conn.accept()
    try:
        while True:
            await conn.send_text(await conn.receive_text() + conn.headers.get("user-agent", ""))
    except WebSocketDisconnect:
        pass
