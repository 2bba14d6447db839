from http.cookies import SimpleCookie

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/ws")
async def account(websocket: WebSocket):
    cookies = SimpleCookie(websocket.headers.get("cookie", ""))  # here
    user = cookies["session"].value
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(f"{user}: {await websocket.receive_text()}")
    except WebSocketDisconnect:
        pass
