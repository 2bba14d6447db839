from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/poems")
async def recite(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        theme = await websocket.receive_text()
        async for verse in app.state.poet.verses(theme):
            await websocket.send_text(verse)
        await websocket.send_text("The end")
        app.state.recited += 1  # here
    except WebSocketDisconnect:
        app.state.left += 1
