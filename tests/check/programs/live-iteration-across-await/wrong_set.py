"""A set in a module global, with a try around each send."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: set[WebSocket] = set()


async def broadcast(message: str):
    for client in clients:  # here
        try:
            await client.send_text(message)
        except Exception:
            pass


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    clients.add(websocket)
    try:
        while True:
            await broadcast(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        clients.discard(websocket)
