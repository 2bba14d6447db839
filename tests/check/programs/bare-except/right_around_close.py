from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


async def close_quietly(websocket: WebSocket):
    try:
        await websocket.close()
    except:
        pass


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        print("gone")
    except Exception:
        await close_quietly(websocket)
