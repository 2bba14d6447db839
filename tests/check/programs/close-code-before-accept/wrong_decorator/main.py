from fastapi import FastAPI, WebSocket
from guards import signed_in

app = FastAPI()


@app.websocket("/news")
@signed_in("reader")
async def news(websocket: WebSocket):
    await websocket.accept()
    await websocket.send_text("nothing new")
    await websocket.close()
