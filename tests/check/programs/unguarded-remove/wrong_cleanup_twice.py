"""A helper of the endpoint removes, in a handler and once more in the `finally`."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
watchers: list[WebSocket] = []


@app.websocket("/ws")
async def watch(websocket: WebSocket) -> None:
    await websocket.accept()
    watchers.append(websocket)

    def forget() -> None:
        watchers.remove(websocket)  # here

    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        forget()
    finally:
        forget()
