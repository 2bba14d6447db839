from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/sound")
async def sound(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive()
            if message.get("type") == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1000))
            if message.get("bytes"):
                await websocket.send_json({"heard": len(message["bytes"])})
    except WebSocketDisconnect:
        print("left")
    except Exception as error:
        print(error)
        await websocket.close(code=1011)
