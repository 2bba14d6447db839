"""The only caller handles what the helper's loop raises."""

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from session import Session

app = FastAPI()


@app.websocket("/session/{room}")
async def session_endpoint(ws: WebSocket, room: str):
    await ws.accept()
    session = Session(ws)
    try:
        await session.run()
    except WebSocketDisconnect:
        print(f"{room} is left")
