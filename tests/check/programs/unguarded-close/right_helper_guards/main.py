from closing import Upstream, safe_close
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    upstream = Upstream()
    await websocket.accept()
    try:
        while True:
            text = await websocket.receive_text()
            await upstream.send(text)
            await websocket.send_text(text)
    except WebSocketDisconnect:
        print("gone")
    finally:
        await upstream.close()
        await safe_close(websocket)
