from fastapi import FastAPI, WebSocket
from session import Session

app = FastAPI()


@app.websocket("/telemetry")
async def telemetry(websocket: WebSocket) -> None:
    await websocket.accept()
    await Session(websocket).run()
