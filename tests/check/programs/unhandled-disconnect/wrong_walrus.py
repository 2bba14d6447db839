from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.websocket("/until-quit")
async def until_quit(websocket: WebSocket):
    await websocket.accept()
    while (data := await websocket.receive_text()) != "quit":  # here
        await websocket.send_text(data)
    await websocket.close()
