from fastapi import FastAPI, WebSocket

from session import Session

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    session = Session(websocket)
    await session.start()
