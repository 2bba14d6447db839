from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from studio.services import services  # does not import

app = FastAPI()


@app.websocket("/canvas/{name}")
async def canvas(websocket: WebSocket, name: str):
    parts = services()
    await parts.ws.connect(name, websocket)
    try:
        await websocket.send_json({"canvas": name})
        async for stroke in websocket.iter_text():
            await parts.ws.broadcast(name, stroke)
    except WebSocketDisconnect:
        print("gone")
    finally:
        parts.ws.disconnect(name, websocket)
