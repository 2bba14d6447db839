from deps import check, nested
from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await check(websocket)
    await websocket.accept()
    nested()
    await websocket.send_text("welcome")
    await websocket.close()
