from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def read(ws: WebSocket) -> str:
    return await ws.receive_text()


@app.websocket("/ws")
async def endpoint(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            question = await read(ws)
            await ws.send_text(question + "!")
    except WebSocketDisconnect:
        pass
