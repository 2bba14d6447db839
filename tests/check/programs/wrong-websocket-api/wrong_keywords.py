"""Other libraries' methods take a deadline, an encoder or a status: these do not."""

import json

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def quiz(websocket: WebSocket) -> None:
    await websocket.accept(subprotocol="quiz")
    try:
        while True:
            try:
                answer = await websocket.receive_json(timeout=15)  # here
            except TimeoutError:
                await websocket.close(status=1000)  # here
                return
            await websocket.send_json(answer, default=str)  # here
    except WebSocketDisconnect:
        pass


@app.websocket("/right")
async def right(websocket: WebSocket) -> None:
    await websocket.accept(subprotocol="quiz", headers=[(b"x-quiz", b"1")])
    try:
        answer = await websocket.receive_json(mode="binary")
        await websocket.send_text(data=json.dumps(answer, default=str))
        await websocket.close(code=1000, reason="done")
    except WebSocketDisconnect:
        pass
