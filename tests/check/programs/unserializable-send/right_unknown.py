from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def render(values):
    return ", ".join(sorted(values))


def forward(message: str | dict):
    return message


@app.websocket("/ws")
async def names(websocket: WebSocket, limit: int = 10):
    await websocket.accept()
    names = {"ada"}
    try:
        while True:
            text = await websocket.receive_text()
            names.add(text)
            await websocket.send_text(render(names))
            await websocket.send_json(sorted(names))
            await websocket.send_json({"names": [*names], "limit": limit, "count": len(names)})
            await websocket.send_text(forward(text))
            text = text or None
            await websocket.send_text(text)
    except WebSocketDisconnect:
        pass
