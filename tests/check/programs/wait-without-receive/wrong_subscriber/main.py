"""The queue comes from a hub in another file."""

from fastapi import FastAPI, WebSocket

from hub import hub

app = FastAPI()


@app.websocket("/logs/{job}")
async def logs(websocket: WebSocket, job: str):
    await websocket.accept()
    subscription = hub.subscribe(job)
    try:
        while True:
            line = await subscription.get()  # here
            await websocket.send_text(line)
    finally:
        hub.unsubscribe(job, subscription)
