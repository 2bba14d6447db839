import subprocess
import time

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.get("/slow")
def slow():
    time.sleep(1)
    return {"out": subprocess.run(["true"]).returncode}


def warm_up():
    time.sleep(0.01)


@app.websocket("/ws")
async def echo(websocket: WebSocket):
    await websocket.accept()
    started = time.perf_counter()
    try:
        while True:
            text = await websocket.receive_text()
            await websocket.send_text(f"{text} {time.perf_counter() - started}")
    except WebSocketDisconnect:
        pass


warm_up()
