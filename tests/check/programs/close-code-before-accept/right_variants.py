"""More ways to write it."""

from fastapi import FastAPI, WebSocket, WebSocketException
from starlette.websockets import WebSocketDisconnect

app = FastAPI()


@app.websocket("/1")
async def case_1(websocket: WebSocket, token: str):
    if not token:
        await websocket.accept()
        await websocket.close(4001)
        return
    await websocket.accept()
    await websocket.close()


@app.websocket("/2")
async def case_2(websocket: WebSocket, token: str):
    if not token:
        raise WebSocketException(code=1008)
    await websocket.accept()
    await websocket.close()


@app.websocket("/3")
async def case_3(websocket: WebSocket):
    accepted = False
    try:
        await websocket.accept()
        accepted = True
        await websocket.receive_text()
    except WebSocketDisconnect:
        return
    except Exception:
        await websocket.close(code=1011)
        return
    await websocket.close()
