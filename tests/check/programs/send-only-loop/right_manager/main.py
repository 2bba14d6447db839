"""Reader and writer stand in another file; the endpoint starts both."""

from fastapi import FastAPI, WebSocket

from session import Session

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    await Session(websocket).run()
