from fastapi import FastAPI, WebSocket
from session import Caller, Session

app = FastAPI()


@app.websocket("/sessions")
async def talk(websocket: WebSocket) -> None:
    session = Session(websocket)
    await session.open()
    await websocket.send_text("welcome")
    await websocket.close()


@app.websocket("/calls/{number}")
async def call(websocket: WebSocket, number: int) -> None:
    caller = Caller(websocket, number)
    await caller.answer()
    await websocket.send_json({"number": caller.number})
    await websocket.close()
