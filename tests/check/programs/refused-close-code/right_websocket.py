from fastapi import FastAPI, WebSocket
from holdfast import HoldfastGuard

app = FastAPI()
app.add_middleware(HoldfastGuard)


@app.websocket("/ws")
async def policy(conn: WebSocket) -> None:
    await conn.accept()
    await conn.close(1008, "not allowed")
