from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from session import Session

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        await Session(websocket).run()
    except WebSocketDisconnect:
        pass
    except ValueError:
        await websocket.close(1007)
