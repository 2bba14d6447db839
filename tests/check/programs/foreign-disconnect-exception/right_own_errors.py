from contextlib import suppress

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


def predict(text: str) -> str:
    if not text:
        raise RuntimeError("the model is not loaded")
    return text.upper()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        async for text in websocket.iter_text():
            try:
                answer = predict(text)
            except RuntimeError as error:
                answer = str(error)
            await websocket.send_text(answer)
    except WebSocketDisconnect:
        print("gone")


@app.websocket("/closes")
async def closes(websocket: WebSocket):
    await websocket.accept()
    try:
        print(predict("x"))
    finally:
        try:
            await websocket.close()
        except RuntimeError:
            pass


@app.websocket("/suppressed")
async def suppressed(websocket: WebSocket):
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        try:
            await websocket.send_text(predict(await websocket.receive_text()))
        except RuntimeError:
            await websocket.send_text("no")
