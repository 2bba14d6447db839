from fastapi import FastAPI, WebSocket

from recorder import Recorder

app = FastAPI()


@app.websocket("/record")
async def record(websocket: WebSocket):
    await websocket.accept()
    await Recorder(websocket).run()
