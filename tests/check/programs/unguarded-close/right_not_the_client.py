import asyncio
import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def decode(token: str) -> dict:
    return json.loads(token)


@app.websocket("/auth")
async def auth(websocket: WebSocket, token: str = ""):
    try:
        claims = decode(token)
    except Exception:
        await websocket.close()
        return
    await websocket.accept()
    await websocket.send_json(claims)
    await websocket.close()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_json(json.loads(await websocket.receive_text()))
    except WebSocketDisconnect:
        print("gone")
    except Exception:
        await websocket.close(1011)


@app.websocket("/narrow")
async def narrow(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            text = await asyncio.wait_for(websocket.receive_text(), 30)
            await websocket.send_json(json.loads(text))
    except (ValueError, KeyError):
        await websocket.close(1003)
    except asyncio.TimeoutError:
        await websocket.close(1001)
    except WebSocketDisconnect:
        return


@app.websocket("/else")
async def in_else(websocket: WebSocket):
    await websocket.accept()
    try:
        text = await websocket.receive_text()
    except WebSocketDisconnect:
        return
    else:
        await websocket.send_text(text)
        await websocket.close()
