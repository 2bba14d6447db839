from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/door")
async def door(websocket: WebSocket, key: str = Query("", alias="api_secret")) -> None:  # here
    if key != app.state.secret:
        await websocket.close()
        return
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        return
