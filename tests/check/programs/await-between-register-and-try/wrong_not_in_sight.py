from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/documents/{name}")
async def document(websocket: WebSocket, name: str):
    from somewhere_else.documents import connections, state_of

    await connections.connect(websocket, name)
    await websocket.send_json(state_of(name))  # here
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        print("left", name)
    finally:
        await connections.disconnect(websocket, name)
