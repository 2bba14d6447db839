from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    while True:
        try:
            text = await websocket.receive_text()
            await websocket.send_text(text)
        except WebSocketDisconnect:
            break
        except:  # here
            print("that went wrong")
