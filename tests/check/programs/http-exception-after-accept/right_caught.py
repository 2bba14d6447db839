from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect

app = FastAPI()
ITEMS = {"a": 1}


def get_item(name: str) -> int:
    if name not in ITEMS:
        raise HTTPException(404, "no such item")
    return ITEMS[name]


@app.get("/items/{name}")
async def item(name: str):
    return get_item(name)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            name = await websocket.receive_text()
            try:
                await websocket.send_json(get_item(name))
            except HTTPException as error:
                await websocket.send_json({"error": error.detail})
    except WebSocketDisconnect:
        pass


@app.websocket("/outer")
async def outer(websocket: WebSocket):
    await websocket.accept()
    try:
        if await websocket.receive_text() != "s3cret":
            raise HTTPException(401, "who are you?")
        await websocket.send_text("welcome")
    except WebSocketDisconnect:
        return
    except Exception as error:
        await websocket.send_text(f"refused: {error}")
    await websocket.close()
