"""Who is handed the socket may send."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def handler_for(websocket):
    import somewhere

    return somewhere.handler(websocket)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    handler = handler_for(websocket)
    try:
        async for text in websocket.iter_text():
            await handler.handle(text)
    except WebSocketDisconnect:
        handler.left()
